"""Model packs: where the files of a model lie, and whether they are intact.

A pack is a folder with a manifest.json, or one uncompressed (stored) zip whose members start at
4,096-byte boundaries, which may itself lie at any offset inside another file: the executable
carries its pack that way. Nothing is unpacked: readers get (file, offset, n_bytes) and map or read
that slice.
"""

from __future__ import annotations

import hashlib
import io
import logging
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from app import paths
from app.engine.cancel import CancelToken
from app.engine.manifest import MANIFEST_NAME, Manifest, PackedFile, parse_manifest
from app.engine.types import FloatArray
from app.errors import PackCorruptError, PackFormatError, PackNotFoundError
from app.numeric import np

_log = logging.getLogger(__name__)
ALIGNMENT_BYTES = 4096  # page size: a slice at such a boundary can be memory-mapped
PACK_SUFFIX = ".songshu"  # of a pack in a single file
_HASH_BLOCK_BYTES = 1 << 20
_LOCAL_HEADER = struct.Struct("<26xHH")  # lengths of name and extra field, at the end of 30 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A span of bytes in a file on disk."""

    path: Path
    offset: int
    n_bytes: int


class _Source(Protocol):
    def find(self, name: str) -> Location | None: ...


class Pack:
    """An opened model pack: its manifest and where its files lie.

    Args:
        path: the folder or file it was opened from, for messages.
        source: finds the members.
        manifest: already read and checked.
    """

    def __init__(self, path: Path, source: _Source, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._source = source

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.manifest.name

    @property
    def n_bytes(self) -> int:
        """Size of all files but the manifest."""
        return sum(entry.n_bytes for entry in self.manifest.files)

    def locate(self, name: str) -> Location:
        """Find a file of the pack.

        Raises:
            PackCorruptError: it is missing, or its size is not the manifest's.
        """
        entry = self.manifest.file(name)
        location = self._source.find(name)
        if location is None:
            raise PackCorruptError(self.path, [f"{name} is missing"])
        if location.n_bytes != entry.n_bytes:
            raise PackCorruptError(self.path, [_size_problem(entry, location)])
        return location

    def read_bytes(self, name: str) -> bytes:
        """Read a whole file of the pack.

        Raises:
            PackCorruptError: it is missing, truncated or cannot be read.
        """
        location = self.locate(name)
        try:
            data = _read(location)
        except OSError as exc:
            raise PackCorruptError(self.path, [f"{name} cannot be read ({exc})"]) from exc
        if len(data) != location.n_bytes:
            raise PackCorruptError(self.path, [f"{name} ends too early"])
        return data

    def mel_filters(self) -> FloatArray:
        """Read the mel filters, float32 [n_fft / 2 + 1, n_mels].

        Raises:
            PackCorruptError: it cannot be read, or is not an array of that shape.
        """
        spec = self.manifest.mel
        content = self.read_bytes(spec.file)
        try:
            filters = np.load(io.BytesIO(content), allow_pickle=False)
        except (ValueError, EOFError) as exc:
            raise PackCorruptError(self.path, [f"{spec.file} is not an array ({exc})"]) from exc
        expected = (spec.n_fft // 2 + 1, spec.n_mels)
        if filters.shape != expected:
            problem = f"{spec.file} has the shape {filters.shape}, not {expected}"
            raise PackCorruptError(self.path, [problem])
        return np.ascontiguousarray(filters, dtype=np.float32)

    def verify(
        self,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        """Compare every file with its sha256.

        Args:
            on_progress: called with (bytes done, bytes in all).
            cancel: stops the check.

        Raises:
            PackCorruptError: lists every file that is missing or differs.
            Cancelled: the check was stopped.
        """
        problems: list[str] = []
        done_bytes = 0
        for entry in self.manifest.files:
            location = self._source.find(entry.path)
            if location is None:
                problems.append(f"{entry.path} is missing")
            elif location.n_bytes != entry.n_bytes:
                problems.append(_size_problem(entry, location))
            elif problem := self._hash_problem(entry, location, done_bytes, on_progress, cancel):
                problems.append(problem)
            done_bytes += entry.n_bytes
        if problems:
            raise PackCorruptError(self.path, problems)

    def _hash_problem(
        self,
        entry: PackedFile,
        location: Location,
        done_bytes: int,
        on_progress: Callable[[int, int], None] | None,
        cancel: CancelToken | None,
    ) -> str | None:
        digest = hashlib.sha256()
        try:
            for block in _blocks(location):
                if cancel is not None:
                    cancel.check()
                digest.update(block)
                done_bytes += len(block)
                if on_progress is not None:
                    on_progress(done_bytes, self.n_bytes)
        except OSError as exc:
            return f"{entry.path} cannot be read ({exc})"
        return None if digest.hexdigest() == entry.sha256 else f"{entry.path} has changed"


def open_pack(path: Path, *, offset: int = 0, n_bytes: int | None = None) -> Pack:
    """Open a model pack without loading the model.

    Args:
        path: a folder with manifest.json, a pack file, a file that contains a pack, or
            ``paths.BUILT_IN_PACK``.
        offset: where the pack starts in the file, in bytes.
        n_bytes: its length; by default up to the end of the file.

    Raises:
        PackNotFoundError: there is nothing at the path.
        PackFormatError: it is no pack, or one that this version cannot read.
    """
    path = Path(path)
    span = paths.built_in_pack() if path == paths.BUILT_IN_PACK else None
    if span is not None:
        source: _Source = _SlicedZip(span.path, span.offset, span.n_bytes)
    elif path.is_dir():
        source = _Folder(path)
    elif path.is_file():
        source = _SlicedZip(path, offset, n_bytes)
    else:
        raise PackNotFoundError(path)
    location = source.find(MANIFEST_NAME)
    if location is None:
        raise PackFormatError(path, f"it holds no {MANIFEST_NAME}")
    try:
        text = _read(location)
    except OSError as exc:
        raise PackFormatError(path, f"{MANIFEST_NAME} cannot be read ({exc})") from exc
    return Pack(path, source, parse_manifest(text, path))


def find_packs(folders: list[Path]) -> Iterator[Path]:
    """Give every pack (folder or .songshu file) that lies directly in the folders, by name.

    Hidden ones are half copies. A folder that cannot be read holds none. ``paths.BUILT_IN_PACK``
    among the folders is a pack itself.
    """
    for folder in folders:
        if folder == paths.BUILT_IN_PACK:
            yield folder
        try:
            items = sorted(folder.iterdir()) if folder.is_dir() else []
        except OSError as exc:
            _log.warning("cannot look for packs in %s: %s", folder, exc)
            continue
        yield from (item for item in items if _is_pack(item) and not item.name.startswith("."))


def _is_pack(item: Path) -> bool:
    if item.suffix.lower() == PACK_SUFFIX:
        return True
    try:
        return (item / MANIFEST_NAME).is_file()
    except OSError:  # a folder of somebody else beside ours
        return False


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, name: str) -> Location | None:
        file = self._path / name
        if not file.is_file():
            return None
        return Location(path=file, offset=0, n_bytes=file.stat().st_size)


class _SlicedZip:
    """A stored zip at any offset of a file; members are found, never unpacked."""

    def __init__(self, path: Path, offset: int, n_bytes: int | None) -> None:
        self._path = path
        end = path.stat().st_size if n_bytes is None else offset + n_bytes
        try:
            with path.open("rb") as file:
                self._members = dict(_stored_members(_Slice(file, offset, end), path, offset))
        except (zipfile.BadZipFile, OSError, struct.error) as exc:
            raise PackFormatError(path, f"it is neither a folder nor a pack file ({exc})") from exc

    def find(self, name: str) -> Location | None:
        return self._members.get(name)


def _stored_members(slice_: _Slice, path: Path, offset: int) -> Iterator[tuple[str, Location]]:
    with zipfile.ZipFile(slice_) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if info.compress_type != zipfile.ZIP_STORED:
                raise PackFormatError(path, f"{info.filename} is compressed inside the pack file")
            slice_.seek(info.header_offset)
            name_bytes, extra_bytes = _LOCAL_HEADER.unpack(slice_.read(30))
            start = offset + info.header_offset + 30 + name_bytes + extra_bytes
            yield info.filename, Location(path=path, offset=start, n_bytes=info.file_size)


class _Slice(io.RawIOBase):
    """A part of a file, readable and seekable as if it were the whole of one.

    Its seek is not that of app.audio.source.SpooledPipe, which grows while it is read and stops at
    its start: a place before the start must be refused here, for so zipfile knows that a file is
    too short to be one.
    """

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._file = file
        self._start = start
        self._n_bytes = max(0, end - start)
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._n_bytes}[whence]
        if base + offset < 0:
            raise OSError("seek before the start")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._n_bytes - self._position)
        size = left if size is None or size < 0 else min(size, left)
        self._file.seek(self._start + self._position)
        data = self._file.read(size)
        self._position += len(data)
        return data


def _size_problem(entry: PackedFile, location: Location) -> str:
    return f"{entry.path} has {location.n_bytes:,} bytes instead of {entry.n_bytes:,}"


def _read(location: Location) -> bytes:
    with location.path.open("rb") as file:
        file.seek(location.offset)
        return file.read(location.n_bytes)


def _blocks(location: Location) -> Iterator[bytes]:
    left = location.n_bytes
    with location.path.open("rb") as file:
        file.seek(location.offset)
        while left:
            block = file.read(min(left, _HASH_BLOCK_BYTES))
            if not block:
                return
            left -= len(block)
            yield block
