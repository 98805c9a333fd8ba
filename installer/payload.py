"""What is installed: the one executable, or the folder of ``dev.py build --onedir``.

Every installer takes either; the folder starts a little faster and pleases virus scanners more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from installer.errors import MissingExecutableError
from installer.licences.report import JSON_NAME, TEXT_NAME, write
from installer.product import NAME, ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The files of the program.

    Attributes:
        files: (source, place below the program's folder), by place; links are kept.
        main: the place of the executable among them.
    """

    files: tuple[tuple[Path, PurePosixPath], ...]
    main: PurePosixPath

    @property
    def n_bytes(self) -> int:
        """The size of all files."""
        return sum(source.lstat().st_size for source, _ in self.files)


def find_payload(executable: Path, suffix: str = "") -> Payload:
    """Look at what was built.

    Args:
        executable: the file, or the folder that holds it.
        suffix: of executables on the system, ".exe" or "".

    Raises:
        MissingExecutableError: there is none.
    """
    main = PurePosixPath(f"{NAME}{suffix}")
    if executable.is_file():
        return Payload(files=((executable, main),), main=main)
    if not (executable / main).is_file():
        raise MissingExecutableError(executable)
    places = sorted(path for path in executable.rglob("*") if path.is_symlink() or path.is_file())
    files = tuple((path, PurePosixPath(path.relative_to(executable).as_posix())) for path in places)
    return Payload(files=files, main=main)


def default_executable(suffix: str = "") -> Path:
    """Return where ``dev.py build`` puts the one file."""
    return ROOT / "dist" / f"{NAME}{suffix}"


def default_folder() -> Path | None:
    """Return the folder of ``dev.py build --onedir``, if it was made."""
    folder = ROOT / "dist" / f"{NAME}-folder"
    return folder if folder.is_dir() else None


def licences_of_build() -> tuple[Path, str]:
    """Return THIRD-PARTY.txt of the build, written now if there was none, and the whole's licence.

    Raises:
        UnknownLicenceError: it had to be written, and something has no known licence.
    """
    text, table = (ROOT / "build" / name for name in (TEXT_NAME, JSON_NAME))
    if not (text.is_file() and table.is_file()):
        write(text.parent)
    return text, json.loads(table.read_text(encoding="utf-8"))["licence"]


def source_time(payload: Payload) -> int:
    """Return the time that all packaged files get, seconds since 1970.

    SOURCE_DATE_EPOCH, else the age of the executable: packaging twice gives the same bytes.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given) if given else int(payload.files[0][0].stat().st_mtime)


def listed(paths: Sequence[Path]) -> str:
    """Write paths for a person, one a line, with sizes."""
    return "\n".join(f"{path}  ({path.stat().st_size / 1e6:.1f} MB)" for path in paths)
