"""What a recording says to a person, by kind of notice; translated where it is shown."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.audio import notices
from app.errors import (
    AlreadyRecordingError,
    NoMicrophoneError,
    RecordingFullError,
    RecordingWriteError,
    SongshuError,
)
from app.gui.wording.words import clock

translate = QCoreApplication.translate  # by this name lupdate finds what stands in it


def describe(notice: notices.Notice) -> tuple[str, bool]:
    """Say what happened and what to do.

    Returns:
        One short sentence, "" where there is nothing to say any more; and whether it is a warning.
    """
    match notice:
        case notices.NoSound(is_zero=True):
            return translate("recording", "The microphone is silent. Is it muted?"), True
        case notices.NoSound():
            return translate("recording", "Hardly anything is to be heard."), True
        case notices.DeviceLost(fallback=None):
            return translate("recording", "The microphone is gone. Connect one to go on."), True
        case notices.DeviceLost(fallback=found) if found is not None:
            text = translate("recording", "The microphone is gone. Now recording: {name}.")
            return text.format(name=found.title), True
        case notices.DeviceFound(microphone=found):
            return translate("recording", "Now recording: {name}.").format(name=found.title), False
        case notices.DiskFull():
            return translate("recording", "The disk is full. Make room: nothing is lost yet."), True
        case notices.Overflow():
            return translate("recording", "The computer was too busy: some sound is missing."), True
        case notices.Failed(error=error):
            return describe_error(error), True
        case notices.Finished(lost_s=lost_s) if lost_s > 0:
            text = translate("recording", "The disk stayed full: the last {time} are lost.")
            return text.format(time=clock(lost_s)), True
    return "", False


def describe_error(error: SongshuError) -> str:
    """Say why nothing can be recorded."""
    if isinstance(error, AlreadyRecordingError):
        return translate("recording", "Songshu is recording already. Stop that recording first.")
    if isinstance(error, NoMicrophoneError):
        return translate("recording", "There is no microphone. Connect one and try again.")
    if isinstance(error, RecordingFullError):
        return translate("recording", "The disk is full. What was recorded is kept.")
    if isinstance(error, RecordingWriteError):
        return translate("recording", "The recording cannot be written. Is its disk connected?")
    return translate("recording", "The microphone cannot be used. Choose another one.")


def describe_lag(lag_s: int) -> str:
    """Say how far recognition is behind."""
    return translate("recording", "Catching up {n} s").format(n=lag_s)
