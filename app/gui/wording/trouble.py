"""One sentence for any error, in the language of the window: what happened and what to do.

For messages in passing; what has a panel with a button of its own takes ``words.error_words``.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app import errors
from app.gui.wording.record_words import describe_error
from app.gui.wording.words import error_words

translate = QCoreApplication.translate  # by this name lupdate finds what stands in it


def describe_trouble(error: Exception) -> str:
    """Say what happened and what to do."""
    match error:
        case errors.RecordingError():
            return describe_error(error)
        case errors.DictationError():
            return _of_dictation(error)
        case errors.StoreError():
            return _of_store(error)
        case errors.OutputWriteError(path=path, reason=reason):
            text = translate("trouble", "{name} cannot be written ({reason}). Try another folder.")
            return text.format(name=path.name, reason=reason)
    return error_words(type(error).__name__).what


def _of_dictation(error: errors.DictationError) -> str:
    match error:
        case errors.HotkeyTakenError(chord=chord):
            text = translate("trouble", "Another program has {chord}. Choose another shortcut.")
            return text.format(chord=chord)
        case errors.HotkeyError(chord=chord):
            text = translate("trouble", "{chord} cannot be a shortcut here. Choose another one.")
            return text.format(chord=chord)
        case errors.KeyboardError():
            return translate(
                "trouble",
                "Shortcuts do not work here. In the settings of your desktop, give a key the "
                "command “Songshu --toggle”.",
            )
        case errors.TypingError():
            return translate("trouble", "The text could not be typed. It is on the clipboard.")
        case errors.AutostartError():
            return translate(
                "trouble", "That was not possible. Add Songshu in the settings of your system."
            )
    return translate("trouble", "Dictation did not work.")


def _of_store(error: errors.StoreError) -> str:
    match error:
        case errors.StoreFullError():
            return translate("trouble", "The disk is full. Make room and try again.")
        case errors.StoreFolderError(path=path) | errors.StoreReadOnlyError(path=path):
            text = translate("trouble", "{path} cannot be written. Make it writable.")
            return text.format(path=path)
        case errors.StoreBusyError():
            return translate(
                "trouble",
                "Another program holds the history. Close programs that back up or sync, then try "
                "again.",
            )
        case errors.StoreCorruptError():
            return translate(
                "trouble",
                "The history is damaged. Start Songshu again: it is put aside, a new one begins.",
            )
        case errors.StoreTooNewError():
            return translate("trouble", "A newer Songshu has written the history. Use that one.")
        case errors.ItemNotFoundError() | errors.LineNotFoundError():
            return translate("trouble", "It was deleted meanwhile.")
    return translate("trouble", "The history cannot be read or written. Is the disk connected?")
