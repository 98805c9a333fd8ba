"""The player's keys, which work in the whole window: play, repeat, 5 s back and forward.

Space plays, but not where it means something else: in a text field Qt gives it to the field, and on
a button or a drop-down it is taken away from us while that has the focus.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget


class PlayerKeys(QObject):
    """Actions for the window.

    Args:
        bar: follows the language; the actions belong to it.
        play, loop, back, forward: what they do.
    """

    def __init__(
        self,
        bar: QWidget,
        *,
        play: Callable[[], None],
        loop: Callable[[], None],
        back: Callable[[], None],
        forward: Callable[[], None],
    ) -> None:
        super().__init__(bar)
        self.play, self.loop = QAction(bar), QAction(bar)
        self.back, self.forward = QAction(bar), QAction(bar)
        for action, keys, slot in (
            (self.play, "Space", play),
            (self.loop, "Ctrl+L", loop),
            (self.back, "Alt+Left", back),
            (self.forward, "Alt+Right", forward),
        ):
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(slot)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self.on_focus_changed)
        bar.installEventFilter(self)
        self.retranslate()

    @property
    def all(self) -> list[QAction]:
        """All actions, for the window."""
        return [self.play, self.loop, self.back, self.forward]

    def set_enabled(self, is_on: bool) -> None:
        """Let the keys do something, or nothing."""
        for action in self.all:
            action.setEnabled(is_on)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.play.setText(self.tr("Play or pause"))
        self.loop.setText(self.tr("Repeat the line"))
        self.back.setText(self.tr("5 seconds back"))
        self.forward.setText(self.tr("5 seconds forward"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        return super().eventFilter(watched, event)

    @Slot(QWidget, QWidget)
    def on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        """Leave Space to a button that has the focus: there it presses the button."""
        presses = isinstance(new, (QAbstractButton, QComboBox))
        self.play.setShortcut(QKeySequence() if presses else QKeySequence(Qt.Key.Key_Space))
