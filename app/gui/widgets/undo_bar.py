"""A bar at the bottom of the window: what was just done, and a button or two about it.

It stands in for every question that could have been asked before. Only the last thing that was done
can be taken back here; a new one replaces it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

SHOWN_MS = 10_000  # long enough to read, think and reach the button
_MARGIN = 24


class UndoBar(QFrame):
    """Says what was done and offers to take it back.

    Args:
        parent: the widget it floats over.
        above: a part of it over whose lower edge it stays; all of it by default.
    """

    def __init__(self, parent: QWidget, above: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over = parent
        self._above = above
        self.setObjectName("toast")
        self.setAccessibleName(self.tr("Message"))
        self._undo: Callable[[], None] | None = None
        self._words: tuple[str | None, str | None] = (None, None)  # of this message's own
        self._label = QLabel()
        self._label.setWordWrap(False)
        self._button = QPushButton()
        self._button.clicked.connect(self.on_undo_clicked)
        self._more: Callable[[], None] | None = None
        self._more_button = QPushButton()
        self._more_button.clicked.connect(self.on_more_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 8, 6)
        layout.addWidget(self._label)
        layout.addWidget(self._button)
        layout.addWidget(self._more_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        (above or parent).installEventFilter(self)
        self._name_buttons()
        self.hide()

    @property
    def text(self) -> str:
        """What it says at the moment, "" if it is hidden."""
        return self._label.text() if self.isVisibleTo(self._over) else ""

    def tell(
        self,
        text: str,
        undo: Callable[[], None] | None = None,
        *,
        button: str | None = None,
        more: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a message.

        Args:
            text: what was done.
            undo: takes it back; without it there is no button.
            button: the button's word, "Undo" by default.
            more: word of a second button, and what it does.
        """
        word, self._more = more or (None, None)
        self._undo, self._words = undo, (button, word)
        self._label.setText(text)
        self._label.setAccessibleName(text)
        self._name_buttons()
        self._button.setVisible(undo is not None)
        self._more_button.setVisible(more is not None)
        self.show()
        self._place()
        self.raise_()
        self._timer.start(SHOWN_MS)

    @Slot()
    def on_undo_clicked(self) -> None:
        """Take back what was done last; also called by Ctrl+Z."""
        undo, self._undo = self._undo, None
        self.hide()
        if undo is not None:
            undo()

    @Slot()
    def on_more_clicked(self) -> None:
        """Do what the second button says."""
        more, self._more = self._more, None
        self.hide()
        if more is not None:
            more()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay at the lower edge when the parent changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Take the new language or text size."""
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(self.tr("Message"))
            self._name_buttons()
        super().changeEvent(event)

    def _name_buttons(self) -> None:
        """Give both their words; also a hidden one is never nameless."""
        undo, more = self._words
        for button, word in (
            (self._button, undo or self.tr("Undo")),
            (self._more_button, more or self.tr("More…")),
        ):
            button.setText(word)
            button.setAccessibleName(word)

    def _place(self) -> None:
        parent = self._over
        width = min(self.sizeHint().width(), parent.width() - 2 * _MARGIN)
        self.resize(width, self.sizeHint().height())
        x = (parent.width() - width) // 2
        bottom = self._above.geometry().bottom() if self._above else parent.height()
        self.move(QPoint(x, bottom - self.height() - _MARGIN))
