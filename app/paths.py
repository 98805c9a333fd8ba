"""Where things lie: packs, user data, caches. The only file that knows whether we are frozen.

Folders follow each system's convention (XDG on Linux). With a file named ``portable`` beside the
executable everything is kept there instead, in ``data``. Nothing is created here; whoever writes
creates.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_APP = "Songshu"
_PORTABLE_MARKERS = ("portable", "portable.txt")  # Windows' editors add .txt
_PACK_VARIABLE = "SONGSHU_PACKS"  # more folders with packs, separated as in PATH


def is_frozen() -> bool:
    """Whether this is the frozen executable."""
    return bool(getattr(sys, "frozen", False))


def executable_folder() -> Path:
    """The folder of the executable, or of the checkout."""
    if is_frozen():
        return Path(sys.executable).resolve().parent
    return Path(__file__).resolve().parent.parent


def executable() -> Path:
    """The program that a person starts; in a checkout Python's."""
    return Path(sys.executable).resolve() if is_frozen() else Path(sys.executable)


def bundle_folder() -> Path:
    """Where the files that belong to the program lie: the checkout, or what PyInstaller made."""
    bundled = getattr(sys, "_MEIPASS", None)
    return Path(bundled) if bundled else Path(__file__).resolve().parent.parent


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
        return _environment_path("LOCALAPPDATA", Path.home() / "AppData" / "Local") / _APP
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _APP
    return _environment_path("XDG_DATA_HOME", Path.home() / ".local" / "share") / _APP.lower()


def menu_folder() -> Path:
    """Where Linux looks for a person's own menu entries and icons, also of a portable copy."""
    return _environment_path("XDG_DATA_HOME", Path.home() / ".local" / "share")


def licences_file() -> Path:
    """The list of what is bundled with its licences, which the build writes; it may be missing."""
    folder = bundle_folder() if is_frozen() else bundle_folder() / "build"
    return folder / "THIRD-PARTY.json"


def user_state_folder() -> Path:
    """Where logs live."""
    if is_portable() or sys.platform == "win32":
        return user_data_folder()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Logs" / _APP
    return _environment_path("XDG_STATE_HOME", Path.home() / ".local" / "state") / _APP.lower()


def pack_folders() -> list[Path]:
    """Folders that are searched for packs, first come first.

    The user's own variable, beside the executable, the user's data folder, built in.
    """
    named = os.environ.get(_PACK_VARIABLE, "")
    folders = [Path(item) for item in named.split(os.pathsep) if item]
    folders.append(executable_folder() / "packs")
    folders.append(user_data_folder() / "packs")
    folders.append(bundle_folder() / "models" / "packs")
    return list(dict.fromkeys(folders))


def _environment_path(name: str, default: Path) -> Path:
    value = os.environ.get(name, "")
    return Path(value) if value and Path(value).is_absolute() else default
