"""Which audio both sides hear: whole files, and cuts at the lengths where implementations part.

Cuts: below one chunk (the official code runs it at its real length), one chunk and its neighbours,
one attention window of 8 s and its neighbours (one frame more makes a second window), a length that
is no multiple of anything, and 30 s, the longest chunk of the application.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.audio.decode import open_audio
from models.verify.outputs import FloatArray

SAMPLE_RATE = 16_000
HOP_SAMPLES = 160
MAX_CLIP_S = 30.0  # the application never sends more at once
# Attention within 8 s and over the whole clip are the same up to here.
WINDOW_SAMPLES = 8 * SAMPLE_RATE
# A clip of one partial chunk: qwen-asr runs it at its length, the native classes pad it to 1 s.
CHUNK_SAMPLES = SAMPLE_RATE
EDGE_SAMPLES: dict[str, int] = {
    "0.1 s": 1_600,
    "0.75 s": 12_000,
    "1 s - 1 hop": CHUNK_SAMPLES - HOP_SAMPLES,
    "1 s": CHUNK_SAMPLES,
    "1 s + 1 hop": CHUNK_SAMPLES + HOP_SAMPLES,
    "8 s - 1 hop": WINDOW_SAMPLES - HOP_SAMPLES,
    "8 s": WINDOW_SAMPLES,
    "8 s + 1 hop": WINDOW_SAMPLES + HOP_SAMPLES,
    "12.3456 s": 197_530,
    "30 s": 30 * SAMPLE_RATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A waveform and how it is to be recognised.

    Attributes:
        waveform: float32 [n_samples], mono, 16 kHz.
        language: forced language, or None.
        truth: what is said, where it is known.
    """

    name: str
    waveform: FloatArray
    context: str = ""
    language: str | None = None
    truth: str | None = None

    @property
    def n_frames(self) -> int:
        """Mel frames of the clip."""
        return len(self.waveform) // HOP_SAMPLES


def edge_clips(source: FloatArray) -> list[Clip]:
    """Cut every edge length out of a recording, repeated if it is too short.

    One more clip of 5 s has a context and a forced language, so that the answer to such a prompt is
    compared too.
    """
    clips = [
        Clip(name=name, waveform=cut(source, n_samples)) for name, n_samples in EDGE_SAMPLES.items()
    ]
    prompted = Clip(
        name="5 s, context and language",
        waveform=cut(source, 5 * SAMPLE_RATE),
        context="Songshu, Qwen3-ASR",
        language="English",
    )
    return [*clips, prompted]


def without_contexts(clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """Take the contexts away, for a model that takes none."""
    return tuple(
        replace(clip, context="", name=clip.name.replace("context and ", "")) for clip in clips
    )


def cut(source: FloatArray, n_samples: int) -> FloatArray:
    """Take n_samples around the loudest place of a recording, repeated as often as needed."""
    repeated = np.tile(source, -(-n_samples // len(source)))
    loudest = int(np.abs(repeated).argmax())
    start = min(max(0, loudest - n_samples // 2), len(repeated) - n_samples)
    return np.ascontiguousarray(repeated[start : start + n_samples])


def file_clips(paths: Sequence[Path]) -> Iterator[Clip]:
    """Read audio files, at most 30 s of each; NAME.txt beside a file holds its words."""
    for path in paths:
        waveform = read_waveform(path)[: int(MAX_CLIP_S * SAMPLE_RATE)]
        words = path.with_suffix(".txt")
        truth = words.read_text(encoding="utf-8").strip() if words.is_file() else None
        yield Clip(name=path.stem, waveform=waveform, truth=truth)


def read_waveform(path: Path) -> FloatArray:
    """Read a whole file as the application reads it.

    Raises:
        AudioError: it cannot be read.
    """
    with open_audio(path) as source:
        return np.concatenate(list(source.blocks()))


def synthetic_source(duration_s: float = 31.0) -> FloatArray:
    """Make a signal with the traits of speech, for checkpoints that understand no words.

    A gliding harmonic tone under two moving resonances, in syllables, with pauses and noise.
    """
    t = np.arange(int(duration_s * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 120 + 30 * np.sin(2 * np.pi * 0.37 * t) + 8 * np.sin(2 * np.pi * 2.1 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    formants = (500 + 250 * np.sin(2 * np.pi * 1.3 * t), 1500 + 600 * np.sin(2 * np.pi * 0.9 * t))
    voice = np.zeros_like(t)
    for harmonic in range(1, 30):
        gains = [1 / (1 + ((harmonic * pitch - centre) / 120) ** 2) for centre in formants]
        voice += sum(gains) * np.sin(harmonic * phase)
    syllables = np.clip(np.sin(2 * np.pi * 3.3 * t) + 0.4, 0, 1) * (
        np.sin(2 * np.pi * 0.11 * t) > -0.8
    )
    noise = np.random.default_rng(7).standard_normal(len(t))
    signal = 0.1 * voice * syllables + 0.003 * noise
    return np.clip(signal, -1, 1).astype(np.float32)
