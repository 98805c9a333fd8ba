"""What only the frozen program has to do, before anything else.

The launcher (build_tools/launcher) and PyInstaller's own start leave things in the process that are
for it and not for the programs that it may start: file descriptors that keep the cache in use, and
a search path for libraries.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import multiprocessing
import os
from pathlib import Path

from app import paths

ALSA_SETTINGS = Path("/usr/share/alsa/alsa.conf")  # where our ALSA, Debian's, looks
_KEPT_VARIABLE = "SONGSHU_KEPT"  # the launcher's locks: they end with this process
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "LIBPATH", "DYLD_LIBRARY_PATH")


def prepare() -> None:
    """Make a frozen process fit to start others; does nothing in a checkout."""
    if not paths.is_frozen():
        return
    keep_from_children(os.environ.pop(_KEPT_VARIABLE, ""))
    restore_library_paths()
    find_own_libraries(paths.bundle_folder())
    give_settings_to_alsa(paths.bundle_folder())
    multiprocessing.freeze_support()  # a child process must not open the window again


def keep_from_children(numbers: str) -> None:
    """Close the launcher's locks in programs that are started from here, not here.

    Args:
        numbers: file descriptors, with commas between.
    """
    for number in filter(None, numbers.split(",")):
        with contextlib.suppress(OSError):
            os.set_inheritable(int(number), False)


def restore_library_paths() -> None:
    """Give programs that are started from here the system's libraries, not ours.

    Our own are found all the same: the system reads these variables once, at the start.
    """
    for name in _LIBRARY_PATHS:
        before = os.environ.get(f"{name}_ORIG")
        if before is not None:
            os.environ[name] = before
        else:
            os.environ.pop(name, None)


def find_own_libraries(folder: Path) -> None:
    """Let libraries that are asked for by a bare name be found beside us, before the system's.

    ``sounddevice`` asks for "portaudio". On Linux ``find_library`` looks into the system's index
    only, and there it may be missing; PyInstaller helps on Windows alone.

    Args:
        folder: where PyInstaller puts libraries.
    """
    system = ctypes.util.find_library

    def find(name: str) -> str | None:
        own = sorted(folder.glob(f"lib{name}.so*"))
        return str(own[0]) if own else system(name)

    ctypes.util.find_library = find


def give_settings_to_alsa(folder: Path, system: Path = ALSA_SETTINGS) -> None:
    """Point ALSA to the settings that are bundled, on systems that have none.

    Without any, PortAudio does not fail but aborts the whole process (seen in a bare Debian).

    Args:
        folder: where alsa.conf is bundled.
        system: the settings of the system.
    """
    own = folder / ALSA_SETTINGS.name
    if own.is_file() and not system.exists():
        os.environ.setdefault("ALSA_CONFIG_PATH", str(own))
