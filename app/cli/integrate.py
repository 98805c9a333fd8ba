"""``songshu integrate``: the single file gets its place in the menu and in "Open with" (Linux).

It writes two files into the person's own data folder, a desktop entry and an icon; ``--remove``
takes them away. The entry names this very executable and disappears from menus with it (TryExec).
Windows and macOS have installers for that.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from app import paths
from app.cli.desktop_entry import FILE_NAME, ICON_NAME, desktop_entry
from app.cli.terminal import Terminal
from app.errors import OutputWriteError

_ICON = Path("app") / "gui" / "resources" / "songshu.svg"
_CACHE = "mimeinfo.cache"


def integrate(terminal: Terminal) -> int:
    """Write entry and icon; returns the exit code.

    Raises:
        OutputWriteError: they cannot be written.
    """
    data = paths.menu_folder()
    entry, icon = _entry(data), _icon(data)
    try:
        icon.parent.mkdir(parents=True, exist_ok=True)
        icon.write_bytes((paths.bundle_folder() / _ICON).read_bytes())
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(desktop_entry(own_command(), str(icon)), encoding="utf-8")
    except OSError as exc:
        raise OutputWriteError(entry, exc.strerror or str(exc)) from exc
    _update_menus(entry.parent)
    terminal.message(f"Songshu is in the menu now. To take it out: {_shown()} integrate --remove")
    return 0


def remove(terminal: Terminal) -> int:
    """Take entry and icon away, and the folders that are empty then; returns the exit code.

    Raises:
        OutputWriteError: they cannot be deleted.
    """
    data = paths.menu_folder()
    entry, icon = _entry(data), _icon(data)
    there = entry.exists() or icon.exists()
    try:
        entry.unlink(missing_ok=True)
        icon.unlink(missing_ok=True)
        _update_menus(entry.parent)
        _drop_empty_cache(entry.parent)
        for folder in (entry.parent, *icon.parents):
            if folder.is_relative_to(data) and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    except OSError as exc:
        raise OutputWriteError(entry, exc.strerror or str(exc)) from exc
    terminal.message("Songshu is out of the menu." if there else "Songshu was not in the menu.")
    return 0


def own_command() -> list[str]:
    """Return what starts this Songshu: the executable, or the checkout's dev.py."""
    if paths.is_frozen():
        return [str(paths.executable())]
    return [sys.executable, str(paths.executable_folder() / "dev.py"), "run"]


def _entry(data: Path) -> Path:
    return data / "applications" / FILE_NAME


def _icon(data: Path) -> Path:
    return data / "icons" / "hicolor" / "scalable" / "apps" / f"{ICON_NAME}.svg"


def _update_menus(applications: Path) -> None:
    """Have the index of "Open with" made anew, where the system has a program for that."""
    program = shutil.which("update-desktop-database")
    if program is not None and applications.is_dir():
        environment = paths.child_environment()
        subprocess.run([program, str(applications)], env=environment, check=False)


def _drop_empty_cache(applications: Path) -> None:
    """Delete the index if nothing is left that it could be about."""
    if applications.is_dir() and [file.name for file in applications.iterdir()] == [_CACHE]:
        (applications / _CACHE).unlink()


def _shown() -> str:
    """Return how a person would type our name."""
    command: Sequence[str] = own_command()
    return " ".join(f'"{part}"' if " " in part else part for part in command)
