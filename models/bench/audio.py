"""The one waveform that every engine gets: the start of a file, or a made-up signal.

With the end token ignored, speed does not depend on what is said, so a signal with the rhythm of
speech will do where no recording is at hand.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.audio.decode import open_audio
from app.engine.types import SAMPLE_RATE, FloatArray

_SYLLABLES_PER_S = 4.0
_PITCH_HZ = 120.0


def read_waveform(path: Path, seconds: float) -> FloatArray:
    """Read at most the first seconds of a file: float32 [n_samples], mono, 16 kHz.

    Raises:
        AudioError: the file cannot be read.
    """
    wanted = int(seconds * SAMPLE_RATE)
    pieces: list[FloatArray] = []
    with open_audio(path) as source:
        for block in source.blocks():
            pieces.append(block)
            if sum(map(len, pieces)) >= wanted:
                break
    waveform: FloatArray = np.concatenate(pieces)[:wanted]
    return waveform


def make_waveform(seconds: float) -> FloatArray:
    """Make a voice-like signal: a pitch with harmonics and noise, in syllables. Always the same."""
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics = [np.sin(2 * np.pi * _PITCH_HZ * k * times) / k for k in range(1, 20)]
    noise = np.random.default_rng(7).standard_normal(len(times))
    rhythm = np.clip(np.sin(2 * np.pi * _SYLLABLES_PER_S * times), 0.02, None)
    waveform = 0.1 * rhythm * (np.sum(harmonics, axis=0) + 0.3 * noise)
    result: FloatArray = waveform.astype(np.float32)
    return result
