"""The file of a recording on its way: how it begins, is locked, sealed, renamed and recognised.

The layout is described in ``app.audio.journal``, which writes such files; ``app.audio.recovery``
finds those that a crash left behind. Both seal them here.

A file that is being recorded is locked, so that a second Songshu does not take it for a leftover.
The system lets go of the lock when a process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import errno
import os
import struct
import sys
from datetime import datetime
from pathlib import Path
from typing import IO

from app.audio.resample import SAMPLE_RATE
from app.errors import RecordingError, RecordingFullError, RecordingWriteError

SUFFIX = ".wav"
PART_SUFFIX = ".wav.part"
BYTES_PER_SAMPLE = 2
HEADER_BYTES = 100
FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
VERSION = 1  # of the chunk "sgsh"
_UNKNOWN = 0xFFFFFFFF
_DS64_BYTES = 28
_NAME_TIME = "%Y-%m-%d %H.%M.%S"


def create(folder: Path, started_at: datetime) -> tuple[Path, IO[bytes]]:
    """Make and lock an empty file that is named after a time; no other recording has its name."""
    stem = started_at.strftime(_NAME_TIME)
    for number in range(1, 10_000):
        name = stem if number == 1 else f"{stem} {number}"
        path = folder / f"{name}{PART_SUFFIX}"
        if (folder / f"{name}{SUFFIX}").exists():
            continue
        with contextlib.suppress(FileExistsError):
            file = path.open("xb", buffering=0)
            if lock(file) and _is_at(file, path):
                return path, file
            file.close()  # somebody who looks for leftovers took it for one: empty, and not locked
    raise FileExistsError(errno.EEXIST, "there are too many recordings of that second")


def header(started_at: datetime, n_samples: int | None = None) -> bytes:
    """Return the 100 bytes before the samples; without a number both lengths are unknown."""
    riff_bytes = data_bytes = _UNKNOWN
    ds64 = struct.pack("<4sI28x", b"JUNK", _DS64_BYTES)
    if n_samples is not None:
        data_bytes = n_samples * BYTES_PER_SAMPLE
        riff_bytes = HEADER_BYTES - 8 + data_bytes
    is_long = n_samples is not None and riff_bytes >= _UNKNOWN  # more than 37 hours
    if is_long:  # EBU Tech 3306: 64-bit lengths in a chunk of their own
        ds64 = struct.pack("<4sIQQQI", b"ds64", _DS64_BYTES, riff_bytes, data_bytes, n_samples, 0)
        riff_bytes = data_bytes = _UNKNOWN
    byte_rate = SAMPLE_RATE * BYTES_PER_SAMPLE
    return b"".join(
        (
            struct.pack("<4sI4s", b"RF64" if is_long else b"RIFF", riff_bytes, b"WAVE"),
            ds64,
            struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, SAMPLE_RATE, byte_rate, 2, 16),
            struct.pack("<4sIdI", b"sgsh", 12, started_at.timestamp(), VERSION),
            struct.pack("<4sI", b"data", data_bytes),
        )
    )


def read_start(head: bytes) -> datetime | None:
    """Return when a recording began, by its first 100 bytes; None if they are not ours."""
    if len(head) < HEADER_BYTES or head[72:76] != b"sgsh" or head[8:12] != b"WAVE":
        return None
    (started_s,) = struct.unpack_from("<d", head, 80)
    try:
        return datetime.fromtimestamp(started_s)
    except (OverflowError, OSError, ValueError):
        return None


def seal(file: IO[bytes], n_samples: int, started_at: datetime) -> None:
    """Cut the file after its samples, write their number, and bring all of it to the disk."""
    file.truncate(HEADER_BYTES + n_samples * BYTES_PER_SAMPLE)
    file.seek(0)
    write_all(file, header(started_at, n_samples))
    os.fsync(file.fileno())


def give_final_name(part: Path) -> Path:
    """Rename a sealed file, which is closed, to the name it keeps."""
    stem = part.name.removesuffix(PART_SUFFIX)
    final = part.with_name(stem + SUFFIX)
    number = 2
    while final.exists():
        final = part.with_name(f"{stem} {number}{SUFFIX}")
        number += 1
    part.rename(final)
    sync_folder(part.parent)
    return final


def write_all(file: IO[bytes], data: bytes) -> None:
    """Write bytes to an unbuffered file, which may take fewer at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def sync_data(descriptor: int) -> None:
    """Bring a file's content and length to the disk."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)  # without times and owner: one write less than fsync
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can do that."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):  # some network drives cannot
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def lock(file: IO[bytes]) -> bool:
    """Lock a file until it is closed; False if another process has locked it."""
    if sys.platform == "win32":
        return True  # a file that is open cannot be renamed there: see is_in_use
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a drive without locks
        return True
    return True


def _is_at(file: IO[bytes], path: Path) -> bool:
    """Whether an open file still has its name; the other side deletes leftovers that are empty."""
    if sys.platform == "win32":
        return True  # a file that is open cannot be deleted there
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    return False


def is_in_use(path: Path) -> bool:
    """Whether a running process records into a file."""
    if sys.platform == "win32":
        try:
            path.rename(path)
        except PermissionError:
            return True
        return False
    with path.open("rb") as file:
        return not lock(file)


def delete_unused(path: Path) -> None:
    """Delete a leftover, unless a process begins to record into it at this moment."""
    if sys.platform == "win32":
        path.unlink()  # refused if it is open
        return
    with path.open("rb") as file:
        if lock(file):  # held until it is gone: see create
            path.unlink()


def write_error(path: Path, exc: OSError) -> RecordingError:
    """Say in our words why a file could not be written."""
    if exc.errno in FULL_ERRNOS:
        return RecordingFullError(path)
    return RecordingWriteError(path, exc.strerror or str(exc))
