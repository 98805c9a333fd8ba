"""Text fields whose changes are told when the person pauses, not at every key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.gui.widgets.card import muted_label
from app.text.context import parse_hot_words

_PAUSE_MS = 400


class PausingText(QPlainTextEdit):
    """A text field of several lines; Tab leaves it.

    Signals:
        edited(str): the text, after a pause or when the field is left.
    """

    edited = Signal(str)

    def __init__(self, n_lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n_lines = n_lines
        self._told = ""
        self.setTabChangesFocus(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.flush)
        self.textChanged.connect(self._timer.start)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show a text that comes from elsewhere; what is being typed is not disturbed."""
        if text != self._told:
            self._told = text
            if text != self.toPlainText():
                self.setPlainText(text)
            self._timer.stop()

    @Slot()
    def flush(self) -> None:
        """Tell the text now, if it was not told."""
        self._timer.stop()
        if self.toPlainText() != self._told:
            self._told = self.toPlainText()
            self.edited.emit(self._told)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Tell the text when the field is left."""
        self.flush()
        super().focusOutEvent(event)

    def hideEvent(self, event: object) -> None:  # noqa: N802
        """Tell the text when the page is left."""
        self.flush()
        super().hideEvent(event)  # type: ignore[arg-type]

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.fontMetrics().lineSpacing() * self._n_lines + 24)


class HotWords(QWidget):
    """Terms that the model should know, one in each line, with their number.

    Signals:
        changed(tuple): the terms, each once.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = PausingText(5)
        self.count = muted_label()
        self.setFocusProxy(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.field)
        layout.addWidget(self.count)
        self.field.edited.connect(self.on_edited)
        self.field.textChanged.connect(self.retranslate)
        self.retranslate()

    @property
    def words(self) -> tuple[str, ...]:
        """The words as they stand there."""
        return parse_hot_words(self.field.toPlainText()).words

    def show_words(self, words: tuple[str, ...]) -> None:
        """Show words that come from elsewhere."""
        if words != self.words:
            self.field.show_text("\n".join(words))

    def retranslate(self) -> None:
        """Say how many there are."""
        found = parse_hot_words(self.field.toPlainText())
        n = len(found.words)
        parts = [self.tr("1 term") if n == 1 else self.tr("{n} terms").format(n=n)]
        if found.n_over:
            parts.append(self.tr("{n} more are too many").format(n=found.n_over))
        if found.too_long:
            parts.append(self.tr("too long: {text}…").format(text=found.too_long[0][:30]))
        self.count.setText(", ".join(parts))
        self.field.setAccessibleName(self.tr("Words that the model should know"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot(str)
    def on_edited(self, _text: str) -> None:
        """Pass the words on."""
        self.changed.emit(self.words)
