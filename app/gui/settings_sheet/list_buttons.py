"""A column of buttons beside a list or table: remove, up, down."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from app.gui.widgets.icons import icon


class ListButtons(QWidget):
    """Buttons for the chosen row.

    Signals:
        remove_requested(): delete it. moved(int): move it by -1 or +1.
    """

    remove_requested = Signal()
    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.up, self.down, self.remove = (QToolButton() for _ in range(3))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for button, name in ((self.up, "up"), (self.down, "down"), (self.remove, "trash")):
            button.setIcon(icon(name))
            button.setIconSize(QSize(18, 18))
            button.setObjectName("flat")
            button.setFocusPolicy(button.focusPolicy().TabFocus)
            layout.addWidget(button)
        layout.addStretch()
        self.up.clicked.connect(self._on_up)
        self.down.clicked.connect(self._on_down)
        self.remove.clicked.connect(self.remove_requested)
        self.retranslate()

    def show_row(self, row: int, n_rows: int) -> None:
        """Offer what can be done with a row; -1 is none."""
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < n_rows - 1)
        self.remove.setEnabled(0 <= row < n_rows)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        for button, text in (
            (self.up, self.tr("Move up")),
            (self.down, self.tr("Move down")),
            (self.remove, self.tr("Remove")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _on_up(self) -> None:
        self.moved.emit(-1)

    def _on_down(self) -> None:
        self.moved.emit(1)
