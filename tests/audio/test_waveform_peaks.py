"""Peaks are the extremes of the samples, at every resolution, from the cache or not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from app.audio import waveform_peaks
from app.audio.resample import FloatArray
from app.audio.waveform_peaks import FULL_SCALE, PER_S, Peaks, read_peaks
from app.errors import AudioNotFoundError, Cancelled
from tests.audio.media import wav_bytes

RATE = 16_000


def noise(n_samples: int) -> FloatArray:
    return np.random.default_rng(1).uniform(-0.9, 0.9, n_samples).astype(np.float32)


def write(path: Path, samples: FloatArray) -> Path:
    path.write_bytes(wav_bytes(samples, RATE, format_tag=3))
    return path


@pytest.mark.parametrize("n_samples", [1, 159, 160, 161, 16_000, 16_001, 50_007])
def test_peaks_are_the_extremes_of_each_bucket(tmp_path: Path, n_samples: int) -> None:
    samples = noise(n_samples)
    finest = read_peaks(write(tmp_path / "x.wav", samples)).levels[0]
    starts = range(0, n_samples, 160)
    expected = [(samples[at : at + 160].min(), samples[at : at + 160].max()) for at in starts]
    np.testing.assert_allclose(finest / FULL_SCALE, expected, atol=1 / FULL_SCALE)


def test_every_level_holds_the_extremes_of_the_finest(tmp_path: Path) -> None:
    peaks = read_peaks(write(tmp_path / "x.wav", noise(100_000)))
    assert len(peaks.levels) > 3
    for level in peaks.levels:
        assert level[:, 0].min() == peaks.levels[0][:, 0].min()
        assert level[:, 1].max() == peaks.levels[0][:, 1].max()


@pytest.mark.parametrize("n_columns", [1, 7, 300, 5000])
@pytest.mark.parametrize("span", [(0.0, 20.0), (3.3, 3.9), (-1.0, 25.0)])
def test_columns_cover_the_span(span: tuple[float, float], n_columns: int) -> None:
    finest = np.zeros((20 * PER_S, 2), np.int16)
    finest[350] = (-FULL_SCALE, FULL_SCALE)  # one click at 3.5 s
    columns = Peaks.of(finest).columns(*span, n_columns)
    assert columns.shape == (n_columns, 2)
    hit = (3.505 - span[0]) / (span[1] - span[0]) * n_columns
    assert columns[int(hit)].tolist() == [-1.0, 1.0]  # never lost, at any zoom
    width = 0.01 * 4**4 / (span[1] - span[0]) * n_columns
    assert np.count_nonzero(columns[:, 1]) <= max(3, 2 * width)


def test_no_sound_has_no_peaks() -> None:
    peaks = Peaks.of(np.zeros((0, 2), np.int16))
    assert peaks.duration_s == peaks.loudest == 0.0
    assert not peaks.columns(0, 1, 10).any()


def test_progress_grows_to_the_whole(tmp_path: Path) -> None:
    told: list[float] = []
    path = write(tmp_path / "x.wav", noise(RATE * 30))
    whole = read_peaks(path, on_progress=lambda peaks: told.append(peaks.duration_s))
    assert told == sorted(told)
    assert 3 <= len(told) <= 10
    assert whole.duration_s == 30.0


def test_cancel_stops_after_a_second(tmp_path: Path) -> None:
    asked: list[bool] = []
    path = write(tmp_path / "x.wav", noise(RATE * 30))
    with pytest.raises(Cancelled):
        read_peaks(path, tmp_path / "cache", is_cancelled=lambda: asked.append(True) or True)
    assert len(asked) == 1
    assert not (tmp_path / "cache").exists()


def test_cache_is_used_until_the_file_changes(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    path = write(tmp_path / "中文 é.wav", noise(RATE * 12))
    first = read_peaks(path, folder)
    told: list[Peaks] = []
    again = read_peaks(path, folder, told.append)
    assert told == []  # nothing was decoded
    np.testing.assert_array_equal(again.levels[0], first.levels[0])
    write(path, noise(RATE * 6))
    os.utime(path, ns=(1, 1))
    assert read_peaks(path, folder, told.append).duration_s == 6.0
    assert told


@pytest.mark.parametrize("content", [b"", b"damaged", b"\x93NUMPY\x01\x00"])
def test_damaged_cache_is_computed_again(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "cache"
    path = write(tmp_path / "x.wav", noise(RATE))
    expected = read_peaks(path, folder).levels[0]
    (cached,) = folder.iterdir()
    cached.write_bytes(content)
    np.testing.assert_array_equal(read_peaks(path, folder).levels[0], expected)
    assert cached.stat().st_size > 100


def test_cache_that_cannot_be_written_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "file"
    folder.write_text("in the way")
    assert read_peaks(write(tmp_path / "x.wav", noise(RATE)), folder).duration_s == 1.0
    assert "not kept" in caplog.text


def test_oldest_pictures_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waveform_peaks, "CACHE_BYTES", 1500)
    folder = tmp_path / "cache"
    for index in range(5):
        read_peaks(write(tmp_path / f"{index}.wav", noise(RATE)), folder)
        for cached in folder.iterdir():
            os.utime(cached, (index, cached.stat().st_mtime - 100))
    assert sum(cached.stat().st_size for cached in folder.iterdir()) <= 1500
    told: list[Peaks] = []
    read_peaks(tmp_path / "4.wav", folder, told.append)
    assert told == []


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioNotFoundError):
        read_peaks(tmp_path / "nowhere.wav", tmp_path / "cache")
