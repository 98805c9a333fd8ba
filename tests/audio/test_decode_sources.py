"""Where sound comes from: pipes, file objects, odd names, disks that fail, hours of tape."""

from __future__ import annotations

import io
import os
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pytest

from app.audio.chunks import split_chunks
from app.audio.decode import open_audio
from app.audio.facts import TruncatedTail
from app.audio.resample import SAMPLE_RATE
from app.errors import (
    AudioIsFolderError,
    AudioNotFoundError,
    AudioPermissionError,
    AudioReadError,
    EmptyAudioError,
    UnsupportedAudioError,
)
from tests.audio.decoding import decode, filled_pipe
from tests.audio.media import FloatArray, encoded, tone, wav_bytes


def test_duration_is_what_was_decoded_at_the_end() -> None:
    with open_audio(filled_pipe(wav_bytes(np.zeros(8000, np.int16), 16_000))) as audio:
        list(audio.blocks())
        assert audio.duration_s == 0.5


@pytest.mark.parametrize(
    ("container", "codec"),
    [("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("mp4", "aac"), ("ogg", "libopus")],
)
def test_decode_pipe(container: str, codec: str) -> None:
    data = encoded(tone(1, 48_000), 48_000, codec=codec, container=container)
    from_pipe, _ = decode(filled_pipe(data))
    from_file, _ = decode(data)
    assert np.array_equal(from_pipe, from_file)


@pytest.mark.only_on("posix")
def test_decode_pipe_that_has_a_name(tmp_path: Path) -> None:
    """What a shell makes of <(command), and /dev/stdin."""
    data = encoded(tone(1, 48_000), 48_000, codec="aac", container="mp4")
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit((tmp_path / "pipe").write_bytes, data)
        from_pipe, _ = decode(tmp_path / "pipe")
        assert written.result() == len(data)
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


def test_decode_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    with pytest.raises(EmptyAudioError, match=r"empty\.wav"):
        decode(path)


def test_decode_empty_pipe() -> None:
    with pytest.raises(EmptyAudioError):
        decode(filled_pipe(b""))


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
