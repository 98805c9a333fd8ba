"""Files and streams that are to be recognised."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors.base import SongshuError


class AudioError(SongshuError, ValueError):
    """An audio source cannot be read.

    Attributes:
        name: the path as it was given, or a name for what has no path, such as standard input.
    """

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


class AudioNotFoundError(AudioError, FileNotFoundError):
    """There is no file at a path."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"There is no file {name}. Check the path.")


class AudioPermissionError(AudioError, PermissionError):
    """The system does not let us read a file."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name, f"You may not read {name}. Change its permissions or copy it elsewhere."
        )


class AudioIsFolderError(AudioError, IsADirectoryError):
    """A folder was given where one file is needed."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"{name} is a folder. Give the audio or video files in it.")


class AudioReadError(AudioError, OSError):
    """The operating system failed while a source was read."""

    def __init__(self, name: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            name,
            f"Reading {name} failed: {reason}. Check that the disk or network drive is connected "
            "and has free space, then try again.",
        )


class EmptyAudioError(AudioError):
    """A source has no bytes at all."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"{name} is empty (0 bytes). Record or copy it again.")


class UnsupportedAudioError(AudioError):
    """The format, or the codec of the audio track, is not one we can decode."""

    def __init__(self, name: str, codec: str = "") -> None:
        self.codec = codec
        what = (
            f"has an audio codec that cannot be decoded ({codec})"
            if codec
            else ("is not an audio or video file of a known format")
        )
        super().__init__(name, f"{name} {what}. Convert it to WAV, FLAC, MP3, M4A or Opus.")


class NoAudioTrackError(AudioError):
    """A media file has no audio track."""

    def __init__(self, name: str, track_kinds: Sequence[str]) -> None:
        self.track_kinds = tuple(track_kinds)
        tracks = ", ".join(self.track_kinds) or "nothing"
        super().__init__(
            name, f"{name} has no audio track (it holds: {tracks}). Choose a file with sound."
        )


class ProtectedAudioError(AudioError):
    """The audio is encrypted (DRM)."""

    def __init__(self, name: str, scheme: str) -> None:
        self.scheme = scheme
        super().__init__(
            name,
            f"{name} is copy-protected ({scheme}) and cannot be decoded. Use an unprotected copy.",
        )


class CorruptAudioError(AudioError):
    """The format is known, but no audio could be decoded."""

    def __init__(self, name: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            name,
            f"{name} is damaged or incomplete: {reason}. Copy or download it again; if a recording "
            "was cut off, repair it with the program that made it.",
        )
