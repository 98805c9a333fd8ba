"""Rows that come and go: a bar while something is under way, a question before a deletion."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from app.gui.widgets.card import Message, muted_label
from app.gui.widgets.style import GRID


class TaskRow(QWidget):
    """A bar and a Cancel button; hidden while nothing is under way.

    Signals:
        cancel_requested(): stop it.
    """

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = muted_label(wrap=False)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = QPushButton()
        self.cancel.clicked.connect(self.cancel_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self._label)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.cancel)
        self.retranslate()
        self.hide()

    def begin(self, text: str) -> None:
        """Show that something is under way; its share is not known yet."""
        self._label.setText(text)
        self.bar.setAccessibleName(text)
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)
        self.show()

    def set_share(self, share: float) -> None:
        """Show the finished share in [0, 1]."""
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * share))

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.cancel.setText(self.tr("Cancel"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class ConfirmRow(QWidget):
    """A question where the answer would delete something; hidden until it is asked.

    Signals:
        confirmed(): yes.
    """

    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = Message()
        self.yes = QPushButton()
        self.no = QPushButton()
        self.yes.clicked.connect(self.on_yes_clicked)
        self.no.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.question, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.no)
        layout.addWidget(self.yes)
        self.hide()

    def ask(self, question: str, yes: str, no: str) -> None:
        """Ask; the focus goes to the harmless answer."""
        self.question.tell(question, "warning")
        self.yes.setText(yes)
        self.no.setText(no)
        self.show()
        self.no.setFocus()

    @Slot()
    def on_yes_clicked(self) -> None:
        """Take the answer."""
        self.hide()
        self.confirmed.emit()
