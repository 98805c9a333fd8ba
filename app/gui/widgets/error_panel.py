"""What happened, what was kept, one button; the details are there for who wants to copy them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.wording.words import error_words


class ErrorPanel(QFrame):
    """Shows one error.

    Signals:
        retry_requested(): try the same again.
        model_requested(): choose another model.
        locate_requested(): say where the file is now.
    """

    retry_requested = Signal()
    model_requested = Signal()
    locate_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorPanel")
        self._kind = ""
        self._kept = ""
        self._what = QLabel()
        self._what.setObjectName("title")
        self._what.setWordWrap(True)
        self._kept_label = QLabel()
        self._kept_label.setObjectName("muted")
        self._kept_label.setWordWrap(True)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setMaximumHeight(120)
        self._details.setTabChangesFocus(True)
        self._details.hide()
        self._action = QPushButton()
        self._action.setObjectName("primary")
        self._action.setAutoDefault(True)  # Enter presses it too, as in a dialog
        self._toggle = QPushButton()
        self._toggle.setObjectName("link")
        self._toggle.setCheckable(True)
        self._copy = QPushButton()
        self._copy.setObjectName("link")
        self._copy.hide()
        self._action.clicked.connect(self.on_action_clicked)
        self._toggle.toggled.connect(self.on_details_toggled)
        self._copy.clicked.connect(self.on_copy_clicked)
        self._lay_out()
        self.retranslate()
        self.hide()

    def show_error(self, kind: str, message: str, kept: str = "") -> None:
        """Show an error.

        Args:
            kind: name of its class; it chooses the words.
            message: the exact message, for the details.
            kept: what was not lost, in the user's language; "" says nothing about it.
        """
        self._kind, self._kept = kind, kept
        self._details.setPlainText(f"{kind}: {message}")
        self._toggle.setChecked(False)
        self.retranslate()
        self.show()

    @property
    def details(self) -> str:
        """What the details box holds."""
        return self._details.toPlainText()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        words = error_words(self._kind)
        self._what.setText(words.what)
        self._kept_label.setText(self._kept)
        self._kept_label.setVisible(bool(self._kept))
        names = {
            "retry": self.tr("Try again"),
            "choose_model": self.tr("Choose a model…"),
            "close": self.tr("Close"),
            "locate": self.tr("Locate…"),
        }
        self._action.setText(names[words.action])
        self._toggle.setText(self.tr("Details"))
        self._copy.setText(self.tr("Copy details"))
        self._details.setAccessibleName(self.tr("Details of the error"))
        self.setAccessibleName(words.what)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_action_clicked(self) -> None:
        """Ask for what the button says."""
        action = error_words(self._kind).action
        if action == "close":
            self.hide()
        elif action == "retry":
            self.retry_requested.emit()
        elif action == "locate":
            self.locate_requested.emit()
        else:
            self.model_requested.emit()

    @Slot(bool)
    def on_details_toggled(self, shown: bool) -> None:
        """Show or hide the details."""
        self._details.setVisible(shown)
        self._copy.setVisible(shown)

    @Slot()
    def on_copy_clicked(self) -> None:
        """Put the details on the clipboard."""
        QGuiApplication.clipboard().setText(self.details)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._action)
        buttons.addWidget(self._toggle)
        buttons.addWidget(self._copy)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._what)
        layout.addWidget(self._kept_label)
        layout.addLayout(buttons)
        layout.addWidget(self._details)
