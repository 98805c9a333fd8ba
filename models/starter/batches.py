"""Training batches: clips with audio features, and text to copy in place of audio.

Both give the same `Batch`: token ids with `<|audio_pad|>` where audio embeddings go, right-padded;
the decoder is causal, so padding needs no mask.
"""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import torch
from torch import Tensor

from . import paths, prompts
from .tokenizer import load, special


@dataclasses.dataclass(slots=True)
class Batch:
    """One step's input.

    Attributes:
        ids: int64 [batch, n], right-padded.
        labels: int64 [batch, n], the next token where it is to be learned, else -100.
        audio: float32 [n_audio, d], features of all clips one after the other (copy batches: None).
        n_tokens: audio tokens per clip.
        texts: token ids of the bare transcripts, for CTC.
        clean: what a teacher hears: the features before `augment_features` or, where the tower
            learns, those of Whisper's own tower.
    """

    ids: Tensor
    labels: Tensor
    audio: Tensor | None
    n_tokens: list[int]
    texts: list[list[int]]
    clean: Tensor | None = None

    @property
    def seconds(self) -> float:
        """Length of the audio at 12.5 tokens per second."""
        return sum(self.n_tokens) / 12.5


def assemble(
    texts: list[str], n_tokens: list[int], audio: Tensor | None, rng: np.random.Generator
) -> Batch:
    """Lay out prompts and answers of some clips."""
    pad, rows = special("<|audio_pad|>"), []
    for index, (text, n) in enumerate(zip(texts, n_tokens, strict=True)):
        context = (
            prompts.draw_context(text, texts[:index] + texts[index + 1 :], rng) if text else ""
        )
        rows.append(
            ([*prompts.prefix(context), *[pad] * n, *prompts.suffix()], prompts.answer(text))
        )
    width = (
        -(-max(len(p) + len(a) for p, a in rows) // 32) * 32
    )  # few different shapes: each costs a compiled kernel
    ids = torch.full((len(rows), width), special("<|endoftext|>"))
    labels = torch.full((len(rows), width), -100)
    for row, (prompt, answer) in enumerate(rows):
        ids[row, : len(prompt) + len(answer)] = torch.tensor(prompt + answer)
        labels[row, len(prompt) - 1 : len(prompt) + len(answer) - 1] = torch.tensor(answer)
    encoded = [load().encode(" " + text).ids if text else [] for text in texts]
    return Batch(ids, labels, audio, n_tokens, encoded)


class FeatureStore:
    """The feature shards of some sets, memory-mapped; new ones are taken up by `refresh`."""

    def __init__(self, sets: list[str]) -> None:
        self.sets, self.shards = sets, dict[str, np.ndarray]()
        self.clips: list[tuple[str, int, int, str]] = []
        self.refresh()

    def refresh(self) -> None:
        """Take up new shards."""
        for name in self.sets:
            for path in sorted(paths.sub("features", name).glob("[0-9]-[0-9][0-9][0-9][0-9].npy")):
                if str(path) not in self.shards:
                    self.shards[str(path)] = np.load(path, mmap_mode="r")
                    for line in path.with_suffix(".jsonl").read_text().splitlines():
                        row = json.loads(line)
                        self.clips.append((str(path), row["start"], row["n_tokens"], row["text"]))

    @property
    def hours(self) -> float:
        """Hours of audio."""
        return sum(c[2] for c in self.clips) / 12.5 / 3600

    def batches(self, rng: np.random.Generator, positions: int, pool: int = 160) -> list[Batch]:
        """Draw `pool` clips and make batches of about `positions` tokens each, in random order."""
        drawn = [self.clips[int(i)] for i in rng.integers(len(self.clips), size=pool)]
        drawn.sort(key=lambda c: c[2])
        groups: list[list[tuple[str, int, int, str]]] = [[]]
        for clip in reversed(drawn):
            longest = max(groups[-1][0][2] if groups[-1] else 0, clip[2])
            if groups[-1] and (len(groups[-1]) + 1) * (longest * 1.4 + 20) > positions:
                groups.append([])
            groups[-1].append(clip)
        out = []
        for index in rng.permutation(len(groups)):
            group = groups[int(index)]
            audio = np.concatenate(
                [self.shards[s][start : start + n] for s, start, n, _ in group]
            ).astype(np.float32)
            n_tokens, texts = [c[2] for c in group], [c[3] for c in group]
            clean = torch.from_numpy(audio)
            varied = augment_features(clean.clone(), n_tokens, rng)
            batch = assemble(texts, n_tokens, varied, rng)
            batch.clean = clean
            out.append(batch)
        return out


class StoredBatches:
    """Batches of stored features, new shards taken up as they come.

    Args:
        sets: of features.
        positions: of a batch (see `FeatureStore.batches`).
    """

    def __init__(self, sets: list[str], positions: int) -> None:
        self.store, self.positions = FeatureStore(sets), positions
        self.queue: list[Batch] = []

    @property
    def hours(self) -> float:
        """Hours of audio in the sets."""
        return self.store.hours

    def next(self, rng: np.random.Generator) -> Batch:
        """Return the next batch."""
        if not self.queue:
            self.store.refresh()
            self.queue = self.store.batches(rng, self.positions)
        return self.queue.pop()


def augment_features(audio: Tensor, n_tokens: list[int], rng: np.random.Generator) -> Tensor:
    """Vary features [n_audio, d] clip by clip: time masks, noise, dropped channels, bleeding into
    neighbours.
    """
    offset = 0
    for n in n_tokens:
        x = audio[offset : offset + n]
        offset += n
        if rng.random() < 0.4:
            for _ in range(int(rng.integers(1, 2 + n // 40))):
                at = int(rng.integers(n))
                x[at : at + int(rng.integers(1, 5))] = 0
        if rng.random() < 0.25:
            x += torch.randn_like(x) * (float(rng.uniform(0.05, 0.35)) * x.std())
        if rng.random() < 0.15:
            x *= (torch.rand(x.shape[1] // 4) > float(rng.uniform(0.02, 0.12))).float().repeat(4)
        if rng.random() < 0.1 and n > 2:
            weight = float(rng.uniform(0, 0.25))
            x[1:] = (1 - weight) * x[1:] + weight * x[:-1].clone()
    return audio


class CopyText:
    """Text to copy: token ids in place of audio, repeated, mixed with blanks (-1), wrong and
    missing tokens.
    """

    def __init__(self) -> None:
        lines = (paths.sub("text") / "train.txt").read_text().splitlines()
        self.texts = [line.split("\t")[1] for line in lines]

    def batch(
        self, rng: np.random.Generator, positions: int, difficulty: float = 1.0
    ) -> tuple[Batch, Tensor]:
        """Return a batch and its pseudo-audio ids, int64 [n_audio] with -1 for blank.

        Args:
            rng: all random choices.
            positions: sequence positions of the batch.
            difficulty: scale of wrong and missing tokens and of the number of sentences joined, 0
            to 1.
        """
        texts: list[str] = []
        streams: list[list[int]] = []
        n_joined = 1 + int(rng.integers(0, 5) * difficulty)
        total = 0
        while total < positions:
            text = " ".join(
                self.texts[int(i)] for i in rng.integers(len(self.texts), size=n_joined)
            )
            stream = self.corrupt(load().encode(text).ids, rng, difficulty)
            if len(stream) <= 374:
                texts.append(text)
                streams.append(stream)
                total = len(texts) * int(max(map(len, streams)) * 1.4 + 20)
        return assemble(texts, [len(s) for s in streams], None, rng), torch.tensor(
            [t for s in streams for t in s]
        )

    @staticmethod
    def corrupt(ids: list[int], rng: np.random.Generator, difficulty: float) -> list[int]:
        """Turn token ids into something like a CTC alignment at 12.5 tokens per second."""
        stream: list[int] = [-1] * int(rng.integers(0, int(2 + 8 * difficulty)))
        wrong, missing = rng.uniform(0, 0.2 * difficulty), rng.uniform(0, 0.12 * difficulty)
        density, most = rng.uniform(0.3, 1.2) * difficulty, 1 + round(2 * difficulty)
        for token in ids:
            if rng.random() < missing:
                continue
            if rng.random() < wrong:
                token = int(rng.integers(256, special("<|endoftext|>")))
            stream += [token] * min(most, int(rng.choice([1, 1, 2, 3])))
            stream += [-1] * int(rng.poisson(density))
        return stream + [-1] * int(rng.integers(1, int(2 + 8 * difficulty)))
