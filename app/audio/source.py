"""Open what holds the audio: a path, a file object or a pipe, as a seekable byte reader.

In: a path or a binary file object. Out: an ``OpenedSource`` whose ``reader`` FFmpeg may read and
seek. We open files ourselves instead of giving FFmpeg the path for three reasons: names FFmpeg
would take for protocols ("http:…", "concat:…") stay names, any bytes may stand in a name, and
errors of the operating system arrive as themselves and not as FFmpeg's version of them.

A pipe cannot seek, but an MP4 keeps its index at the end. ``SpooledPipe`` therefore copies what was
read into a temporary file, so that decoding starts at once and any position can still be reached.

When FFmpeg gives up on a source, ``find_protection`` and ``looks_like_media`` look at the bytes to
tell an encrypted file from a damaged one, and a damaged one from what never was audio.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import (
    AudioIsFolderError,
    AudioNotFoundError,
    AudioPermissionError,
    AudioReadError,
    EmptyAudioError,
    SongshuError,
)

COPY_BYTES = 1 << 16  # read from a pipe at once: the size of a Linux pipe
SNIFF_BYTES = 1 << 16  # the headers of ASF and of tagged MP3 lie well inside

# First bytes of the containers people have; an MP3 or AAC without a tag has no signature.
SIGNATURES: tuple[tuple[int, bytes], ...] = (
    (0, b"RIFF"),
    (0, b"RF64"),
    (0, b"fLaC"),
    (0, b"OggS"),
    (0, b"ID3"),
    (0, b"FORM"),
    (0, b"caff"),
    (0, b"#!AMR"),
    (0, b"\x1aE\xdf\xa3"),  # Matroska, WebM
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),  # ASF: WMA, WMV
    (4, b"ftyp"),  # MP4, M4A, MOV
    (4, b"moov"),
    (4, b"mdat"),
)

# Object ids in an ASF header and box names in an MP4 index which say that samples are encrypted.
ASF_PROTECTION = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),  # content encryption
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),  # extended
    bytes.fromhex("338505438169e6499b74ad12cb86d58c"),  # advanced
)
MP4_PROTECTION = {
    b"drms": "FairPlay",
    b"adrm": "Audible",
    b"aavd": "Audible",
    b"enca": "MPEG common encryption",
    b"encv": "MPEG common encryption",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSource:
    """A source that is open for reading.

    Attributes:
        name: for messages: the path, or a name for what has none.
        reader: seekable binary reader at position 0.
        n_bytes: size, or None where only the end will tell (pipes).
    """

    name: str
    reader: BinaryIO | SpooledPipe
    n_bytes: int | None

    def read_head(self) -> bytes:
        """Return the first bytes; the position stays."""
        return self.read_at(0, SNIFF_BYTES)

    def read_at(self, offset: int, n_bytes: int) -> bytes:
        """Return up to so many bytes from anywhere; the position stays."""
        with os_errors(self.name), self._position_kept():
            self.reader.seek(offset)
            return bytes(self.reader.read(n_bytes))

    def read_mp4_index(self) -> bytes:
        """Return the box "moov" of an MP4, b"" if there is none; the position stays."""
        with os_errors(self.name), self._position_kept():
            return _find_moov(self.reader)

    def close(self) -> None:
        """Close the reader."""
        self.reader.close()

    @contextmanager
    def _position_kept(self) -> Iterator[None]:
        position = self.reader.tell()
        yield
        self.reader.seek(position)


class SpooledPipe(io.RawIOBase):
    """Make a pipe seekable by copying what was read into a temporary file.

    Args:
        pipe: binary reader that need not seek.
    """

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._spool = tempfile.TemporaryFile(prefix="songshu-")  # noqa: SIM115 - see close()
        self._n_spooled = 0
        self._at_end = False
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; only a move relative to the end has to read the pipe to its end."""
        if whence == os.SEEK_END:
            self._fill(None)
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._n_spooled}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes from the current position; b"" at the end."""
        self._fill(self._position + size if size >= 0 else None)
        self._spool.seek(self._position)
        data = self._spool.read(size)
        self._position += len(data)
        return data

    def close(self) -> None:
        """Close the pipe and remove the temporary file."""
        self._pipe.close()
        self._spool.close()
        super().close()

    def _fill(self, end: int | None) -> None:
        """Copy from the pipe until ``end`` bytes are spooled, or all of it."""
        self._spool.seek(self._n_spooled)
        while not self._at_end and (end is None or self._n_spooled < end):
            data = self._pipe.read(COPY_BYTES)
            self._at_end = not data
            self._spool.write(data)
            self._n_spooled += len(data)


@contextmanager
def os_errors(name: str) -> Iterator[None]:
    """Turn errors of the operating system into those that name the source.

    Raises:
        AudioNotFoundError, AudioIsFolderError, AudioPermissionError, AudioReadError
    """
    try:
        yield
    except SongshuError:  # already named by an inner call
        raise
    except FileNotFoundError as exc:
        raise AudioNotFoundError(name) from exc
    except IsADirectoryError as exc:
        raise AudioIsFolderError(name) from exc
    except PermissionError as exc:
        raise AudioPermissionError(name) from exc
    except OSError as exc:
        raise AudioReadError(name, exc.strerror or str(exc)) from exc


def open_source(source: Path | BinaryIO, name: str) -> OpenedSource:
    """Open a path or wrap a file object.

    Args:
        source: a path, or a binary reader; what cannot seek is spooled, a named pipe too.
        name: how messages call it.

    Raises:
        AudioNotFoundError, AudioIsFolderError, AudioPermissionError, AudioReadError: as the
            operating system says.
        EmptyAudioError: there are 0 bytes.
    """
    with os_errors(name):
        reader = _seekable(_open_path(source) if isinstance(source, Path) else source)
        if not reader.read(1):
            reader.close()
            raise EmptyAudioError(name)
        n_bytes = None if isinstance(reader, SpooledPipe) else reader.seek(0, os.SEEK_END)
        reader.seek(0)
    return OpenedSource(name=name, reader=reader, n_bytes=n_bytes)


def _open_path(path: Path) -> BinaryIO:
    if path.is_dir():  # Windows would say "permission denied"
        raise IsADirectoryError(str(path))
    return path.open("rb")


def _seekable(stream: BinaryIO) -> BinaryIO | SpooledPipe:
    return stream if stream.seekable() else SpooledPipe(stream)


def looks_like_media(head: bytes) -> bool:
    """Tell whether the first bytes are those of a container we know."""
    return any(head[at : at + len(magic)] == magic for at, magic in SIGNATURES)


def find_protection(opened: OpenedSource) -> str:
    """Return the name of the encryption of a source, or "" if its bytes show none.

    Meant for sources that failed to decode: a box name could also occur in other data by chance.
    """
    head = opened.read_head()
    if any(guid in head for guid in ASF_PROTECTION):
        return "Windows Media DRM"
    if head[4:8] != b"ftyp":
        return ""
    index = opened.read_mp4_index()
    return next((scheme for box, scheme in MP4_PROTECTION.items() if box in index), "")


def _find_moov(reader: BinaryIO | SpooledPipe) -> bytes:
    position = 0
    while True:
        reader.seek(position)
        header = reader.read(16)
        if len(header) < 8:
            return b""
        n_box_bytes = int.from_bytes(header[:4], "big")
        if n_box_bytes == 1:  # 64-bit size follows the name
            n_box_bytes = int.from_bytes(header[8:16], "big")
        if header[4:8] == b"moov":
            reader.seek(position)
            return bytes(reader.read(n_box_bytes))
        if n_box_bytes < 8:  # 0: the last box; less: damaged
            return b""
        position += n_box_bytes
