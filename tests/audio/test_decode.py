"""Decoding: every format people have comes out right, in length, phase and level."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio.decode import open_audio
from app.audio.resample import SAMPLE_RATE
from tests.audio.decoding import decode, level_db, peak_hz
from tests.audio.media import tone, wav_bytes, write_media

FORMATS = [
    # container, suffix, codec, rate
    ("wav", "wav", "pcm_s16le", 44_100),
    ("wav", "wav", "pcm_u8", 8_000),
    ("wav", "wav", "pcm_s24le", 48_000),
    ("wav", "wav", "pcm_s32le", 96_000),
    ("wav", "wav", "pcm_f32le", 192_000),
    ("wav", "wav", "pcm_f64le", 22_050),
    ("wav", "wav", "pcm_mulaw", 8_000),
    ("wav", "wav", "adpcm_ms", 22_050),
    ("aiff", "aiff", "pcm_s16be", 44_100),
    ("flac", "flac", "flac", 44_100),
    ("mp3", "mp3", "libmp3lame", 44_100),
    ("ipod", "m4a", "aac", 48_000),
    ("ipod", "m4a", "alac", 44_100),
    ("adts", "aac", "aac", 32_000),
    ("ogg", "opus", "libopus", 48_000),
    ("asf", "wma", "wmav2", 44_100),
    ("asf", "wma", "wmav1", 22_050),
    ("amr", "amr", "libopencore_amrnb", 8_000),
    ("3gp", "3gp", "libopencore_amrnb", 8_000),
    ("mp4", "mp4", "aac", 44_100),
    ("mov", "mov", "pcm_s16le", 48_000),
    ("matroska", "mkv", "ac3", 48_000),
    ("webm", "webm", "libopus", 48_000),
    ("mpegts", "ts", "mp2", 48_000),
    ("avi", "avi", "libmp3lame", 44_100),
]


@pytest.mark.parametrize(("container", "suffix", "codec", "rate"), FORMATS)
def test_decode_format(tmp_path: Path, container: str, suffix: str, codec: str, rate: int) -> None:
    path = tmp_path / f"clip.{suffix}"
    write_media(path, tone(1.5, rate), rate, codec=codec, container=container)
    waveform, warnings = decode(path)
    assert waveform.dtype == np.float32
    assert len(waveform) / SAMPLE_RATE == pytest.approx(1.5, abs=0.11)  # padding of lossy codecs
    assert peak_hz(waveform) == pytest.approx(440, abs=2)
    assert level_db(waveform[4000:-4000]) == pytest.approx(level_db(tone(1, 8000)), abs=2)
    assert warnings == ()


@pytest.mark.parametrize(("container", "suffix"), [("mp4", "mp4"), ("matroska", "mkv")])
def test_decode_video_file(tmp_path: Path, container: str, suffix: str) -> None:
    path = tmp_path / f"film.{suffix}"
    write_media(path, tone(1, 48_000), 48_000, codec="aac", container=container, video=True)
    waveform, warnings = decode(path)
    assert len(waveform) / SAMPLE_RATE == pytest.approx(1, abs=0.05)
    assert warnings == ()


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("n_native", [1, 441, 44_101])
def test_decode_length_is_exact(rate: int, n_native: int) -> None:
    waveform, _ = decode(wav_bytes(np.ones(n_native, np.int16), rate))
    assert abs(len(waveform) - n_native * SAMPLE_RATE / rate) <= 1


def test_decode_16_khz_pcm_is_bit_exact() -> None:
    samples = np.random.default_rng(1).integers(-32768, 32768, 50_000).astype(np.int16)
    waveform, _ = decode(wav_bytes(samples, SAMPLE_RATE))
    assert np.array_equal(waveform, samples.astype(np.float32) / 32768)


def test_decode_resampled_tone_keeps_its_phase() -> None:
    waveform, _ = decode(wav_bytes(tone(1, 48_000, 1000), 48_000, format_tag=3))
    np.testing.assert_allclose(
        waveform[500:-500], tone(1, SAMPLE_RATE, 1000)[500:-500], rtol=0, atol=1e-5
    )


@pytest.mark.parametrize(
    ("dtype", "loud", "quiet"),
    [(np.uint8, 255, 128), (np.int16, 32767, 0), (np.int32, 2**31 - 1, 0)],
)
def test_decode_scales_integers(dtype: Any, loud: int, quiet: int) -> None:
    samples = np.array([loud, quiet] * 800, dtype)
    waveform, _ = decode(wav_bytes(samples, SAMPLE_RATE))
    assert waveform.max() == pytest.approx(1, abs=0.01)
    assert np.all(waveform[1::2] == 0)


@pytest.mark.parametrize("n_channels", [2, 6, 8])
def test_decode_mono_is_the_mean_of_all_channels(n_channels: int) -> None:
    samples = np.random.default_rng(2).uniform(-1, 1, (1600, n_channels)).astype(np.float32)
    waveform, _ = decode(wav_bytes(samples, SAMPLE_RATE, format_tag=3))
    np.testing.assert_allclose(waveform, samples.mean(axis=1), rtol=0, atol=1e-6)


@pytest.mark.parametrize(("codec", "container"), [("flac", "flac"), ("aac", "mp4")])
def test_decode_71(tmp_path: Path, codec: str, container: str) -> None:
    path = tmp_path / "surround"
    channels = np.stack([tone(1, 48_000, 440, gain) for gain in (0.8, 0, 0, 0, 0, 0, 0, 0.4)])
    write_media(path, channels, 48_000, codec=codec, container=container, layout="7.1")
    waveform, _ = decode(path)
    middle = waveform[2000:-2000]
    assert level_db(middle) == pytest.approx(level_db(tone(1, 8000, 440, 1.2 / 8)), abs=0.2)


def test_decode_float_above_one_is_kept() -> None:
    waveform, warnings = decode(
        wav_bytes(np.array([0.5, 4.0, -20_000.0], np.float32), 16_000, format_tag=3)
    )
    assert waveform.tolist() == [0.5, 4.0, -20_000.0]
    assert warnings == ()


def test_decode_blocks_stay_small() -> None:
    with open_audio(io.BytesIO(wav_bytes(np.zeros(48_000 * 20, np.int16), 48_000))) as audio:
        sizes = [len(block) for block in audio.blocks()]
    assert max(sizes) <= 1.2 * SAMPLE_RATE
    assert len(sizes) >= 18


def test_info_is_known_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    write_media(path, tone(2, 44_100), 44_100, codec="flac", container="flac")
    with open_audio(path) as audio:
        assert audio.duration_s == pytest.approx(2.0)
        assert (audio.info.container, audio.info.codec) == ("flac", "flac")
        assert (audio.info.rate, audio.info.n_channels) == (44_100, 1)
        assert audio.info.name == str(path)


def test_decode_header_without_samples_is_silence() -> None:
    waveform, warnings = decode(wav_bytes(np.zeros(0, np.int16), 16_000))
    assert len(waveform) == 0
    assert warnings == ()
