"""Where the library lies, made ready to be written.

``app.paths`` knows each system's place and the portable one; here the folder is made, for its owner
alone, and tried before the window opens: a folder that cannot be written is told at once and not
after an hour of recognition.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from app import paths
from app.errors import StoreFolderError

LIBRARY_NAME = "songshu.db"
RECORDINGS = "recordings"


def library_path() -> Path:
    """Give the path of the library in the user's data folder, which is made if need be.

    Raises:
        StoreFolderError: the folder cannot be made or written.
    """
    return ready_folder(paths.user_data_folder()) / LIBRARY_NAME


def recordings_folder(library: Path) -> Path:
    """Give the folder for recordings beside a library, which is made if need be.

    Raises:
        StoreFolderError: the folder cannot be made or written.
    """
    return ready_folder(library.parent / RECORDINGS)


def ready_folder(folder: Path) -> Path:
    """Make a folder, try to write in it, and give it back.

    Raises:
        StoreFolderError: it cannot be made or written.
    """
    try:
        for parent in reversed([folder, *folder.parents]):
            parent.mkdir(mode=0o700, exist_ok=True)  # what is made is for its owner alone
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as exc:
        raise StoreFolderError(folder, exc.strerror or str(exc)) from exc
    return folder
