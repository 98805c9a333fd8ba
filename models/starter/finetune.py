"""Train the rewritten Whisper decoder and its adapter on speech: the starter after `transplant`.

What is left to learn: the prompt and the header, to stop where a clip ends although nothing is
padded to 30 s, to hear at 12.5 Hz, to spell what the smaller vocabulary lacks, and what the
rewriting got only nearly right. The frozen tower's features are read from disk (`features`), so a
step is the decoder alone.

Whisper's own decoder teaches (`teacher`), in three ways that fade out one after the other: its
residual stands in for the student's between blocks, so that every block learns its part alone;
the student's residual is drawn to the teacher's; and its distribution over the next token is
wanted beside the transcript's. Most steps use audio rows as keys and values only (`two_streams`);
`--whole` runs every row through every layer, as the engine does.

State is saved every two minutes, and kept under a name of its own every `--keep` minutes: the last
one is not always the best. A stopped run continues with the same command.

Run: python -m models.starter.finetune --sets human --until HH:MM (UTC)
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import channels, paths, prompts, transplant, two_streams
from .batches import Batch, FeatureStore
from .clock import deadline
from .nets import Adapter, Qwen3Decoder
from .teacher import Lesson, Teacher, load_decoder
from .tokenizer import load, special
from .whisper_decoder import D_WHISPER, END_OF_TEXT

SEED = 17
POSITIONS = 2400  # sequence positions in a step, about 130 s of audio
EMA, EMA_EVERY = 0.97, 4
SMOOTHING = 0.02
BIAS_RATE = 10.0  # of the columns that carry biases: their weights are that much larger


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


def free_parts(net: Starter) -> dict[str, Tensor]:
    """Return a mask for every parameter: what may be trained.

    The extra channels, the norms and the malus are the machinery of the rewriting; their values are
    small or large on purpose, and an optimiser that moves every number by the same step breaks them
    within twenty steps (measured: the loss fell to that of a model without audio and stayed).
    """
    masks = {}
    for name, parameter in net.named_parameters():
        mask = torch.zeros_like(parameter)
        if parameter.dim() == 1:
            mask[:] = float(name.startswith("adapter.fc1"))
        elif name.endswith(("o_proj.weight", "down_proj.weight", "fc2.weight")):
            mask[:D_WHISPER] = 1.0
        elif name.startswith("adapter.fc1"):
            mask[:] = 1.0
        else:
            mask[:, :D_WHISPER] = 1.0
            if is_biased(name):
                mask[:, channels.ONE] = 1.0
        masks[name] = mask * float(not name.startswith("model.layers.0."))
    return masks


def is_biased(name: str) -> bool:
    """Tell whether column ONE of a weight is a bias that may be trained."""
    first = name.startswith("model.layers.0.")
    return not first and name.endswith(("q_proj.weight", "v_proj.weight", "gate_proj.weight"))


def main() -> None:
    """Train until the deadline."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", default="starter")
    parser.add_argument("--sets", default="human", help="feature sets, comma separated")
    parser.add_argument("--until", required=True, help="UTC HH:MM at which the schedule ends")
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--alone", action="store_true", help="without the teacher")
    parser.add_argument("--again", action="store_true", help="the start was trained before")
    parser.add_argument("--keep", type=float, default=10.0, help="minutes between kept states")
    parser.add_argument("--whole", action="store_true", help="every row through every layer")
    parser.add_argument("--contexts", type=float, default=0.0, help="share of clips with a context")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    prompts.CONTEXT_RATE, prompts.DISTRACTOR_ONLY_RATE = args.contexts * 0.7, args.contexts * 0.3
    folder = paths.sub("runs", args.name)
    path = folder / "state.pt"
    saved = torch.load(path if path.exists() else folder / "init.pt", weights_only=False)
    net = Starter()
    net.load_state_dict(saved["net"])
    token_ids = json.loads((paths.sub("tokenizer") / "whisper_ids.json").read_text())
    pupil = Pupil(net, token_ids)
    ema = saved.get("ema") or {k: v.clone() for k, v in net.state_dict().items()}
    optimizer = torch.optim.AdamW(net.parameters(), lr=args.lr, betas=(0.9, 0.98), weight_decay=0.0)
    if "optimizer" in saved:
        optimizer.load_state_dict(saved["optimizer"])
    masks = free_parts(net)
    biases = [p for name, p in net.named_parameters() if is_biased(name)]
    step, audio_s = saved.get("step", 0), saved.get("audio_s", 0.0)
    rng = np.random.default_rng([SEED, step])
    store = FeatureStore(args.sets.split(","))
    began, end = time.time(), deadline(args.until)
    began_at = saved.get("began", began)  # of the schedule
    last_log = last_save = last_kept = began
    parts: list[dict[str, float]] = []
    queue: list[Batch] = []
    while time.time() < end:
        if not queue:
            store.refresh()
            queue = store.batches(rng, POSITIONS)
        progress = (time.time() - began_at) / (end - began_at)
        scale = min(1.0, (step + 1) / 30) * min(1.0, max(0.02, (1 - progress) / 0.8))
        for group in optimizer.param_groups:
            group["lr"] = args.lr * scale
        batch = queue.pop()
        if args.whole:
            loss, part = pupil.whole_losses(batch)
        else:
            course = Course(0, 0, 0) if args.alone else Course.at(progress, args.again)
            loss, part = pupil.losses(batch, course, rng)
        loss.backward()
        for name, parameter in net.named_parameters():
            if parameter.grad is not None:
                parameter.grad *= masks[name]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        with torch.no_grad():
            old = [p[:, channels.ONE].clone() for p in biases]
            optimizer.step()
            for p, value in zip(biases, old, strict=True):
                p[:, channels.ONE] += (BIAS_RATE - 1) * (p[:, channels.ONE] - value)
            optimizer.zero_grad(set_to_none=True)
            step, audio_s = step + 1, audio_s + batch.seconds
            if step % EMA_EVERY == 0:
                decay = min(EMA, (1 + step) / (40 + step))
                for key, value in net.state_dict().items():
                    ema[key].lerp_(value, 1 - decay)
        parts.append(part)
        if time.time() - last_log > 20:
            means = " ".join(
                f"{k} {np.mean([p[k] for p in parts if k in p]):.3f}" for k in parts[-1]
            )
            print(
                f"{time.time() - began:.0f} s step {step} {audio_s / 3600:.2f} h of"
                f" {store.hours:.1f} h {means} lr {args.lr * scale:.1e}",
                flush=True,
            )
            last_log, parts = time.time(), []
        if time.time() - last_kept > 60 * args.keep:
            last_kept = time.time()
            torch.save({"ema": ema, "step": step}, folder / f"kept-{step:05d}.pt")
        if time.time() - last_save > 120 or time.time() >= end:
            last_save = time.time()
            state = {"net": net.state_dict(), "ema": ema, "optimizer": optimizer.state_dict()}
            state |= {"step": step, "audio_s": audio_s, "began": began_at}
            torch.save(state, path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)


if __name__ == "__main__":
    main()
