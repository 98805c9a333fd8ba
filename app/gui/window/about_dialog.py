"""About Songshu: version, what it promises, and the licence of everything inside it.

    THIRD-PARTY.json -> list, which the search shortens -> text of the chosen one

Both buttons copy text: facts of this computer for a report, and a licence.
"""

from __future__ import annotations

import platform
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Slot, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.gui.widgets.card import Message, muted_label
from app.gui.widgets.fields import SearchField
from app.gui.widgets.fitting import fit
from app.gui.widgets.sheet import SHEET
from app.gui.widgets.style import GRID, larger
from app.licences import Licence, LicenceList

_SIZE, _LEAST_SIZE = QSize(860, 640), QSize(640, 480)
_ICON_SIZE = 64
_LIST_WIDTH = 300
_ICON = Path(__file__).parent.parent / "resources" / "songshu.svg"


class AboutDialog(QDialog):
    """The About window; make it once and ``show`` it.

    Args:
        licences: of everything that is bundled.
    """

    def __init__(self, licences: LicenceList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._licences = licences
        self._found: list[Licence] = []
        self._title, self._version = QLabel("Songshu"), muted_label(wrap=False)
        self._title.setObjectName("title")
        self._promise, self._whole = QLabel(), muted_label()
        self._promise.setWordWrap(True)
        self._version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_facts = QPushButton()
        self.search, self.names, self.text = SearchField(), QListWidget(), QPlainTextEdit()
        self.names.setObjectName("boxed")
        self.names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.names.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.message = Message()
        self.copy_licence, self.close_button = QPushButton(), QPushButton()
        for button in (self.copy_facts, self.copy_licence, self.close_button):
            button.setAutoDefault(False)
        self._connect()
        self.setStyleSheet(SHEET)
        self._lay_out()
        self.retranslate()
        self.on_searched("")
        (self.search if licences.entries else self.close_button).setFocus()

    @property
    def chosen(self) -> Licence | None:
        """The entry whose text is shown."""
        row = self.names.currentRow()
        return self._found[row] if row >= 0 else None

    def facts(self) -> str:
        """Give what a report about a fault should say first."""
        system = f"{platform.system()} {platform.release()}, {platform.machine()}"
        return (
            f"Songshu {__version__}\nPython {platform.python_version()}, Qt {qVersion()}\n{system}"
        )

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setWindowTitle(self.tr("About Songshu"))
        self._version.setText(self.tr("Version {version}").format(version=__version__))
        self._promise.setText(
            self.tr(
                "Speech becomes text on this computer alone. Songshu never uses the network: no "
                "recording, no text and no word about you leaves it."
            )
        )
        self.copy_facts.setText(self.tr("Copy version"))
        self.search.setPlaceholderText(self.tr("Search in what Songshu is made of"))
        self.search.setAccessibleName(self.tr("Search in what Songshu is made of"))
        self.names.setAccessibleName(self.tr("What Songshu is made of"))
        self.text.setAccessibleName(self.tr("Text of the licence"))
        self.copy_licence.setText(self.tr("Copy licence"))
        self.close_button.setText(self.tr("Close"))
        self._show_whole()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language and the text size."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.FontChange:
            self._title.setFont(larger(self.font(), 1.5))
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Let the arrow go from the search into the list."""
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.names.setFocus()
            return
        super().keyPressEvent(event)

    @Slot(str)
    def on_searched(self, words: str) -> None:
        """Show the entries that hold the words."""
        chosen = self.chosen
        self._found = [entry for entry in self._licences.entries if entry.matches(words)]
        blocked = self.names.blockSignals(True)
        self.names.clear()
        self.names.addItems([f"{entry.title}\n{entry.licence}" for entry in self._found])
        stays = chosen is not None and chosen in self._found
        self.names.setCurrentRow(self._found.index(chosen) if chosen and stays else 0)
        self.names.blockSignals(blocked)
        self.on_chosen()

    @Slot()
    def on_chosen(self) -> None:
        """Show the text of the chosen entry."""
        entry = self.chosen
        self.copy_licence.setEnabled(entry is not None)
        self.message.tell("")
        if entry is None:
            self.text.setPlainText(self.tr("Nothing found.") if self._licences.entries else "")
            return
        head = [entry.title, entry.licence, entry.url, entry.note]
        self.text.setPlainText("\n".join(filter(None, head)) + "\n\n" + entry.text)

    @Slot()
    def on_copy_facts(self) -> None:
        """Put version and system on the clipboard."""
        QGuiApplication.clipboard().setText(self.facts())
        self.message.tell(self.tr("The version was copied."))

    @Slot()
    def on_copy_licence(self) -> None:
        """Put the shown licence on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.message.tell(self.tr("The licence was copied."))

    @Slot()
    def on_find(self) -> None:
        """Go to the search, with what is there chosen."""
        self.search.setFocus()
        self.search.selectAll()

    def _show_whole(self) -> None:
        text = self.tr("The list of licences is written when Songshu is built.")
        if self._licences.whole:
            text = self.tr(
                "Songshu's source is under Apache-2.0, this program as a whole under {licence}. "
                "It is made of {n} parts:"
            ).format(licence=self._licences.whole, n=len(self._licences.entries))
        self._whole.setText(text)
        for part in (self.search, self.names, self.text, self.copy_licence):
            part.setVisible(bool(self._licences.entries))

    def _connect(self) -> None:
        self.search.textChanged.connect(self.on_searched)
        self.names.currentItemChanged.connect(self.on_chosen)
        self.copy_facts.clicked.connect(self.on_copy_facts)
        self.copy_licence.clicked.connect(self.on_copy_licence)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Find, self, self.on_find)

    def _lay_out(self) -> None:
        picture = QLabel()
        picture.setPixmap(QIcon(str(_ICON)).pixmap(_ICON_SIZE, _ICON_SIZE))
        self._title.setFont(larger(self.font(), 1.5))
        name = QVBoxLayout()
        name.setSpacing(0)
        name.addWidget(self._title)
        name.addWidget(self._version)
        name.addStretch()
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(picture)
        head.addLayout(name, 1)
        head.addWidget(self.copy_facts, 0, Qt.AlignmentFlag.AlignTop)
        self.names.setFixedWidth(_LIST_WIDTH)
        parts = QHBoxLayout()
        parts.setSpacing(GRID)
        parts.addWidget(self.names)
        parts.addWidget(self.text, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.message, 1)
        buttons.addStretch()
        buttons.addWidget(self.copy_licence)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        for widget in (self._promise, self._whole, self.search):
            layout.addWidget(widget)
        layout.addLayout(parts, 1)
        layout.addStretch()
        layout.addLayout(buttons)
        fit(self, _SIZE, _LEAST_SIZE)
