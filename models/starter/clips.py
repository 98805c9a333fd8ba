"""Compose training clips out of the synthetic sentences: one to many sentences, pauses, silence at
both ends.

`Corpus` finds the shards that exist so far (so synthesis can go on beside); `plan` draws what a
batch of clips of nearly one length will hold, and `render` makes each of them exactly the batch's
length, so that no padding is ever needed.
"""

from __future__ import annotations

import dataclasses
import json

import numpy as np

from . import augment, paths
from .augment import RATE, Audio, Rng

MAX_S = 29.9  # s, of a clip


@dataclasses.dataclass(frozen=True, slots=True)
class Sentence:
    """One spoken sentence in a shard."""

    shard: str
    start: int
    n_samples: int
    text: str


@dataclasses.dataclass(slots=True)
class Clip:
    """What one clip will hold; times in samples at 16 kHz."""

    sentences: list[Sentence]
    factors: list[float]
    pauses: list[int]
    lead: int
    length: int
    voice: str

    @property
    def text(self) -> str:
        """The transcript, empty for a clip without speech."""
        return " ".join(s.text for s in self.sentences)


class Corpus:
    """The synthetic sentences of some voices, memory-mapped.

    Args:
        split: "train" or "heldout".
        voices: voice name -> share of the clips.
    """

    def __init__(self, split: str, voices: dict[str, float]) -> None:
        self.folder = paths.sub("speech", split)
        self.shares = voices
        self.waves: dict[str, np.ndarray] = {}
        self.sentences: dict[str, list[Sentence]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take up shards that were finished since."""
        for path in sorted(self.folder.glob("*-[0-9][0-9][0-9].npy")):
            voice = path.name.rsplit("-", 1)[0]
            if voice in self.shares and path.name not in self.waves:
                self.waves[path.name] = np.load(path, mmap_mode="r")
                rows = map(json.loads, path.with_suffix(".jsonl").read_text().splitlines())
                found = [Sentence(path.name, r["start"], r["n_samples"], r["text"]) for r in rows]
                self.sentences.setdefault(voice, []).extend(found)
        self.voices = [v for v in self.shares if v in self.sentences]
        weights = np.array([self.shares[v] for v in self.voices])
        self.weights = weights / weights.sum()

    def audio(self, sentence: Sentence) -> Audio:
        """Return one sentence, float32 [n_samples], edges trimmed to the speech."""
        end = sentence.start + sentence.n_samples
        x = self.waves[sentence.shard][sentence.start : end].astype(np.float32) / np.float32(32768)
        loud = np.flatnonzero(np.abs(x) > 0.01)
        return x[max(0, loud[0] - 800) : loud[-1] + 1200] if len(loud) else x

    def draw(self, voice: str, rng: Rng) -> Sentence:
        """Draw a sentence of a voice."""
        pool = self.sentences[voice]
        return pool[int(rng.integers(len(pool)))]

    def babble(self, n: int, rng: Rng) -> Audio:
        """Return n samples of two to six people at once, RMS 1."""
        x = np.zeros(n, np.float32)
        for _ in range(int(rng.integers(2, 7))):
            wave = self.waves[
                self.draw(self.voices[int(rng.choice(len(self.voices), p=self.weights))], rng).shard
            ]
            start = int(rng.integers(max(1, len(wave) - n)))
            piece = wave[start : start + n].astype(np.float32)
            x[: len(piece)] += piece * np.float32(rng.uniform(0.3, 1) / 32768)
        return x / np.float32(augment.rms(x))


def plan_one(corpus: Corpus, rng: Rng, no_speech: float = 0.04) -> Clip:
    """Draw the content of one clip: 45 % single sentences, the rest joined up to a random length of
    at most 30 s.
    """
    voice = corpus.voices[int(rng.choice(len(corpus.voices), p=corpus.weights))]
    if rng.random() < no_speech:
        return Clip([], [], [], 0, int(rng.uniform(0.3, 12) * RATE), "none")
    kind = rng.random()
    limit_s = 0.0 if kind < 0.4 else rng.uniform(4, 15) if kind < 0.75 else rng.uniform(12, MAX_S)
    mixed = rng.random() < 0.3
    factor = float(np.exp(np.clip(rng.normal(0, 0.09), -0.2, 0.2)))
    scale = rng.uniform(0.05, 1.2)
    lead = int(rng.uniform(0, 0.3 if rng.random() < 0.6 else 2.5) * RATE)
    clip = Clip([], [], [], lead, lead, voice)
    while True:
        speaker = (
            corpus.voices[int(rng.choice(len(corpus.voices), p=corpus.weights))]
            if mixed and clip.sentences
            else voice
        )
        sentence = corpus.draw(speaker, rng)
        pause = int(rng.uniform(0.02, 0.25 + scale) * RATE)
        own = factor if not mixed else float(np.exp(np.clip(rng.normal(0, 0.09), -0.2, 0.2)))
        length = clip.length + int(sentence.n_samples / own) + pause
        if clip.sentences and length > min(limit_s, MAX_S) * RATE:
            break
        if length > MAX_S * RATE:
            continue
        clip.sentences.append(sentence)
        clip.factors.append(own)
        clip.pauses.append(pause)
        clip.length = length
        if length > limit_s * RATE:
            break
    if rng.random() < 0.3:
        clip.length = min(int(MAX_S * RATE), clip.length + int(rng.uniform(0, 2) * RATE))
    clip.length = max(clip.length, int(0.3 * RATE))
    return clip


def plan(corpus: Corpus, rng: Rng, total_s: float, batch_s: float) -> list[list[Clip]]:
    """Draw clips of about total_s together, grouped so that a group of batch_s has nearly one
    length.
    """
    clips: list[Clip] = []
    while sum(c.length for c in clips) < total_s * RATE:
        clips += [plan_one(corpus, rng) for _ in range(20)]
    clips.sort(key=lambda c: c.length)
    groups: list[list[Clip]] = [[]]
    for clip in reversed(clips):
        if groups[-1] and (len(groups[-1]) + 1) * groups[-1][0].length > batch_s * RATE:
            groups.append([])
        groups[-1].append(clip)
    return groups


def render(corpus: Corpus, clip: Clip, length: int, rng: Rng, strength: float = 1.0) -> Audio:
    """Make the waveform of a clip: float32 [length] at 16 kHz, noise to the end."""
    if not clip.sentences:
        return augment.no_speech(length, rng)
    x = np.zeros(length, np.float32)
    at = clip.lead
    for sentence, factor, pause in zip(clip.sentences, clip.factors, clip.pauses, strict=True):
        speech = corpus.audio(sentence)
        if abs(factor - 1) > 0.01:
            speech = augment.resample(speech, factor)
        speech = speech * np.float32(10 ** (rng.normal(0, 2) / 20) * 0.1 / augment.rms(speech))
        speech = speech[: length - at]
        x[at : at + len(speech)] = speech
        at += len(speech) + pause
    return augment.degrade(x, rng, lambda n: corpus.babble(n, rng), strength)
