"""Write a file so that it is either whole or not there, and never over another one unasked.

The content goes into a hidden file in the same folder and is renamed when it is complete. If
``talk.txt`` exists, the new one becomes ``talk (2).txt``, and so on, unless overwriting was asked
for: two recordings may share a name, and a transcript may have been corrected by hand.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.errors import OutputWriteError


def write_text(folder: Path, name: str, text: str, *, overwrite: bool = False) -> Path:
    """Write a text as UTF-8, with "\\n" as it is on every system; see ``write_bytes``."""
    return write_bytes(folder, name, text.encode("utf-8", "replace"), overwrite=overwrite)


def write_bytes(folder: Path, name: str, content: bytes, *, overwrite: bool = False) -> Path:
    """Write a file and return the path it got.

    Args:
        folder: is made if it does not exist.
        name: with its suffix.
        content: the whole file.
        overwrite: replace a file of that name.

    Raises:
        OutputWriteError: the folder or the file cannot be written; nothing is left behind.
    """
    wanted = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = _write_aside(wanted, content)
        return _move(aside, wanted, overwrite=overwrite)
    except OSError as exc:
        raise OutputWriteError(wanted, exc.strerror or str(exc)) from exc


def check_folder(folder: Path) -> None:
    """Make a folder and find out now, not after an hour of work, whether it takes files.

    Raises:
        OutputWriteError: it does not.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileExistsError as exc:
        raise OutputWriteError(folder, "it is a file, and a folder is needed") from exc
    except OSError as exc:
        raise OutputWriteError(folder, exc.strerror or str(exc)) from exc


def _write_aside(wanted: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(
        prefix=f".{wanted.stem[:50]}.", suffix=".part", dir=wanted.parent
    )
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        aside.chmod(0o666 & ~_umask())  # mkstemp lets only us read it
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return aside


def _move(aside: Path, wanted: Path, *, overwrite: bool) -> Path:
    reserved: Path | None = None
    try:
        reserved = None if overwrite else _reserve(wanted)
        return aside.replace(reserved or wanted)
    except BaseException:
        aside.unlink(missing_ok=True)
        if reserved:
            reserved.unlink(missing_ok=True)
        raise


def _reserve(wanted: Path) -> Path:
    """Create the first free name, so that no other program can take it before the rename."""
    for path in _numbered(wanted):
        try:
            path.open("x").close()
        except FileExistsError:
            continue
        return path
    raise AssertionError("the numbers never end")


def _numbered(wanted: Path) -> Iterator[Path]:
    yield wanted
    number = 2
    while True:
        yield wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        number += 1


def _umask() -> int:
    """Return the mask for new files; the system only tells it while setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
