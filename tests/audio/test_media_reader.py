"""Reading from any position gives the samples that reading from the start gives there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import correlate

from app.audio.media_reader import MediaReader
from app.audio.resample import FloatArray
from app.errors import CorruptAudioError
from tests.audio.media import wav_bytes, write_media

RATE = 48_000
DURATION_S = 12.0
POSITIONS_S = (0.0, 0.01, 7.777, 1.2345, 11.5, 0.0)
EXACT = ("wav", "flac", "mp3", "vbr.mp3", "m4a", "mov", "opus")
FORMATS = {  # name -> extra options of the ffmpeg command
    "wav": [],
    "flac": [],
    "mp3": ["-b:a", "96k"],
    "vbr.mp3": ["-q:a", "4"],
    "m4a": [],
    "mov": [],
    "mkv": ["-c:a", "aac"],
    "ogg": [],
    "opus": [],
    "webm": [],
}
# Matroska keeps times in whole milliseconds; FFmpeg misjudges the start of Vorbis' last page.
LARGEST_ERROR_S = {"ogg": 0.03}
ROUNDING_S = 0.001


def wandering_noise(rate: int) -> FloatArray:
    """Return noise whose loudness wanders, so that every place is unlike any other."""
    rng = np.random.default_rng(3)
    n_samples = round(DURATION_S * rate)
    levels = rng.uniform(0.1, 1, 121)
    level = np.interp(np.arange(n_samples), np.linspace(0, n_samples, 121), levels)
    smooth = np.convolve(rng.standard_normal(n_samples), np.ones(8) / 8, "same")
    return (0.3 * level * smooth).clip(-1, 1).astype(np.float32)


def read(reader: MediaReader, n_samples: int | None = None) -> tuple[float, FloatArray]:
    """Return the position of the first sample, and the first channel."""
    pieces: list[FloatArray] = []
    position_s = -1.0
    while n_samples is None or sum(map(len, pieces)) < n_samples:
        block = reader.read()
        if block is None:
            break
        position_s = block.position_s if not pieces else position_s
        pieces.append(block.samples[:, 0])
    return position_s, np.concatenate([np.zeros(0, np.float32), *pieces])[:n_samples]


@pytest.fixture(scope="module", params=[44_100, 48_000])
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / f"{request.param}.wav"
    noise = (wandering_noise(request.param) * 32767).astype(np.int16)
    path.write_bytes(wav_bytes(noise, request.param))
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_seek_finds_the_samples_of_a_reading_from_the_start(original: Path, name: str) -> None:
    path = original if name == "wav" else original.with_name(f"{original.stem}.{name}")
    if name != "wav":
        command = ["ffmpeg", "-v", "error", "-y", "-i", original, *FORMATS[name], path]
        subprocess.run(command, check=True)
    reader = MediaReader(path, RATE, 1)
    _, whole = read(reader)
    errors_s = []
    for target_s in POSITIONS_S:
        reader.seek(target_s)
        position_s, samples = read(reader, RATE // 4)
        assert 0 <= position_s - target_s < 0.015  # WebM's first packet cannot be reached again
        at = round(position_s * RATE)
        first = max(0, at - RATE // 20)
        around = whole[first : at + len(samples) + RATE // 20]
        found = first + int(np.argmax(correlate(around, samples, "valid")))
        errors_s.append(abs(found - at) / RATE)
    reader.close()
    allowed_s = 1.01 / RATE if name in EXACT else LARGEST_ERROR_S.get(name, ROUNDING_S)
    assert max(errors_s) <= allowed_s


def test_wav_seek_is_bit_exact(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    noise = wandering_noise(RATE)
    path.write_bytes(wav_bytes(noise, RATE, format_tag=3))
    reader = MediaReader(path, RATE, 1)
    for at in (0, 1, 4095, 4096, 100_001, len(noise) - 1):
        reader.seek(at / RATE)
        np.testing.assert_array_equal(read(reader)[1], noise[at:])
    reader.close()


def test_seek_beyond_the_end_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(wav_bytes(wandering_noise(RATE), RATE, format_tag=3))
    reader = MediaReader(path, RATE, 1)
    reader.seek(99)
    assert len(read(reader)[1]) == 0
    reader.close()


def test_track_that_starts_late_begins_with_silence(tmp_path: Path) -> None:
    path = tmp_path / "x.mkv"
    write_media(
        path,
        wandering_noise(RATE)[:RATE],
        RATE,
        codec="pcm_s16le",
        container="matroska",
        first_pts=2 * RATE,
        video=True,
    )
    reader = MediaReader(path, RATE, 1)
    _, whole = read(reader)
    assert not whole[: 2 * RATE - 100].any()
    assert whole[2 * RATE :].any()
    reader.seek(1.0)
    position_s, samples = read(reader)
    assert position_s == 1.0
    np.testing.assert_array_equal(samples, whole[round(position_s * RATE) :])
    reader.close()


def test_channels_and_rate_are_those_of_the_output(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    left_only = np.stack([wandering_noise(16_000), np.zeros(16_000 * 12, np.float32)], axis=1)
    path.write_bytes(wav_bytes(left_only, 16_000, format_tag=3))
    reader = MediaReader(path, RATE, 2)
    block = reader.read()
    assert block is not None
    assert block.samples.shape[1] == 2
    assert not block.samples[:, 1].any()
    reader.close()


def test_mono_goes_to_both_ears_at_full_level(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    noise = wandering_noise(RATE)[:RATE]
    path.write_bytes(wav_bytes(noise, RATE, format_tag=3))
    reader = MediaReader(path, RATE, 2)
    block = reader.read()
    assert block is not None
    for ear in (0, 1):
        np.testing.assert_array_equal(block.samples[:, ear], noise[: len(block.samples)])
    reader.close()


def test_file_of_damage_only_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "x.flac"
    write_media(path, wandering_noise(RATE)[:RATE], RATE, codec="flac", container="flac")
    damaged = bytearray(path.read_bytes())
    damaged[8192:] = b"\x5a" * (len(damaged) - 8192)
    damaged[100:8192] = b"\x00" * (8192 - 100)
    path.write_bytes(damaged)
    reader = MediaReader(path, RATE, 1)
    with pytest.raises(CorruptAudioError):
        read(reader)
    reader.close()


def test_far_and_back_in_an_mp3_of_many_frames(tmp_path: Path) -> None:
    """An MP3 has no index: FFmpeg's own must hold all of its frames, also beyond its default."""
    source, part, path = tmp_path / "x.wav", tmp_path / "part.mp3", tmp_path / "long.mp3"
    source.write_bytes(wav_bytes(wandering_noise(RATE), RATE, format_tag=3))
    bare = ["-ar", "24000", "-b:a", "8k", "-write_xing", "0", "-id3v2_version", "0"]
    subprocess.run(["ffmpeg", "-v", "error", "-i", source, *bare, part], check=True)
    path.write_bytes(part.read_bytes() * 1000)  # 500,000 frames; 1 MB of index holds 43,690
    reader = MediaReader(path, RATE, 1)
    duration_s = reader.duration_s or 0.0
    for share in (0.9, 0.2):
        n_before = reader.n_frames
        reader.seek(share * duration_s)
        position_s, samples = read(reader, 100)
        assert position_s == pytest.approx(share * duration_s, abs=1 / RATE)
        assert samples.any()
        assert reader.n_frames - n_before < 50
    reader.close()
