"""Copy a pack into the user's folder so that it is either whole and verified there, or not at all.

    folder, pack file or zip -> aside (hidden, same disk) -> every sha256 compared -> renamed

What is copied is what the manifest lists and nothing else, each file at most as long as the
manifest says: a zip cannot fill the disk with more than it declares. A kill leaves the hidden copy;
the next import of any pack clears it away.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from app.engine.cancel import CancelToken
from app.engine.manifest import MANIFEST_NAME, Manifest, parse_manifest
from app.engine.pack import open_pack
from app.errors import (
    PackCorruptError,
    PackFormatError,
    PackImportError,
    PackNoSpaceError,
    PackNotFoundError,
)

_log = logging.getLogger(__name__)
_ASIDE = ".importing-"
_BLOCK_BYTES = 1 << 20
_SPARE_BYTES = 64 << 20  # the database and the system need room too
_MANIFEST_LIMIT_BYTES = 16 << 20
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')

Progress = Callable[[int, int], None]


class _Source(Protocol):
    """A pack as it was given; it may be compressed."""

    path: Path
    manifest: Manifest

    def open(self, name: str) -> BinaryIO:
        """Open one file of the pack."""
        ...

    def manifest_bytes(self) -> bytes:
        """Return manifest.json as it is."""
        ...


def import_pack(
    source: Path,
    folder: Path,
    on_progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> Path:
    """Copy a pack, verify the copy and put it in its place.

    Args:
        source: a pack folder, a one-file pack, or a zip with a pack at its top or in one folder.
        folder: the user's folder for packs; it is made if need be.
        on_progress: called with (bytes done, bytes in all); copying is one half, verifying the
            other.
        cancel: stops it.

    Returns:
        Where it lies now. A pack that is there already is not copied again.

    Raises:
        PackNotFoundError, PackFormatError: there is no pack. PackCorruptError: files are damaged.
        PackNoSpaceError: the disk is or becomes full. PackImportError: copying failed.
        Cancelled: it was stopped. In all cases nothing is left behind.
    """
    with _opened(source) as given:
        with _mapped_errors(source, given.manifest, folder):
            folder.mkdir(parents=True, exist_ok=True)
            _clear_old(folder)
        steps = _Steps(_size(given.manifest), on_progress, cancel)
        if (same := _already_there(given, folder, steps)) is not None:
            return same
        _check_space(source, given.manifest, folder)
        aside = folder / f"{_ASIDE}{os.getpid()}-{_file_name(given.manifest)}"
        try:
            with _mapped_errors(source, given.manifest, folder):
                _copy(given, aside, steps)
            _verify(source, aside, steps)
            with _mapped_errors(source, given.manifest, folder):
                return _put_in_place(aside, folder / _file_name(given.manifest))
        finally:
            shutil.rmtree(aside, ignore_errors=True)


class _Steps:
    """Counts bytes through both halves and looks for a wish to stop."""

    def __init__(
        self, n_bytes: int, on_progress: Progress | None, cancel: CancelToken | None
    ) -> None:
        self._n_bytes = n_bytes
        self._on_progress = on_progress
        self.cancel = cancel
        self._done_bytes = 0

    def copied(self, n_bytes: int) -> None:
        """Note that a block was copied."""
        self._done_bytes += n_bytes
        self._tell(self._done_bytes)

    def verified(self, done_bytes: int, _n_bytes: int) -> None:
        """Note how much was verified."""
        self._tell(self._n_bytes + done_bytes)

    def _tell(self, done_bytes: int) -> None:
        if self.cancel is not None:
            self.cancel.check()
        if self._on_progress is not None:
            self._on_progress(done_bytes, 2 * self._n_bytes)


class _FolderSource:
    """A pack folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = open_pack(path).manifest

    def open(self, name: str) -> BinaryIO:
        try:
            return (self.path / name).open("rb")
        except FileNotFoundError as exc:
            raise PackCorruptError(self.path, [f"{name} is missing"]) from exc

    def manifest_bytes(self) -> bytes:
        return (self.path / MANIFEST_NAME).read_bytes()


class _ZipSource:
    """A one-file pack, or a zip as people make it: compressed, with one folder around it."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        names = [name for name in archive.namelist() if name.split("/")[-1] == MANIFEST_NAME]
        names = [name for name in names if not name.startswith("__MACOSX/")]
        if len(names) != 1:
            raise PackFormatError(path, f"it holds {len(names) or 'no'} {MANIFEST_NAME}")
        if archive.getinfo(names[0]).file_size > _MANIFEST_LIMIT_BYTES:
            raise PackFormatError(path, f"its {MANIFEST_NAME} is too large")
        self._name = names[0]
        self.manifest = parse_manifest(self.manifest_bytes(), path)

    def open(self, name: str) -> BinaryIO:
        try:
            return self._archive.open(self._name.removesuffix(MANIFEST_NAME) + name)  # type: ignore[return-value]
        except KeyError as exc:
            raise PackCorruptError(self.path, [f"{name} is missing"]) from exc

    def manifest_bytes(self) -> bytes:
        try:
            return self._archive.read(self._name)
        except (zipfile.BadZipFile, zlib.error, EOFError) as exc:
            raise PackCorruptError(self.path, [f"{MANIFEST_NAME} cannot be read ({exc})"]) from exc
        except RuntimeError as exc:  # as in _mapped_errors
            raise PackFormatError(self.path, str(exc)) from exc


@contextmanager
def _opened(path: Path) -> Iterator[_Source]:
    if not path.exists():
        raise PackNotFoundError(path)
    if path.is_dir():
        yield _FolderSource(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as exc:
        raise PackFormatError(path, f"it is neither a folder nor a pack file ({exc})") from exc
    with archive:
        yield _ZipSource(path, archive)


@contextmanager
def _mapped_errors(source: Path, manifest: Manifest, folder: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError) as exc:
        raise PackCorruptError(source, [str(exc)]) from exc
    except RuntimeError as exc:  # zipfile: a password is needed, an unknown compression
        raise PackFormatError(source, str(exc)) from exc
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            free = shutil.disk_usage(folder).free
            raise PackNoSpaceError(source, _size(manifest), free) from exc
        raise PackImportError(source, exc.strerror or str(exc)) from exc


def _copy(given: _Source, aside: Path, steps: _Steps) -> None:
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    (aside / MANIFEST_NAME).write_bytes(given.manifest_bytes())
    for entry in given.manifest.files:
        target = aside / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with given.open(entry.path) as source, target.open("wb") as file:
            left = entry.n_bytes
            while left and (block := source.read(min(left, _BLOCK_BYTES))):
                file.write(block)
                left -= len(block)
                steps.copied(len(block))


def _verify(source: Path, aside: Path, steps: _Steps) -> None:
    try:
        open_pack(aside).verify(steps.verified, steps.cancel)
    except PackCorruptError as exc:
        raise PackCorruptError(source, exc.problems) from exc


def _put_in_place(aside: Path, wanted: Path) -> Path:
    """Rename the copy; another pack of that name stays, the new one gets a number."""
    target, number = wanted, 2
    while target.exists():
        target = wanted.with_name(f"{wanted.name} ({number})")
        number += 1
    aside.rename(target)
    _log.info("imported the pack %s", target)
    return target


def _already_there(given: _Source, folder: Path, steps: _Steps) -> Path | None:
    """Find the very same pack, so that a second drop of it does not double it."""
    manifest = given.manifest_bytes()
    for path in folder.glob(f"*/{MANIFEST_NAME}"):
        if path.parent.name.startswith(".") or path.read_bytes() != manifest:
            continue
        try:
            open_pack(path.parent).verify(steps.verified, steps.cancel)
        except PackCorruptError:
            continue
        return path.parent
    return None


def _check_space(source: Path, manifest: Manifest, folder: Path) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < _size(manifest) + _SPARE_BYTES:
        raise PackNoSpaceError(source, _size(manifest), free_bytes)


def _clear_old(folder: Path) -> None:
    """Remove copies that a killed process left."""
    import psutil  # 20 ms that a window which opens need not wait for

    for path in folder.glob(f"{_ASIDE}*"):
        pid = path.name.removeprefix(_ASIDE).split("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def _size(manifest: Manifest) -> int:
    return sum(entry.n_bytes for entry in manifest.files)


def _file_name(manifest: Manifest) -> str:
    return _UNSAFE.sub("-", manifest.name).strip(" .-")[:80] or "pack"
