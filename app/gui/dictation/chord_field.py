"""A field that takes the next shortcut that is pressed, and says what speaks against it.

    focus -> "Press a shortcut…" -> keys -> checked -> chosen

While it has the focus the service gives all global shortcuts back, so that the present one can be
pressed too. Backspace takes the shortcut away, Esc and Tab leave the field as they do elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.dictation.chord import CHARACTERS, Chord, Trouble, trouble
from app.dictation.system import try_chord
from app.errors import DictationError
from app.gui.wording.trouble import describe_trouble

_K = Qt.Key
_NAMED = {
    **{getattr(_K, f"Key_F{number}"): f"F{number}" for number in range(1, 25)},
    **{_K.Key_Space: "Space", _K.Key_Return: "Return", _K.Key_Enter: "Return"},
    **{_K.Key_Insert: "Insert", _K.Key_Delete: "Delete", _K.Key_Home: "Home", _K.Key_End: "End"},
    **{_K.Key_PageUp: "PageUp", _K.Key_PageDown: "PageDown", _K.Key_Pause: "Pause"},
    **{_K.Key_Left: "Left", _K.Key_Right: "Right", _K.Key_Up: "Up", _K.Key_Down: "Down"},
    **{_K.Key_ScrollLock: "ScrollLock", _K.Key_Print: "Print", _K.Key_Menu: "Menu"},
}
_ON_MAC = sys.platform == "darwin"  # where Qt calls the command key Ctrl
_MODIFIERS = {
    Qt.KeyboardModifier.ControlModifier: "Meta" if _ON_MAC else "Ctrl",
    Qt.KeyboardModifier.AltModifier: "Alt",
    Qt.KeyboardModifier.ShiftModifier: "Shift",
    Qt.KeyboardModifier.MetaModifier: "Ctrl" if _ON_MAC else "Meta",
}


def chord_of(event: QKeyEvent) -> Chord | None:
    """Read a chord from a key event; None while only modifiers are down, or for an unknown key."""
    key = Qt.Key(event.key())
    name = _NAMED.get(key, "")
    if not name and 0x20 < event.key() < 0x7F and chr(event.key()).upper() in CHARACTERS:
        name = chr(event.key()).upper()
    if not name:
        return None
    held = frozenset(name for flag, name in _MODIFIERS.items() if event.modifiers() & flag)
    return Chord(name, held)


class ChordField(QPushButton):
    """One shortcut.

    Args:
        others: gives what else is set: name for people -> chord.
        try_out: tells why the system refuses a chord.

    Signals:
        chosen(str): another chord, "" for none.
        hinted(str, bool): what to say about a choice, and whether it was refused; "" for nothing.
    """

    chosen = Signal(str)
    hinted = Signal(str, bool)

    def __init__(
        self,
        others: Callable[[], Mapping[str, str]] = dict,
        try_out: Callable[[Chord], DictationError | None] = try_chord,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._others = others
        self._try_out = try_out
        self._chord = ""
        self.setMinimumWidth(220)
        self._show()

    @property
    def chord(self) -> str:
        """The shortcut, "" for none."""
        return self._chord

    def show_chord(self, chord: str) -> None:
        """Show a shortcut."""
        self._chord = chord
        self._show()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Do not change the width with the text."""
        return QSize(220, super().sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Take what would be a shortcut of our own window as a choice."""
        is_shortcut = event.type() == QEvent.Type.ShortcutOverride
        if is_shortcut and isinstance(event, QKeyEvent) and chord_of(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Take a shortcut."""
        if event.key() in (_K.Key_Escape, _K.Key_Tab, _K.Key_Backtab):
            super().keyPressEvent(event)
        elif event.key() == _K.Key_Backspace and not event.modifiers():
            self.hinted.emit("", False)
            self._choose("")
        elif (chord := chord_of(event)) is not None and not event.isAutoRepeat():
            self._consider(chord)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Do nothing: a button would be clicked by Space."""

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Ask for a shortcut."""
        super().focusInEvent(event)
        self._show()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the shortcut again."""
        super().focusOutEvent(event)
        self._show()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)

    def _consider(self, chord: Chord) -> None:
        kind, what = trouble(chord, self._others())
        refused = kind in (Trouble.TYPES, Trouble.TWICE)
        hint = self._describe(kind, what)
        if not refused and str(chord) != self._chord:
            error = self._try_out(chord)
            if error is not None:
                refused, hint = True, describe_trouble(error)
        self.hinted.emit(hint, refused)
        if not refused:
            self._choose(str(chord))

    def _describe(self, kind: Trouble, what: str) -> str:
        texts = {
            Trouble.NONE: "",
            Trouble.TYPES: self.tr("Add Ctrl or Alt: {what} alone could not be typed any more."),
            Trouble.TWICE: self.tr("Already used here: {what}."),
            Trouble.COMMON: self.tr("Many programs use it for something else: {what}."),
        }
        return texts[kind].format(what=self._meanings().get(what, what))

    def _meanings(self) -> Mapping[str, str]:
        """Give the meanings of ``app.dictation.chord.COMMON`` in the language of the window."""
        return {
            "copy": self.tr("copy"),
            "paste": self.tr("paste"),
            "cut": self.tr("cut"),
            "undo": self.tr("undo"),
            "select all": self.tr("select all"),
            "save": self.tr("save"),
            "find": self.tr("find"),
            "new": self.tr("new"),
            "open": self.tr("open"),
            "print": self.tr("print"),
            "close": self.tr("close"),
            "new tab": self.tr("new tab"),
            "close the window": self.tr("close the window"),
            "next window": self.tr("next window"),
            "help": self.tr("help"),
            "reload": self.tr("reload"),
            "full screen": self.tr("full screen"),
            "switch the input method": self.tr("switch the input method"),
            "leave the session": self.tr("leave the session"),
            "picture of the screen": self.tr("picture of the screen"),
        }

    def _choose(self, chord: str) -> None:
        changed = chord != self._chord
        self._chord = chord
        self._show()
        if changed:
            self.chosen.emit(chord)

    def _show(self) -> None:
        text = self._chord or self.tr("None")
        if self.hasFocus():
            text = self.tr("{chord} – press another").format(chord=text)
        self.setText(text)
