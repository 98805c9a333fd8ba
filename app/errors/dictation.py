"""Dictation into other programs."""

from __future__ import annotations

from app.errors.base import SongshuError


class DictationError(SongshuError, RuntimeError):
    """Dictation into other programs cannot do something; no recording and no text is lost by it."""


class HotkeyError(DictationError, ValueError):
    """A global shortcut cannot be used."""

    def __init__(self, chord: str, reason: str) -> None:
        self.chord = chord
        self.reason = reason
        super().__init__(
            f'The shortcut "{chord}" cannot be used: {reason}. Choose another one in the settings.'
        )


class HotkeyTakenError(HotkeyError):
    """Another program has the shortcut."""

    def __init__(self, chord: str) -> None:
        super().__init__(chord, "another program has it")


class KeyboardError(DictationError):
    """The system gives us no global shortcuts, or does not let us type."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"Global shortcuts and typing do not work here: {reason}. Bind the command "
            '"Songshu --toggle" to a key in the settings of your desktop.'
        )


class TypingError(DictationError):
    """A text could not be typed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"The text could not be typed: {reason}. It is on the clipboard; press Ctrl+V."
        )


class AutostartError(DictationError, OSError):
    """Starting at login could not be switched."""

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(
            f"Starting at login could not be changed in {place}: {reason}. Add Songshu in the "
            "settings of your system instead."
        )
