"""A folder for what need not outlive the program: made when it is wanted, deleted at the end.

A kill cleans nothing up. So nothing is made before it is needed, and nothing stays among the
system's temporary files: the folder has a fixed place beside the library, where the next start
finds and deletes it, or lies in what the launcher has unpacked for one start and deletes itself
(``paths.temporary_folder``).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from app.errors import StoreFolderError


class Scratch:
    """One folder, which only one running program uses.

    What an earlier one has left there is deleted at once.

    Args:
        place: where it lies when there is one.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._is_made = False
        self.close()

    def folder(self) -> Path:
        """Give the folder, made for its owner alone if it is not there yet.

        Raises:
            StoreFolderError: it cannot be made, or is somebody else's.
        """
        if not self._is_made:
            try:
                self._place.mkdir(mode=0o700)
            except OSError as exc:
                raise StoreFolderError(self._place, exc.strerror or str(exc)) from exc
            self._is_made = True
        return self._place

    def close(self) -> None:
        """Delete the folder, if there is one."""
        shutil.rmtree(self._place, ignore_errors=True)
        self._is_made = False
