"""The starter as a pupil of Whisper: what a step of its training computes.

Batches of frozen features in, a loss out. The teacher stands in for the pupil between blocks, draws
its residual, and says what it would say next; how much of each is a `Course`. `finetune` runs it.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import transplant, two_streams
from .batches import Batch
from .nets import Adapter, Qwen3Decoder
from .teacher import Lesson, Teacher, load_decoder
from .tokenizer import load, special
from .whisper_decoder import D_WHISPER, END_OF_TEXT

SMOOTHING = 0.02


@dataclasses.dataclass(frozen=True, slots=True)
class Course:
    """How much the teacher has to say.

    Attributes:
        splice: share of clips whose residual is replaced by the teacher's after every block.
        residual: weight of the distance between the residuals.
        distil: weight of the teacher's distribution.
    """

    splice: float
    residual: float
    distil: float

    @classmethod
    def at(cls, progress: float, again: bool = False) -> Course:
        """Return the course at 0 (begin) to 1 (end).

        Args:
            progress: of the run.
            again: the net was trained before, and the teacher only holds it in place.
        """
        if again:
            return cls(splice=0.0, residual=0.5 - 0.3 * progress, distil=1 - 0.5 * progress)
        return cls(
            splice=max(0.0, 0.9 - progress * 9),
            residual=2.0 * max(0.0, 1 - progress / 0.4),
            distil=max(0.0, 1 - progress / 0.7),
        )


class Starter(nn.Module):
    """Adapter and decoder."""

    def __init__(self) -> None:
        super().__init__()
        config = transplant.decoder_config(load().get_vocab_size())
        self.adapter = Adapter(transplant.TOWER, config.hidden)
        self.model = Qwen3Decoder(config)

    def whole(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return logits [n_labels, vocab] and labels, every row through every layer."""
        assert batch.audio is not None
        embeds = self.model.embed_tokens(batch.ids)
        embeds[batch.ids == special("<|audio_pad|>")] = self.adapter(batch.audio)
        wanted = batch.labels >= 0
        return self.model.logits(self.model(embeds)[wanted]), batch.labels[wanted]


class Pupil:
    """One training step of a `Starter` beside its teacher.

    Args:
        net: learns.
        token_ids: Whisper's id of each token of ours, -1 where there is none.
    """

    def __init__(self, net: Starter, token_ids: list[int]) -> None:
        self.net = net
        self.whisper_ids = torch.tensor(token_ids)
        self.whisper_ids[special("<|im_end|>")] = END_OF_TEXT
        self.kept = torch.nonzero(self.whisper_ids >= 0)[:, 0]
        self.teacher = Teacher(load_decoder(), self.whisper_ids[self.kept])

    def lesson(self, batch: Batch) -> tuple[Lesson, Tensor]:
        """Return what the teacher says of a batch, and which rows [batch, n_ids + 2] count."""
        assert batch.clean is not None
        n_ids = max(1, max(map(len, batch.texts)))
        ids = torch.zeros(len(batch.texts), n_ids, dtype=torch.int64)
        valid = torch.zeros(len(batch.texts), n_ids + 2, dtype=torch.bool)
        for row, text in enumerate(batch.texts):
            known = self.whisper_ids[torch.tensor(text, dtype=torch.int64)]
            if len(text) and bool((known >= 0).all()):
                ids[row, : len(text)] = known
                valid[row, : len(text) + 2] = True
        frames, count = split(batch.clean, batch.n_tokens)
        frames = frames.reshape(len(frames), -1, D_WHISPER)
        return self.teacher(frames, 4 * torch.tensor(count), ids), valid

    def losses(
        self, batch: Batch, course: Course, rng: np.random.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        """Return the loss of a batch and its parts, with audio rows as keys and values only."""
        assert batch.audio is not None
        ids, labels, before = without_audio(batch)
        audio, count = split(self.net.adapter(batch.audio), batch.n_tokens)
        where = two_streams.layout(before, count, ids.shape[1])
        embeds = self.net.model.embed_tokens(ids)
        if course.distil == 0 and course.residual == 0:
            hidden = two_streams.forward(self.net.model, embeds, audio, where)
            return judged(self.net.model.logits(hidden[labels >= 0]), labels[labels >= 0])
        lesson, valid = self.lesson(batch)
        # the rows that stand for Whisper's own: start, anchor, text
        start = (ids == special("<|audio_end|>")).int().argmax(1)
        anchor = (ids == special("<asr_text>")).int().argmax(1)
        rows = torch.cat(
            [start[:, None], anchor[:, None] + torch.arange(valid.shape[1] - 1)[None]], 1
        ).clamp(max=ids.shape[1] - 1)
        spliced = valid & torch.from_numpy(rng.random(len(ids)) < course.splice)[:, None]
        apart: list[Tensor] = []

        def watch(index: int, x: Tensor) -> Tensor:
            if index % 2:
                return x
            wanted = lesson.residual[index // 2]
            own = x.gather(1, rows[:, :, None].expand(-1, -1, D_WHISPER))
            apart.append(distance(own[valid], wanted[valid]))
            if course.splice == 0:
                return x
            clip, row = spliced.nonzero(as_tuple=True)
            x = x.clone()
            x[clip, rows[clip, row], :D_WHISPER] = wanted[clip, row]
            return x

        hidden = two_streams.forward(self.net.model, embeds, audio, where, watch)
        logits = self.net.model.logits(hidden[labels >= 0])
        exact = F.cross_entropy(logits, labels[labels >= 0], label_smoothing=SMOOTHING)
        # the teacher does not know when to stop (nothing is padded), so the last row is left out
        place = torch.full(ids.shape, -1)
        place[labels >= 0] = torch.arange(len(logits))
        clip, row = (valid[:, 2:]).nonzero(as_tuple=True)
        own_log = logits.log_softmax(-1)[place[clip, rows[clip, row + 1]]][:, self.kept]
        taught = lesson.log_probs[clip, row + 1]
        distilled = -(taught.exp() * own_log).sum(1).mean() if len(clip) else exact * 0
        residual = torch.stack(apart).mean() if valid.any() else exact * 0
        loss = exact + course.distil * distilled + course.residual * residual
        right = (logits.argmax(1) == labels[labels >= 0]).float().mean()
        parts = {"exact": exact, "distil": distilled, "residual": residual, "right": right}
        return loss, {name: float(value.detach()) for name, value in parts.items()}

    def whole_losses(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """Return the loss of a batch with every row in every layer."""
        return judged(*self.net.whole(batch))


def judged(logits: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, float]]:
    """Return the cross-entropy of logits [n, vocab], and it with the share of right tokens."""
    loss = F.cross_entropy(logits, labels, label_smoothing=SMOOTHING)
    right = (logits.argmax(1) == labels).float().mean()
    return loss, {"exact": float(loss.detach()), "right": float(right)}


def distance(own: Tensor, wanted: Tensor) -> Tensor:
    """Return how far rows [n, 384] are from the wanted ones: relative, and after a LayerNorm."""
    relative = (own - wanted).pow(2).sum(1) / wanted.pow(2).sum(1)
    shape = (D_WHISPER,)
    normed = (F.layer_norm(own, shape) - F.layer_norm(wanted, shape)).pow(2).mean(1)
    return (relative.clamp(max=4) + normed).mean()


def split(rows: Tensor, counts: list[int]) -> tuple[Tensor, list[int]]:
    """Turn rows [n, d] of all clips into [batch, n_most, d], right-padded."""
    return nn.utils.rnn.pad_sequence(list(rows.split(counts)), batch_first=True), counts


def without_audio(batch: Batch) -> tuple[Tensor, Tensor, list[int]]:
    """Return ids and labels [batch, n_text] without audio rows, and the rows in front of them."""
    pad = special("<|audio_pad|>")
    ids, labels, before = [], [], []
    for row, own in zip(batch.ids, batch.labels, strict=True):
        ids.append(row[row != pad])
        labels.append(own[row != pad])
        before.append(int((row == pad).int().argmax()))
    longest = int(max((own >= 0).nonzero()[-1, 0] for own in labels)) + 1
    padded = [
        nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=value)[:, :longest]
        for rows, value in ((ids, special("<|endoftext|>")), (labels, -100))
    ]
    return padded[0], padded[1], before
