"""Where things lie: packs, user data, caches. The only file that knows whether we are frozen.

Frozen as one file, the program runs from a cache into which a launcher has unpacked it
(build_tools/launcher); the launcher tells in two variables where the executable that a person has
lies, and where in it the pack is.

Folders follow each system's convention (XDG on Linux). With a file named ``portable`` beside the
executable everything is kept there instead, in ``data``. Nothing is created here; whoever writes
creates.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_APP = "Songshu"
_PORTABLE_MARKERS = ("portable", "portable.txt")  # Windows' editors add .txt
_PACK_VARIABLE = "SONGSHU_PACKS"  # more folders with packs, separated as in PATH
_EXECUTABLE_VARIABLE = "SONGSHU_EXECUTABLE"
_LAYOUT_VARIABLE = "SONGSHU_LAYOUT"  # offset:bytes of the pack, then of the packed program
_TEMPORARY_VARIABLE = "SONGSHU_TEMPORARY"  # where the program was unpacked for this start alone
# Stands for the pack inside the executable wherever a pack is named: it stays the same when the
# executable is moved or replaced. No file can have this name on Windows, none should elsewhere.
BUILT_IN_PACK = Path("<built-in>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Bytes of a file."""

    path: Path
    offset: int
    n_bytes: int


def is_frozen() -> bool:
    """Whether this is the frozen executable."""
    return bool(getattr(sys, "frozen", False))


def executable() -> Path:
    """What a person starts: the one file, or the program of the folder; in a checkout Python's."""
    if not is_frozen():
        return Path(sys.executable)
    return Path(os.environ.get(_EXECUTABLE_VARIABLE) or sys.executable).resolve()


def executable_folder() -> Path:
    """The folder of the executable, or of the checkout."""
    if is_frozen():
        return executable().parent
    return Path(__file__).resolve().parent.parent


def built_in_pack() -> Span | None:
    """Where the pack inside the executable lies; None if there is none."""
    return _part_of_executable(0)


def packed_program() -> Span | None:
    """Where the program inside the executable lies, from which the cache was filled."""
    return _part_of_executable(1)


def _part_of_executable(index: int) -> Span | None:
    if not is_frozen() or _EXECUTABLE_VARIABLE not in os.environ:
        return None
    numbers = [int(text) for text in os.environ[_LAYOUT_VARIABLE].split(":")]
    offset, n_bytes = numbers[2 * index : 2 * index + 2]
    return Span(path=executable(), offset=offset, n_bytes=n_bytes) if n_bytes else None


def bundle_folder() -> Path:
    """Where the files that belong to the program lie: the checkout, or what PyInstaller made."""
    bundled = getattr(sys, "_MEIPASS", None)
    return Path(bundled) if bundled else Path(__file__).resolve().parent.parent


def temporary_folder() -> Path:
    """Where temporary files go: if the launcher has made a folder for this start, it deletes it."""
    own = os.environ.get(_TEMPORARY_VARIABLE, "") if is_frozen() else ""
    return Path(own or tempfile.gettempdir())


def child_environment(**changes: str) -> dict[str, str]:
    """The environment for a program of the system that we start.

    PyInstaller puts our own libraries first on Linux and keeps the user's path in another variable.
    """
    environment = dict(os.environ)
    if is_frozen():
        environment["LD_LIBRARY_PATH"] = environment.get("LD_LIBRARY_PATH_ORIG", "")
    return environment | changes


def is_portable() -> bool:
    """Whether everything is kept beside the executable."""
    return any((executable_folder() / name).is_file() for name in _PORTABLE_MARKERS)


def user_data_folder() -> Path:
    """Where a user's own things live: packs, history, recordings."""
    if is_portable():
        return executable_folder() / "data"
    if sys.platform == "win32":
        return _environment_path("LOCALAPPDATA", home() / "AppData" / "Local") / _APP
    if sys.platform == "darwin":
        return home() / "Library" / "Application Support" / _APP
    return _environment_path("XDG_DATA_HOME", home() / ".local" / "share") / _APP.lower()


def menu_folder() -> Path:
    """Where Linux looks for a person's own menu entries and icons, also of a portable copy."""
    return _environment_path("XDG_DATA_HOME", home() / ".local" / "share")


def licences_file() -> Path:
    """The list of what is bundled with its licences, which the build writes; it may be missing."""
    folder = bundle_folder() if is_frozen() else bundle_folder() / "build"
    return folder / "THIRD-PARTY.json"


def user_state_folder() -> Path:
    """Where logs live."""
    if is_portable() or sys.platform == "win32":
        return user_data_folder()
    if sys.platform == "darwin":
        return home() / "Library" / "Logs" / _APP
    return _environment_path("XDG_STATE_HOME", home() / ".local" / "state") / _APP.lower()


def home() -> Path:
    """The person's home; where the system knows none, a folder among the temporary ones."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir()) / "songshu-without-home"


def pack_folders() -> list[Path]:
    """Folders that are searched for packs, first come first.

    The user's own variable, beside the executable, the user's data folder, built in; in the second
    and third a pack may also lie straight beside what else is there, as a single file would. The
    last may be ``BUILT_IN_PACK``, which is no folder.
    """
    named = os.environ.get(_PACK_VARIABLE, "")
    folders = [Path(item) for item in named.split(os.pathsep) if item]
    for place in (executable_folder(), user_data_folder()):
        folders += [place / "packs", place]
    folders.append(BUILT_IN_PACK if built_in_pack() else bundle_folder() / "models" / "packs")
    return list(dict.fromkeys(folders))


def _environment_path(name: str, default: Path) -> Path:
    value = os.environ.get(name, "")
    return Path(value) if value and Path(value).is_absolute() else default
