"""What the tests of decoding share."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import BinaryIO

import numpy as np

from app.audio.decode import open_audio
from app.audio.facts import AudioWarning
from app.audio.resample import SAMPLE_RATE
from tests.audio.media import FloatArray

Decoded = tuple[FloatArray, tuple[AudioWarning, ...]]


def decode(source: Path | BinaryIO | bytes) -> Decoded:
    opened = open_audio(io.BytesIO(source) if isinstance(source, bytes) else source)
    with opened as audio:
        blocks = list(audio.blocks())
        assert audio.n_samples == sum(map(len, blocks))
        return np.concatenate([np.zeros(0, np.float32), *blocks]), audio.warnings


def level_db(waveform: FloatArray) -> float:
    return float(10 * np.log10(np.mean(waveform.astype(np.float64) ** 2) + 1e-20))


def peak_hz(waveform: FloatArray) -> float:
    spectrum = np.abs(np.fft.rfft(waveform * np.hanning(len(waveform))))
    return float(np.argmax(spectrum) * SAMPLE_RATE / len(waveform))


def filled_pipe(data: bytes) -> BinaryIO:
    """Return the reading end of a pipe that a thread fills."""
    read_end, write_end = os.pipe()

    def fill() -> None:
        with os.fdopen(write_end, "wb") as writer:
            writer.write(data)

    threading.Thread(target=fill, daemon=True).start()
    return os.fdopen(read_end, "rb")
