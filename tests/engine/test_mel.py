"""Log-mel against a plain float64 computation of the same recipe."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.mel import MelExtractor

RNG = np.random.default_rng(7)
FILTERS = np.abs(RNG.normal(size=(201, 80))).astype(np.float32) * 0.01


def plain_log_mel(waveform: np.ndarray) -> np.ndarray:
    """Compute frame by frame, in float64, straight from the recipe's text."""
    n_frames = len(waveform) // 160
    padded = np.pad(waveform.astype(np.float64), 200, mode="reflect")
    window = np.hanning(401)[:-1]
    power = np.empty((n_frames, 201))
    for i in range(n_frames):
        power[i] = np.abs(np.fft.rfft(padded[160 * i : 160 * i + 400] * window)) ** 2
    log_mel = np.log10(np.maximum(power @ FILTERS.astype(np.float64), 1e-10))
    log_mel = np.maximum(log_mel, log_mel.max() - 8.0)
    return ((log_mel + 4.0) / 4.0).T


@pytest.mark.parametrize("n_samples", [201, 319, 320, 16000, 16001, 512 * 160, 512 * 160 + 161])
def test_mel_equals_the_plain_recipe(n_samples: int) -> None:
    waveform = (RNG.normal(size=n_samples) * 0.1).astype(np.float32)
    mel = MelExtractor(FILTERS)(waveform)
    expected = plain_log_mel(waveform)
    assert mel.shape == expected.shape
    assert mel.dtype == np.float32
    np.testing.assert_allclose(mel, expected, atol=1e-4)


@pytest.mark.parametrize("n_samples", [0, 1, 159])
def test_mel_shorter_than_a_hop_has_no_frames(n_samples: int) -> None:
    assert MelExtractor(FILTERS)(np.zeros(n_samples, dtype=np.float32)).shape == (80, 0)


@pytest.mark.parametrize("n_samples", [160, 161, 200, 201])
def test_mel_shorter_than_its_padding_is_finite(n_samples: int) -> None:
    mel = MelExtractor(FILTERS)(np.ones(n_samples, dtype=np.float32) * 0.1)
    assert mel.shape == (80, 1)
    assert np.isfinite(mel).all()


def test_mel_silence_is_flat() -> None:
    mel = MelExtractor(FILTERS)(np.zeros(16000, dtype=np.float32))
    np.testing.assert_allclose(mel, (np.log10(1e-10) + 4) / 4, atol=1e-6)


def test_mel_range_is_eighty_decibels() -> None:
    waveform = np.zeros(16000, dtype=np.float32)
    waveform[8000:8400] = RNG.normal(size=400)
    mel = MelExtractor(FILTERS)(waveform)
    assert mel.max() - mel.min() == pytest.approx(2.0, abs=1e-6)


@pytest.mark.parametrize("n_frames", [3, 100, 511, 512, 513, 700, 900])
def test_mel_of_a_clip_that_grows_begins_as_it_was(n_frames: int) -> None:
    """Bit by bit, but for the last frame, which is mirrored at the end; streaming relies on it."""
    extractor = MelExtractor(FILTERS)
    waveform = (RNG.normal(size=160 * 1100) * 0.1).astype(np.float32)
    whole = extractor.power(waveform)
    part = extractor.power(waveform[: 160 * n_frames])
    np.testing.assert_array_equal(part[:-2], whole[: n_frames - 2])
