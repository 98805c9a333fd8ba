"""The player's words for what went wrong; the file's own errors have theirs in ``words``."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.errors import AudioError, NoOutputDeviceError, OutputDeviceLostError, SongshuError
from app.gui.words import error_words

translate = QCoreApplication.translate  # by this name lupdate finds what stands in it


def playback_words(error: SongshuError) -> str:
    """Say in one sentence why nothing is heard, and what to do."""
    if isinstance(error, NoOutputDeviceError):
        return translate("player", "No loudspeaker was found. Connect one and press play.")
    if isinstance(error, OutputDeviceLostError):
        return translate("player", "The sound device went away. Connect one and press play.")
    if isinstance(error, AudioError):
        return error_words(type(error).__name__).what
    return translate("player", "Playing failed. Open the recording again.")
