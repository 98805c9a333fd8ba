"""Decoding: every format people have comes out right, and every bad file says what is wrong."""

from __future__ import annotations

import io
import os
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import av
import numpy as np
import pytest

from app.audio.chunks import split_chunks
from app.audio.decode import open_audio
from app.audio.facts import AudioWarning, DamagedPackets, NonFiniteSamples, TruncatedTail
from app.audio.resample import SAMPLE_RATE
from app.errors import (
    AudioIsFolderError,
    AudioNotFoundError,
    AudioPermissionError,
    AudioReadError,
    CorruptAudioError,
    EmptyAudioError,
    NoAudioTrackError,
    ProtectedAudioError,
    UnsupportedAudioError,
)
from tests.audio.media import (
    FloatArray,
    add_picture_stream,
    encoded,
    tone,
    wav_bytes,
    write_media,
    write_picture,
)

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


def wait_for_pipe(data: bytes) -> BinaryIO:
    """Return the reading end of a pipe that a thread fills."""
    read_end, write_end = os.pipe()

    def fill() -> None:
        with os.fdopen(write_end, "wb") as writer:
            writer.write(data)

    threading.Thread(target=fill, daemon=True).start()
    return os.fdopen(read_end, "rb")


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


def test_duration_is_what_was_decoded_at_the_end() -> None:
    with open_audio(wait_for_pipe(wav_bytes(np.zeros(8000, np.int16), 16_000))) as audio:
        list(audio.blocks())
        assert audio.duration_s == 0.5


def test_decode_header_without_samples_is_silence() -> None:
    waveform, warnings = decode(wav_bytes(np.zeros(0, np.int16), 16_000))
    assert len(waveform) == 0
    assert warnings == ()


# --- pipes and file objects


@pytest.mark.parametrize(
    ("container", "codec"),
    [("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("mp4", "aac"), ("ogg", "libopus")],
)
def test_decode_pipe(container: str, codec: str) -> None:
    data = encoded(tone(1, 48_000), 48_000, codec=codec, container=container)
    from_pipe, _ = decode(wait_for_pipe(data))
    from_file, _ = decode(data)
    assert np.array_equal(from_pipe, from_file)


@pytest.mark.parametrize("n_stated", [0, 0xFFFF_FFFF])
def test_decode_wav_of_unknown_length(n_stated: int) -> None:
    data = bytearray(wav_bytes(np.ones(8000, np.int16), 16_000))
    data[4:8] = data[40:44] = n_stated.to_bytes(4, "little")
    waveform, warnings = decode(bytes(data))
    assert len(waveform) == 8000
    assert warnings == ()


def test_decode_name_that_looks_like_a_protocol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("concat:a|ü 松.wav").write_bytes(wav_bytes(np.ones(800, np.int16), 16_000))
    waveform, _ = decode(Path("concat:a|ü 松.wav"))
    assert len(waveform) == 800


# --- time line


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
    waveform, _ = decode(bytes(data))
    assert len(waveform) / SAMPLE_RATE == pytest.approx(6, abs=0.05)
    assert np.count_nonzero(waveform == 0) > 0.5 * SAMPLE_RATE


# --- damage


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


# --- what is no audio


def test_decode_no_audio_track() -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", "mp4") as output:
        write_picture(output, add_picture_stream(output))
    with pytest.raises(NoAudioTrackError, match="video") as caught:
        decode(buffer.getvalue())
    assert caught.value.track_kinds == ("video",)


def test_decode_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    with pytest.raises(EmptyAudioError, match=r"empty\.wav"):
        decode(path)


def test_decode_empty_pipe() -> None:
    with pytest.raises(EmptyAudioError):
        decode(wait_for_pipe(b""))


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


def test_decode_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AudioNotFoundError, match=r"gone\.wav"):
        decode(tmp_path / "gone.wav")


def test_decode_folder(tmp_path: Path) -> None:
    with pytest.raises(AudioIsFolderError):
        decode(tmp_path)


def test_decode_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.wav"
    path.write_bytes(b"RIFF")

    def refuse(*_args: object, **_kwargs: object) -> BinaryIO:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # tests may run as root, whom nothing is forbidden
    with pytest.raises(AudioPermissionError, match=r"secret\.wav"):
        decode(path)


class FailingReader(io.BytesIO):
    """A disk that is unplugged after some bytes."""

    def __init__(self, data: bytes, n_good_bytes: int) -> None:
        super().__init__(data)
        self._n_good_bytes = n_good_bytes

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > self._n_good_bytes:
            raise OSError(5, "Input/output error")
        return super().read(size)


@pytest.mark.parametrize("n_good_bytes", [-1, 0, 600_000])
def test_decode_failing_disk(n_good_bytes: int) -> None:
    data = wav_bytes(np.zeros(600_000, np.int16), 16_000)
    with pytest.raises(AudioReadError, match="Input/output error"):
        decode(FailingReader(data, n_good_bytes))


def test_close_closes_the_file() -> None:
    reader = io.BytesIO(wav_bytes(np.zeros(100, np.int16), 16_000))
    with open_audio(reader) as audio:
        blocks: Iterator[FloatArray] = audio.blocks()
        next(blocks)
    assert reader.closed


def test_warnings_can_be_read_after_closing() -> None:
    data = encoded(tone(2, 44_100), 44_100, codec="flac", container="flac")
    with open_audio(io.BytesIO(data[: len(data) // 2])) as audio:
        list(audio.blocks())
    assert isinstance(audio.warnings[-1], TruncatedTail)


def test_failed_open_closes_the_file() -> None:
    reader = io.BytesIO(b"no audio at all, only words" * 50)
    with pytest.raises(UnsupportedAudioError):
        open_audio(reader)
    assert reader.closed


class EndlessTape(io.RawIOBase):
    """A WAV of any length that takes no memory."""

    def __init__(self, duration_s: int) -> None:
        self._header = wav_bytes(np.zeros(0, np.int16), SAMPLE_RATE)
        self._n_bytes = len(self._header) + 2 * SAMPLE_RATE * duration_s
        self._header = self._header[:4] + bytes(4) + self._header[8:40] + bytes(4)
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._n_bytes}
        self._position = base[whence] + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        n_read = min(size, self._n_bytes - self._position)
        head = self._header[self._position : self._position + n_read]
        self._position += n_read
        return head + bytes(n_read - len(head))


def test_decode_and_cut_in_bounded_memory() -> None:
    tracemalloc.start()
    try:
        with open_audio(cast(BinaryIO, EndlessTape(8 * 60))) as audio:
            n_samples = sum(len(chunk.waveform) for chunk in split_chunks(audio.blocks()))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert n_samples == 8 * 60 * SAMPLE_RATE  # 31 MB as float32
    assert peak_bytes < 16_000_000  # 12.5 MB, however long
