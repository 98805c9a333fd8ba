"""Resampling: exact lengths, no alias, no dependence on how the stream is cut."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.resample import SAMPLE_RATE, Resampler, resample, tone_gain_db


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("n_native", [0, 1, 2, 127, 160, 44_099])
def test_resample_length(rate: int, n_native: int) -> None:
    waveform = resample(np.ones(n_native, np.float32), rate)
    assert len(waveform) == round(n_native * SAMPLE_RATE / rate)


@pytest.mark.parametrize("frequency_hz", [8300, 9000, 12_000, 20_000])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_resample_leaves_no_alias(rate: int, frequency_hz: float) -> None:
    assert tone_gain_db(frequency_hz, rate) < -90


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_resample_keeps_what_speech_needs(rate: int) -> None:
    for frequency_hz in (100, 1000, 4000, 7000, 7400):
        assert tone_gain_db(frequency_hz, rate) == pytest.approx(0, abs=0.1)


def test_push_does_not_depend_on_the_cuts() -> None:
    noise = np.random.default_rng(0).standard_normal(50_000).astype(np.float32)
    resampler = Resampler(44_100)
    pieces = [resampler.push(noise[i : i + 777]) for i in range(0, len(noise), 777)]
    in_pieces = np.concatenate([*pieces, resampler.flush()])
    np.testing.assert_allclose(in_pieces, resample(noise, 44_100), atol=1e-6)


def test_push_at_16_khz_passes_through() -> None:
    resampler = Resampler(SAMPLE_RATE)
    noise = np.random.default_rng(0).standard_normal(100).astype(np.float32)
    assert resampler.push(noise) is noise
    assert len(resampler.flush()) == 0
