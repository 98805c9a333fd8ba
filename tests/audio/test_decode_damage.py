"""Gaps, damage, protection, and what is no audio: kept as far as it goes, or named."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from app.audio.facts import DamagedPackets, LostSound, NonFiniteSamples, TruncatedTail
from app.audio.resample import SAMPLE_RATE
from app.errors import (
    CorruptAudioError,
    NoAudioTrackError,
    ProtectedAudioError,
    UnsupportedAudioError,
)
from tests.audio.decoding import decode
from tests.audio.media import (
    add_picture_stream,
    encoded,
    tone,
    wav_bytes,
    write_media,
    write_picture,
)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e38])
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_decode_silences_what_is_no_number(bad: float, rate: int) -> None:
    samples = np.full(rate, 0.25, np.float32)
    samples[100:103] = bad
    waveform, warnings = decode(wav_bytes(samples, rate, format_tag=3))
    assert np.isfinite(waveform).all()
    assert np.abs(waveform).max() < 0.5
    assert warnings == (NonFiniteSamples(3),)
    assert "3 samples" in str(warnings[0])


def test_decode_late_track_has_silence_before_it(tmp_path: Path) -> None:
    path = tmp_path / "late.mkv"
    write_media(
        path, tone(1, 48_000), 48_000, codec="pcm_s16le", container="matroska",
        first_pts=24_000, video=True,
    )  # fmt: skip
    waveform, _ = decode(path)
    assert len(waveform) / SAMPLE_RATE == pytest.approx(1.5, abs=0.01)
    assert np.all(waveform[:7900] == 0)


def test_decode_lost_packets_become_silence(tmp_path: Path) -> None:
    data = bytearray(encoded(tone(6, 48_000), 48_000, codec="libopus", container="ogg"))
    page = data.index(b"OggS", len(data) // 2)
    data[page : page + 4] = b"xxxx"
    waveform, warnings = decode(bytes(data))
    assert len(waveform) / SAMPLE_RATE == pytest.approx(6, abs=0.05)
    assert np.count_nonzero(waveform == 0) > 0.5 * SAMPLE_RATE
    (lost,) = warnings
    assert isinstance(lost, LostSound)
    assert lost.missing_s == pytest.approx(1, abs=0.05)
    assert "1.0 s in the middle are missing" in str(lost)


def test_decode_truncated_flac_keeps_its_beginning() -> None:
    data = encoded(tone(4, 44_100), 44_100, codec="flac", container="flac")
    waveform, warnings = decode(data[: len(data) // 2])
    assert 1 < len(waveform) / SAMPLE_RATE < 3
    (truncated,) = [warning for warning in warnings if isinstance(warning, TruncatedTail)]
    assert truncated.missing_s == pytest.approx(4 - len(waveform) / SAMPLE_RATE)
    assert "missing" in str(truncated)


def test_decode_truncated_wav_is_noticed() -> None:
    waveform, warnings = decode(wav_bytes(np.ones(16_000, np.int16), 16_000)[:-10_000])
    assert len(waveform) == 11_000
    assert warnings == (TruncatedTail(None),)
    assert str(warnings[0]) == "ends too early"


@pytest.mark.parametrize("n_tag_bytes", [0, 100_000])
def test_decode_truncated_mp3_is_noticed(n_tag_bytes: int) -> None:
    """Its first frame says how long it was; the tag before that may hold a large picture."""
    sound = encoded(tone(4, 44_100), 44_100, codec="libmp3lame", container="mp3")[45:]
    assert sound[:1] == b"\xff"
    sizes = bytes((n_tag_bytes >> shift) & 0x7F for shift in (21, 14, 7, 0))
    tag = b"ID3\x04\0\0" + sizes + bytes(n_tag_bytes)
    whole, warnings = decode(tag + sound)
    assert len(whole) / SAMPLE_RATE == pytest.approx(4, abs=0.1)
    assert warnings == ()
    half, warnings = decode(tag + sound[: len(sound) // 2])
    assert len(half) / SAMPLE_RATE == pytest.approx(2, abs=0.2)
    assert TruncatedTail(None) in warnings


def test_decode_mp3_that_states_no_size_is_taken_as_it_is() -> None:
    sound = encoded(tone(2, 44_100), 44_100, codec="libmp3lame", container="mp3")[45:]
    at = sound.index(b"Info")
    waveform, warnings = decode(sound[: at + 7] + b"\0" + sound[at + 8 :][: len(sound) // 2])
    assert len(waveform)
    assert TruncatedTail(None) not in warnings


def test_decode_truncated_mp4_is_corrupt() -> None:
    data = encoded(tone(2, 44_100), 44_100, codec="aac", container="mp4")
    with pytest.raises(CorruptAudioError, match="index"):
        decode(data[: len(data) // 2])


def test_decode_damaged_packets_are_left_out() -> None:
    data = bytearray(encoded(tone(4, 44_100), 44_100, codec="aac", container="mp4"))
    middle = len(data) // 2
    data[middle : middle + 2000] = np.random.default_rng(3).bytes(2000)
    waveform, warnings = decode(bytes(data))
    assert 2 < len(waveform) / SAMPLE_RATE < 4.1
    assert isinstance(warnings[0], DamagedPackets)
    assert "damaged" in str(warnings[0])


def test_decode_only_damaged_packets_is_corrupt() -> None:
    data = bytearray(encoded(tone(1, 44_100), 44_100, codec="flac", container="flac"))
    first_frame = data.index(b"\xff\xf8")
    data[first_frame:] = bytes(len(data) - first_frame)
    with pytest.raises(CorruptAudioError):
        decode(bytes(data))


@pytest.mark.parametrize("sample_byte", [b"\x00", b"\xa5"])
def test_decode_encrypted_mp4_says_so(sample_byte: bytes) -> None:
    data = bytearray(encoded(tone(1, 44_100), 44_100, codec="aac", container="mp4"))
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[start:end] = sample_byte * (end - start)  # no decoder makes sense of encrypted samples
    with pytest.raises(ProtectedAudioError, match="FairPlay"):
        decode(bytes(data).replace(b"udta", b"drms"))


def test_decode_protected_wma_says_so() -> None:
    header = bytes.fromhex("3026b2758e66cf11") + bytes(200)
    with pytest.raises(ProtectedAudioError, match="Windows Media"):
        decode(header + bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e") + bytes(1000))


def test_decode_no_audio_track() -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", "mp4") as output:
        write_picture(output, add_picture_stream(output))
    with pytest.raises(NoAudioTrackError, match="video") as caught:
        decode(buffer.getvalue())
    assert caught.value.track_kinds == ("video",)


@pytest.mark.parametrize(
    "data",
    [
        b"Dear diary, " * 300,
        bytes(5000),
        np.random.default_rng(4).bytes(20_000),
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
    ],
    ids=["text", "zeros", "random", "playlist", "concat list"],
)
def test_decode_what_is_no_audio(data: bytes) -> None:
    with pytest.raises(UnsupportedAudioError):
        decode(data)


def test_decode_header_cut_short_is_corrupt() -> None:
    with pytest.raises(CorruptAudioError):
        decode(wav_bytes(np.zeros(100, np.int16), 16_000)[:20])


def test_decode_unknown_codec() -> None:
    with pytest.raises(UnsupportedAudioError, match="codec") as caught:
        decode(wav_bytes(np.zeros(100, np.int16), 16_000, format_tag=0x1234))
    assert caught.value.codec == "unknown"


@pytest.mark.parametrize("rate", [1, 2**31 - 1])
def test_decode_impossible_rate_is_corrupt(rate: int) -> None:
    data = bytearray(wav_bytes(np.zeros(100, np.int16), 16_000))
    data[24:28] = rate.to_bytes(4, "little")
    with pytest.raises(CorruptAudioError, match=f"{rate} Hz"):
        decode(bytes(data))


def test_decode_audio_track_without_channels_is_unsupported() -> None:
    data = bytearray(wav_bytes(np.zeros(100, np.int16), 16_000))
    data[22:24] = bytes(2)
    with pytest.raises(UnsupportedAudioError):
        decode(bytes(data))
