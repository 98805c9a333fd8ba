"""Compose tiny's training clips out of flite's sentences, with the phones of every audio token.

Speech, its log-mel and its phones are computed once and kept (5 h are 0.5 GB in float16); a clip is
one or more sentences of a voice one after the other, so that a group has one length exactly. Level,
noise and masks change at every draw.
"""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import torch
from torch import Tensor

from .mel import log_mel
from .tiny_nets import CHUNK_FRAMES, CHUNK_TOKENS, n_tokens
from .tiny_speech import RATE, shards

HOP = 160  # samples of a mel frame
PHONES_PER_TOKEN = 3
PHONE_FRAMES = (1, 4, 6)  # of the 8 frames of a token
FRAMES_PER_TOKEN = 8
GROUP_S, MAX_S = 80.0, 12.0  # s of audio in one step, in one clip
TIMES = 4  # every clip that was rendered is drawn before it is replaced
PAUSE = "pau"


@dataclasses.dataclass(slots=True)
class Group:
    """Clips of one length.

    Attributes:
        mel: float32 [batch, 128, n_frames].
        texts: their transcripts.
        phones: int64 [batch, n_tokens, PHONES_PER_TOKEN].
    """

    mel: Tensor
    texts: list[str]
    phones: Tensor


@dataclasses.dataclass(frozen=True, slots=True)
class Sentence:
    """One spoken sentence: int16 samples, the phone of every mel frame."""

    samples: np.ndarray
    phones: np.ndarray
    text: str


def token_frames(n_frames: int) -> np.ndarray:
    """Return the mel frames whose phones a token names, int [n_tokens, PHONES_PER_TOKEN]."""
    token = np.arange(n_tokens(n_frames))
    first = token // CHUNK_TOKENS * CHUNK_FRAMES + token % CHUNK_TOKENS * FRAMES_PER_TOKEN
    chunk_end = (token // CHUNK_TOKENS + 1) * CHUNK_FRAMES - 1
    frames = first[:, None] + np.array(PHONE_FRAMES)[None]
    return np.minimum(frames, np.minimum(chunk_end, n_frames - 1)[:, None])


class Speech:
    """Every sentence of a split, by voice."""

    def __init__(self, split: str) -> None:
        rows = []
        for path in shards(split):
            wave = np.load(path, mmap_mode="r")
            for line in path.with_suffix(".jsonl").read_text().splitlines():
                rows.append((path.name.rsplit("-", 1)[0], wave, json.loads(line)))
        names = sorted({name for _, _, row in rows for name, _ in row["phones"]} - {PAUSE})
        self.phone_ids = {name: i for i, name in enumerate([PAUSE, *names])}
        self.sentences: dict[str, list[Sentence]] = {}
        for voice, wave, row in rows:
            samples = wave[row["start"] : row["start"] + row["n_samples"]]
            phones, at = np.zeros(len(samples) // HOP + 1, np.int64), 0
            for name, end in row["phones"]:
                until = round(end * RATE / HOP)
                phones[at:until] = self.phone_ids[name]
                at = until
            found = Sentence(samples, phones, row["text"])
            self.sentences.setdefault(voice, []).append(found)


class MelPool:
    """Groups of clips for training.

    Args:
        split: "train" or "heldout".
        rng: all random choices.
    """

    def __init__(self, split: str, rng: np.random.Generator) -> None:
        self.speech, self.rng = Speech(split), rng
        self.planned: list[list[tuple[list[Sentence], list[int]]]] = []
        self.ready: list[Group] = []
        self.seconds = 0.0

    @property
    def hours(self) -> float:
        """Hours rendered so far."""
        return self.seconds / 3600

    def plan_one(self) -> tuple[list[Sentence], list[int]]:
        """Draw sentences of one voice, and the silence in samples before each and at the end."""
        voices = sorted(self.speech.sentences)
        pool = self.speech.sentences[voices[int(self.rng.integers(len(voices)))]]
        limit = self.rng.uniform(0, MAX_S) * RATE if self.rng.random() < 0.6 else 0.0
        chosen = [pool[int(self.rng.integers(len(pool)))]]
        while True:
            more = pool[int(self.rng.integers(len(pool)))]
            if sum(len(s.samples) for s in [*chosen, more]) + 0.4 * RATE * len(chosen) > limit:
                break
            chosen.append(more)
        gaps = [int(self.rng.uniform(0, 0.3) * RATE) // HOP * HOP for _ in range(len(chosen) + 1)]
        return chosen, gaps

    def render(self, plan: tuple[list[Sentence], list[int]], length: int) -> tuple[Tensor, Tensor]:
        """Return a clip's waveform float32 [length] and phones int64 [length / HOP]."""
        wave, phones = np.zeros(length, np.float32), np.zeros(length // HOP, np.int64)
        at = 0
        for sentence, gap in zip(*plan, strict=False):
            at += gap
            wave[at : at + len(sentence.samples)] = sentence.samples
            own = sentence.phones[: len(phones) - at // HOP]
            phones[at // HOP : at // HOP + len(own)] = own
            at += -(-len(sentence.samples) // HOP) * HOP
        wave *= 10 ** (self.rng.uniform(-22, 0) / 20) / 32768
        if self.rng.random() < 0.7:
            wave += self.rng.standard_normal(length, np.float32) * np.float32(
                10 ** (self.rng.uniform(-90, -50) / 20)
            )
        return torch.from_numpy(wave), torch.from_numpy(phones)

    def draw(self) -> Group:
        """Return a group, masked anew."""
        if not self.ready:
            self._fill()
        group = self.ready.pop()
        return Group(mask(group.mel.clone(), self.rng), group.texts, group.phones)

    def _fill(self) -> None:
        plans = [self.plan_one() for _ in range(600)]
        plans.sort(key=plan_length)
        groups: list[list[tuple[list[Sentence], list[int]]]] = [[]]
        for plan in reversed(plans):
            if groups[-1] and (len(groups[-1]) + 1) * plan_length(groups[-1][0]) > GROUP_S * RATE:
                groups.append([])
            groups[-1].append(plan)
        for plans in groups:
            length = plan_length(plans[0])
            rendered = [self.render(plan, length) for plan in plans]
            mel = log_mel(torch.stack([wave for wave, _ in rendered]), 128)
            frames = torch.from_numpy(token_frames(mel.shape[2]))
            phones = torch.stack([own[frames] for _, own in rendered])
            texts = [" ".join(s.text for s in chosen) for chosen, _ in plans]
            self.ready += [Group(mel, texts, phones)] * TIMES
            self.seconds += len(plans) * length / RATE
        order = self.rng.permutation(len(self.ready))
        self.ready = [self.ready[int(i)] for i in order]


def plan_length(plan: tuple[list[Sentence], list[int]]) -> int:
    """Return the length of a clip in samples, whole mel frames."""
    chosen, gaps = plan
    return sum(gaps) + sum(-(-len(s.samples) // HOP) * HOP for s in chosen)


def mask(mel: Tensor, rng: np.random.Generator) -> Tensor:
    """Apply SpecAugment and a little noise to [batch, 128, n_frames]."""
    for row in mel:
        floor, (bins, frames) = row.min(), row.shape
        if rng.random() < 0.5:
            row.add_(torch.randn_like(row) * float(rng.uniform(0, 0.08)))
        if rng.random() < 0.4:
            for _ in range(int(rng.integers(0, 3))):
                at = int(rng.integers(bins))
                row[at : at + int(rng.integers(1, 12))] = floor
            for _ in range(int(rng.integers(0, 2 + frames // 400))):
                at = int(rng.integers(frames))
                row[:, at : at + int(rng.integers(1, 10))] = floor
    return mel
