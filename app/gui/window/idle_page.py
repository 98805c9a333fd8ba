"""What a newcomer sees: one card to drop files on, one button, the language, a sample to try."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.widgets.card import Card
from app.gui.widgets.icons import icon
from app.gui.widgets.style import colors_of
from app.gui.wording.languages import language_name

_CARD = QSize(560, 280)


class DropCard(Card):
    """The dashed card; it lights up while files hover over the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(360, 240)
        self.setMaximumSize(_CARD)

    def look(self) -> tuple[QPen, QColor, int]:
        """Give its dashes, its ground and the radius of its corners in pixels."""
        colors, lit = colors_of(self), self.is_lit
        pen = QPen(QColor(colors.accent if lit else colors.muted), 2 if lit else 1.5)
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        return pen, QColor(colors.selected if lit else colors.surface), 16


class IdlePage(QWidget):
    """The page for new files.

    Signals:
        files_requested(): open the file dialog.
        record_requested(): record the microphone.
        sample_requested(): recognise the sample that comes with the program.
        model_requested(): there is no model; choose one.
        language_chosen(object): canonical name, or None to let the model find it.
    """

    files_requested = Signal()
    record_requested = Signal()
    sample_requested = Signal()
    model_requested = Signal()
    language_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._languages: list[str] = []
        self._has_model = True
        self.card = DropCard()
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = _centred("heading")
        self._hint = _centred("muted")
        self._private = _centred("muted")
        self.choose = QPushButton()
        self.choose.setObjectName("primary")
        self.choose.setAutoDefault(True)  # Enter presses it too, as in a dialog
        self.choose.clicked.connect(self.on_choose_clicked)
        self.record = QPushButton()
        self.record.setAutoDefault(True)
        self.record.clicked.connect(self.record_requested)
        self.sample = QPushButton()
        self.sample.setObjectName("link")
        self.sample.setAutoDefault(True)
        self.sample.clicked.connect(self.sample_requested)
        self._language_label = QLabel()
        self._language_label.setObjectName("muted")
        self.language = QComboBox()
        self.language.setMinimumWidth(180)
        self.language.activated.connect(self.on_language_activated)
        self._language_label.setBuddy(self.language)
        self._lay_out()
        self.retranslate()

    def set_languages(self, languages: Sequence[str], chosen: str | None) -> None:
        """Offer these languages.

        Args:
            languages: canonical names, favourites first.
            chosen: one of them, or None for automatic.
        """
        self._languages = list(languages)
        self.language.clear()
        self.language.addItem(self.tr("Automatic"), None)
        for name in languages:
            self.language.addItem(language_name(name), name)
        self.language.setCurrentIndex(max(0, self.language.findData(chosen)))

    def set_has_model(self, has_model: bool) -> None:
        """Offer to choose a model instead of files while there is none."""
        self._has_model = has_model
        self.sample.setVisible(has_model)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        if self._has_model:
            self._title.setText(self.tr("Drop audio, video or folders here"))
            self._hint.setText(self.tr("or"))
            self.choose.setText(self.tr("Choose files…"))
        else:
            self._title.setText(self.tr("Songshu needs a model first"))
            self._hint.setText(self.tr("It is a folder or a file that understands speech."))
            self.choose.setText(self.tr("Choose a model…"))
        self.record.setText(self.tr("Record"))
        self.record.setToolTip(self.tr("Record the microphone (Ctrl+R)"))
        self.record.setIcon(icon("microphone"))
        self._private.setText(self.tr("Everything stays on this computer."))
        self.sample.setText(self.tr("Try the sample"))
        self._language_label.setText(self.tr("Language"))
        self.language.setAccessibleName(self.tr("Language of the recording"))
        self.set_languages(self._languages, self.language.currentData())
        self._picture.setPixmap(icon("wave").pixmap(QSize(48, 48), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language and the theme."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_choose_clicked(self) -> None:
        """Ask for files, or for a model while there is none."""
        if self._has_model:
            self.files_requested.emit()
        else:
            self.model_requested.emit()

    @Slot(int)
    def on_language_activated(self, index: int) -> None:
        """Take another language."""
        self.language_chosen.emit(self.language.itemData(index))

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(32, 32, 32, 32)
        inside.setSpacing(12)
        inside.addStretch()
        for widget in (self._picture, self._title, self._hint):
            inside.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch()
        buttons.addWidget(self.choose)
        buttons.addWidget(self.record)
        buttons.addStretch()
        inside.addLayout(buttons)
        inside.addStretch()
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addStretch()
        below.addWidget(self._language_label)
        below.addWidget(self.language)
        below.addWidget(self.sample)
        below.addStretch()
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.card, 10)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 24)
        layout.setSpacing(24)
        layout.addStretch(2)
        layout.addLayout(row, 10)
        layout.addLayout(below)
        layout.addStretch(2)
        layout.addWidget(self._private)


def _centred(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    return label
