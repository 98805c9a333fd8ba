from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from models.bench.audio import make_waveform, read_waveform


def test_make_waveform_is_always_the_same() -> None:
    waveform = make_waveform(1.5)
    assert waveform.shape == (24_000,)
    assert waveform.dtype == np.float32
    assert 0.05 < np.abs(waveform).max() <= 1.0
    assert np.array_equal(waveform, make_waveform(1.5))


def test_read_waveform_takes_the_beginning(tmp_path: Path) -> None:
    samples = (make_waveform(3.0) * 32767).astype("<i2")
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    whole = read_waveform(tmp_path / "a.wav", 30.0)
    assert len(whole) == 48_000
    assert np.array_equal(read_waveform(tmp_path / "a.wav", 1.0), whole[:16_000])
