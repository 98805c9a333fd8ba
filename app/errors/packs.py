"""Model packs: finding, reading, copying and removing them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.errors.base import SongshuError


class PackError(SongshuError, ValueError):
    """A model pack cannot be used."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


class PackNotFoundError(PackError, FileNotFoundError):
    """There is no pack at a path, or none anywhere."""

    def __init__(self, path: Path, searched: Sequence[Path] = ()) -> None:
        self.searched = tuple(searched)
        places = "".join(f"\n  {place}" for place in self.searched)
        where = f" Looked in:{places}" if places else ""
        super().__init__(
            path,
            f"No model pack at {path}. Give the folder that holds manifest.json, or the pack file."
            + where,
        )


class PackFormatError(PackError):
    """The manifest is missing, unreadable, of another version, or lacks something."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path, f"{path} is not a usable model pack: {reason}. Export or copy the pack again."
        )


class PackCorruptError(PackError):
    """Files of a pack are missing or differ from what the manifest says."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(self.problems)
        super().__init__(path, f"The model pack {path} is damaged: {listed}. Copy it again.")


class PackImportError(PackError, OSError):
    """A pack could not be copied into the user's folder."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"The model pack {path} could not be copied: {reason}. Nothing was left behind. Check "
            "that its disk is connected and that the folder for models can be written.",
        )


class PackNoSpaceError(PackError, OSError):
    """The disk has no room for a pack."""

    def __init__(self, path: Path, needed_bytes: int, free_bytes: int) -> None:
        self.needed_bytes = needed_bytes
        self.free_bytes = free_bytes
        super().__init__(
            path,
            f"The model pack {path} needs {needed_bytes / 1e6:,.0f} MB, but only "
            f"{free_bytes / 1e6:,.0f} MB are free. Nothing was left behind. Free some space, then "
            "try again.",
        )


class PackRemoveError(PackError, OSError):
    """A pack could not be deleted."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"The model pack {path} could not be removed: {reason}. Close what uses it, then try "
            "again.",
        )
