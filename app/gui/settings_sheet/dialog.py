"""All settings on one sheet: a list of pages at the left, the page at the right, Close below.

Every change is in force at once; so there is no OK that could be forgotten and no Cancel that would
have to know what to take back. Only "Reset to defaults" asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import StoreError
from app.gui.models.page import ModelsPage
from app.gui.settings.store import SettingsStore
from app.gui.settings_sheet.dictation import DictationPage
from app.gui.settings_sheet.files import FilesPage
from app.gui.settings_sheet.general import GeneralPage
from app.gui.settings_sheet.recognition import RecognitionPage
from app.gui.settings_sheet.storage import History, StoragePage, open_in_files
from app.gui.widgets.card import Message
from app.gui.widgets.fitting import fit
from app.gui.widgets.rows import ConfirmRow
from app.gui.widgets.sheet import SHEET
from app.gui.widgets.style import GRID
from app.gui.wording.trouble import describe_trouble

_SIZE, _LEAST_SIZE = QSize(900, 680), QSize(800, 560)
GENERAL, RECOGNITION, MODELS, DICTATION, FILES, STORAGE = (
    "general",
    "recognition",
    "models",
    "dictation",
    "files",
    "storage",
)


class SettingsDialog(QDialog):
    """The settings sheet; make it once and show it when it is wanted (``show_page``).

    Args:
        store: the settings.
        history: the library, for the count and for deleting.
        models: the models page; it becomes one of the pages. None leaves it out.
        languages: canonical names that can be chosen while ``models`` has no say.
        open_folder: shows a folder to the person.

    Signals:
        about_requested(): show what Songshu is and is made of.
    """

    about_requested = Signal()

    def __init__(
        self,
        store: SettingsStore,
        history: History,
        *,
        models: ModelsPage | None = None,
        languages: Sequence[str] = (),
        open_folder: Callable[[Path], None] = open_in_files,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._models = models
        self.recognition = RecognitionPage(store, models.languages if models else languages)
        self.storage = StoragePage(store, history, open_folder)
        self.general, self.files = GeneralPage(store), FilesPage(store)
        self.dictation = DictationPage(store)
        pages = {
            GENERAL: self.general,
            RECOGNITION: self.recognition,
            MODELS: models,
            DICTATION: self.dictation,
            FILES: self.files,
            STORAGE: self.storage,
        }
        self._pages: dict[str, QWidget] = {n: page for n, page in pages.items() if page is not None}
        self.names = QListWidget()
        self.names.setObjectName("names")
        self.stack = QStackedWidget()
        for page in self._pages.values():
            self.names.addItem(QListWidgetItem())
            self.stack.addWidget(page)
        self.names.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.reset, self.about, self.done_button = QPushButton(), QPushButton(), QPushButton()
        for button in (self.reset, self.about):
            button.setObjectName("link")
        self.confirm, self.message = ConfirmRow(), Message()
        self.reset.clicked.connect(self.on_reset)
        self.about.clicked.connect(self.about_requested)
        self.confirm.confirmed.connect(store.reset)
        self.done_button.clicked.connect(self.accept)
        store.failed.connect(self.on_not_stored)
        if models is not None:
            models.valid_pack_changed.connect(self.on_pack_changed)
            self.recognition.set_takes_context(models.takes_context)
        self._lay_out()
        self.names.setCurrentRow(0)
        self.setStyleSheet(SHEET)
        self.retranslate()

    @property
    def page_names(self) -> list[str]:
        """Names for ``show_page``, in order."""
        return list(self._pages)

    def show_page(self, name: str) -> None:
        """Show the sheet with one of its pages."""
        self.names.setCurrentRow(self.page_names.index(name))
        self.show()
        self.activateWindow()

    def close_tasks(self) -> None:
        """End what runs in the background; call it before the program ends."""
        self.storage.close_tasks()
        self.recognition.close_tasks()
        self.dictation.close_tasks()
        if self._models is not None:
            self._models.close_tasks()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setWindowTitle(self.tr("Settings"))
        self.names.setAccessibleName(self.tr("Pages of the settings"))
        texts = {
            GENERAL: self.tr("General"),
            RECOGNITION: self.tr("Recognition"),
            MODELS: self.tr("Models"),
            DICTATION: self.tr("Dictation"),
            FILES: self.tr("Subtitles and files"),
            STORAGE: self.tr("Privacy and storage"),
        }
        for row, name in enumerate(self._pages):
            self.names.item(row).setText(texts[name])
            self._pages[name].setAccessibleName(texts[name])
        self.names.setFixedWidth(self.names.sizeHintForColumn(0) + 24)
        self.reset.setText(self.tr("Reset to defaults…"))
        self.about.setText(self.tr("About Songshu…"))
        self.done_button.setText(self.tr("Close"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language and the text size."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange):
            self.retranslate()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Let Enter press the button that has the focus, never another one: no field closes us."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focus = self.focusWidget()
        if isinstance(focus, QAbstractButton):
            focus.click()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Tell what is still being typed."""
        self._flush()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Tell what is still being typed."""
        self._flush()
        super().done(result)

    @Slot()
    def on_reset(self) -> None:
        """Ask before everything goes back."""
        question = self.tr("Go back to the defaults? Your words, replacements and model stay.")
        self.confirm.ask(question, self.tr("Reset"), self.tr("Leave it"))

    @Slot(object)
    def on_not_stored(self, error: StoreError) -> None:
        """Say that a change will be gone at the next start."""
        text = self.tr("This change is in force, but could not be kept: {reason}")
        self.message.tell(text.format(reason=describe_trouble(error)), "bad")

    @Slot(object)
    def on_pack_changed(self, _path: str | None) -> None:
        """Offer the languages of another model."""
        if self._models is not None:
            self.recognition.set_languages(self._models.languages)
            self.recognition.set_takes_context(self._models.takes_context)

    def _flush(self) -> None:
        self.recognition.context.flush()
        self.recognition.hot_words.field.flush()

    def _lay_out(self) -> None:
        side = QWidget()
        side.setObjectName("sidebar")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left = QVBoxLayout(side)
        left.setContentsMargins(GRID, 2 * GRID, GRID, GRID)
        left.addWidget(self.names)
        buttons = QHBoxLayout()
        buttons.addWidget(self.reset)
        buttons.addWidget(self.about)
        buttons.addStretch()
        buttons.addWidget(self.done_button)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 2 * GRID, 2 * GRID)
        right.setSpacing(GRID)
        right.addWidget(self.stack, 1)
        for part in (self.message, self.confirm):
            right.addWidget(part)
        right.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(side)
        layout.addLayout(right, 1)
        fit(self, _SIZE, _LEAST_SIZE)
