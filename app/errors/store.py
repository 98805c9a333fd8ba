"""The file that holds queue, transcripts and settings."""

from __future__ import annotations

from pathlib import Path

from app.errors.base import SongshuError


class StoreError(SongshuError):
    """The file that holds queue, transcripts and settings cannot be used."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


class StoreFolderError(StoreError, OSError):
    """The folder for the user's data cannot be made or written."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"Songshu cannot keep its data in {path}: {reason}. Make this folder writable; a "
            "portable copy can be moved to another place.",
        )


class StoreReadOnlyError(StoreError, PermissionError):
    """The system does not let us write the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"{path} cannot be written, so nothing new would be kept. Make the file and its folder "
            "writable. What is in it is unchanged.",
        )


class StoreFullError(StoreError, OSError):
    """The disk is full."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"The disk that holds {path} is full. Free some space, then try again. Everything up "
            "to the last finished line is kept.",
        )


class StoreBusyError(StoreError, TimeoutError):
    """Another program keeps the file locked."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"Another program keeps {path} locked. Close other copies of Songshu, backup and sync "
            "programs, then try again.",
        )


class StoreReadError(StoreError, OSError):
    """The file could not be read or written for another reason."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"Reading or writing {path} failed: {reason}. Check that its disk is connected and "
            "sound, then try again.",
        )


class StoreCorruptError(StoreError):
    """The file is damaged, or is not ours."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"{path} is damaged: {reason}. Start Songshu again: it sets the file aside, deletes "
            "nothing, and begins a new one.",
        )


class StoreTooNewError(StoreError):
    """A later version of Songshu wrote the file."""

    def __init__(self, path: Path, version: int, known: int) -> None:
        self.version = version
        self.known = known
        super().__init__(
            path,
            f"{path} was written by a later Songshu (format {version}, this one knows {known}). "
            "Use the later Songshu, or move the file away. It is unchanged.",
        )


class ItemNotFoundError(StoreError, LookupError):
    """There is no such item, or it was deleted for good."""

    def __init__(self, path: Path, item_id: int) -> None:
        self.item_id = item_id
        super().__init__(path, f"There is no entry {item_id} in {path}; it was deleted.")


class LineNotFoundError(StoreError, LookupError):
    """There is no such line."""

    def __init__(self, path: Path, line_id: int) -> None:
        self.line_id = line_id
        super().__init__(path, f"There is no line {line_id} in {path}; it was deleted or merged.")
