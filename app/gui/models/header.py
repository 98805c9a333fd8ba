"""The upper part of the models page: what a model is, how to add one, what to do without any."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from app.gui.widgets.card import Card, Message, muted_label
from app.gui.widgets.icons import icon
from app.gui.widgets.style import GRID, larger


class ModelsHeader(QWidget):
    """Title, the Add button and the place to drop.

    Signals:
        file_requested(): choose a pack file or a zip. folder_requested(): choose a folder to copy.
        in_place_requested(): choose a folder to use where it is.
    """

    file_requested = Signal()
    folder_requested = Signal()
    in_place_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = False
        self._missing: str | None = None
        self._title = QLabel()
        self._title.setObjectName("title")
        self._hint = muted_label()
        self.add = QPushButton()
        self.add.setIcon(icon("plus"))
        menu = QMenu(self.add)
        self._from_file, self._from_folder, self._in_place = (QAction(menu) for _ in range(3))
        menu.addActions([self._from_file, self._from_folder, self._in_place])
        self._from_file.triggered.connect(self.file_requested)
        self._from_folder.triggered.connect(self.folder_requested)
        self._in_place.triggered.connect(self.in_place_requested)
        self.add.setMenu(menu)
        self._drop = Card()
        self._drop_picture = QLabel()
        self._drop_title = QLabel()
        self._drop_title.setObjectName("title")
        self._drop_title.setWordWrap(True)
        self._drop_text = muted_label()
        self._drop_layout = QHBoxLayout(self._drop)
        self.missing = Message()
        self._lay_out()
        self.retranslate()

    @property
    def text(self) -> str:
        """What the place to drop says."""
        title = f"{self._drop_title.text()} " if self._empty else ""
        return title + self._drop_text.text()

    @property
    def is_lit(self) -> bool:
        """Whether a drop would be taken now."""
        return self._drop.is_lit

    def set_lit(self, lit: bool) -> None:
        """Show whether a drop would be taken."""
        self._drop.set_lit(lit)

    def set_empty(self, empty: bool) -> None:
        """Say what to do while there is no pack at all."""
        self._empty = empty
        self.retranslate()

    def set_missing(self, path: str | None) -> None:
        """Say that the chosen pack is gone or damaged; None says nothing."""
        self._missing = path
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self._title.setText(self.tr("Models"))
        self._hint.setText(self.tr("A model turns speech into text, here on this computer."))
        self.add.setText(self.tr("Add a model"))
        self.add.setAccessibleName(self.tr("Add a model"))
        self._from_file.setText(self.tr("From a file or zip…"))
        self._from_folder.setText(self.tr("Copy a folder…"))
        self._in_place.setText(self.tr("Use a folder where it is…"))
        self._drop_title.setText(self.tr("There is no model yet, so nothing can be recognised."))
        self._drop_title.setVisible(self._empty)
        text = self.tr("Drop a model here: its folder, its zip or its .songshu file.")
        if self._empty:
            text += " " + self.tr("Get one from whoever gave you Songshu.")
        self._drop_text.setText(text)
        margin = 40 if self._empty else 12
        self._drop_layout.setContentsMargins(2 * GRID, margin, 2 * GRID, margin)
        missing = self.tr("The chosen model cannot be used: {path}. Choose another one.")
        self.missing.tell(missing.format(path=self._missing) if self._missing else "", "bad")
        self._drop_picture.setPixmap(icon("drop").pixmap(QSize(22, 22), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language, the theme and the text size."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        if event.type() == QEvent.Type.FontChange:
            self._title.setFont(larger(self.font(), 1.4))
        super().changeEvent(event)

    def _lay_out(self) -> None:
        self._title.setFont(larger(self.font(), 1.4))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._hint)
        top = QHBoxLayout()
        top.addLayout(words, 1)
        top.addWidget(self.add, 0, Qt.AlignmentFlag.AlignTop)
        drop = self._drop_layout
        drop.setSpacing(12)
        drop.addWidget(self._drop_picture)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self._drop_title)
        texts.addWidget(self._drop_text)
        drop.addLayout(texts, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)  # ends where the cards end, beside their scroll bar
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(self._drop)
        layout.addWidget(self.missing)
