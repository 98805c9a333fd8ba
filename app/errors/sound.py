"""Loudspeakers and microphones, and recordings while they are made."""

from __future__ import annotations

from pathlib import Path

from app.errors.base import SongshuError


class PlaybackError(SongshuError, RuntimeError):
    """Sound cannot be played; the file itself is fine."""


class NoOutputDeviceError(PlaybackError):
    """There is no loudspeaker, or the system does not let us use it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"No sound can be played: {reason}. Connect loudspeakers or headphones, or close the "
            "program that holds them, then press play again."
        )


class OutputDeviceLostError(PlaybackError):
    """The loudspeaker went away, or stopped taking sound, while it played."""

    def __init__(self, position_s: float) -> None:
        self.position_s = position_s
        super().__init__(
            f"The sound device stopped at {position_s:.1f} s of the recording. Connect it again "
            "or choose another one in the system's settings, then press play."
        )


class RecordingError(SongshuError, RuntimeError):
    """Sound cannot be recorded, or not be kept."""


class NoMicrophoneError(RecordingError):
    """There is no microphone at all, or nothing to reach one with."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"There is no microphone: {reason}. Connect one, or allow Songshu to use it in the "
            "system's privacy settings."
        )


class MicrophoneError(RecordingError):
    """A microphone is there but cannot be used."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(
            f'The microphone "{name}" cannot be used: {reason}. Close the program that holds it, '
            "connect it again, or choose another one."
        )


class AlreadyRecordingError(RecordingError):
    """Two recordings at once are asked for."""

    def __init__(self) -> None:
        super().__init__("Songshu is recording already. Stop that recording first.")


class RecordingFullError(RecordingError, OSError):
    """The disk has no room for a recording."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"The disk that holds {path} is full. Free some space. Everything recorded up to here "
            "is kept."
        )


class RecordingWriteError(RecordingError, OSError):
    """A recording could not be written for another reason."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"Writing the recording {path} failed: {reason}. Check that its disk is connected and "
            "can be written. What is in the file already is kept."
        )
