"""Privacy & storage: how long the history is kept, where it lies, and how to delete it for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app import paths
from app.errors import StoreError
from app.gui.settings.store import Settings, SettingsStore
from app.gui.settings.values import KEEP_DAYS
from app.gui.settings_sheet.page import SettingsPage
from app.gui.threads.background import BackgroundTask
from app.gui.widgets.card import Message, data_size, fill_choices, muted_label
from app.gui.widgets.fields import Choice
from app.gui.widgets.rows import ConfirmRow, TaskRow
from app.gui.wording.trouble import describe_trouble
from app.store.types import Item, ItemState

_OPEN = (ItemState.WAITING, ItemState.RUNNING, ItemState.PAUSED)


class History(Protocol):
    """What the page needs of the library."""

    path: Path

    def items(self, *, deleted: bool = False) -> Sequence[Item]:
        """List the items, or those in the trash."""
        ...

    def purge_all(self) -> None:
        """Delete everything for good."""
        ...


def open_in_files(folder: Path) -> None:
    """Open a folder in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


class StoragePage(SettingsPage):
    """The page Privacy & storage.

    Args:
        store: the settings.
        history: what can be deleted.
        open_folder: shows a folder to the person.

    Signals:
        history_deleted(): everything is gone; lists must be read again.
    """

    history_deleted = Signal()

    def __init__(
        self,
        store: SettingsStore,
        history: History,
        open_folder: Callable[[Path], None] = open_in_files,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, parent)
        self._history = history
        self._open_folder = open_folder
        self._task = BackgroundTask(self)
        self._task.finished.connect(self.on_deleted)
        self._task.failed.connect(self.on_failed)
        self.offline = QLabel()
        self.offline.setWordWrap(True)
        self.keep = Choice()
        self.keep.setMinimumWidth(240)
        self.keep.activated.connect(self.on_keep)
        self.count = muted_label()
        self.delete, self.open = QPushButton(), QPushButton()
        self.confirm, self.task, self.result = ConfirmRow(), TaskRow(), Message()
        self.task.cancel.hide()  # a deletion that was begun is finished
        self.place, self.portable = muted_label(), muted_label()
        self.delete.clicked.connect(self.on_delete)
        self.confirm.confirmed.connect(self.on_confirmed)
        self.open.clicked.connect(self.on_open)
        self._arrange()
        self.ready()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self._privacy.setText(self.tr("Privacy"))
        self.offline.setText(
            self.tr("Everything stays on this computer. Songshu never uses the network.")
        )
        self._history_title.setText(self.tr("History"))
        self._keep_row.say(
            self.tr("Keep transcripts"), self.tr("What is older is deleted at the next start.")
        )
        self.delete.setText(self.tr("Delete the whole history…"))
        self._files.setText(self.tr("Where it lies"))
        self.open.setText(self.tr("Open the folder"))
        self.place.setText(str(self._history.path.parent))
        portable = (
            self.tr("This is a portable copy: everything lies beside the program.")
            if paths.is_portable()
            else self.tr(
                "For a portable copy, put an empty file named “portable” beside the program: "
                "then everything is kept there."
            )
        )
        self.portable.setText(portable)
        self._show_count()

    def show_settings(self, settings: Settings) -> None:
        """Show settings."""
        names = {
            0: self.tr("For ever"),
            7: self.tr("One week"),
            30: self.tr("One month"),
            90: self.tr("Three months"),
            365: self.tr("One year"),
        }
        choices = [(days, names[days]) for days in KEEP_DAYS]
        fill_choices(self.keep, choices, settings.keep_days)

    def close_tasks(self) -> None:
        """Wait until a deletion is finished; call it before the program ends."""
        self._task.close()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Count again whenever the page is shown."""
        self._show_count()
        super().showEvent(event)

    @Slot()
    def on_keep(self) -> None:
        """Put it in force."""
        self.store.change(replace(self.store.settings, keep_days=self.keep.currentData()))

    @Slot()
    def on_delete(self) -> None:
        """Ask, with the number of what will be gone."""
        self.result.tell("")
        question = self.tr(
            "Delete {n} transcripts for good? This cannot be undone. Your files are not touched; "
            "what you recorded with Songshu goes too."
        )
        self.confirm.ask(
            question.format(n=self._n_items()), self.tr("Delete for good"), self.tr("Keep them")
        )

    @Slot()
    def on_confirmed(self) -> None:
        """Delete."""
        self.delete.setEnabled(False)
        self.task.begin(self.tr("Deleting…"))
        self._task.start(lambda _progress, _cancel: self._history.purge_all())

    @Slot(object)
    def on_deleted(self, _result: object) -> None:
        """Say that it is done."""
        self.task.hide()
        self.result.tell(self.tr("The history was deleted for good."))
        self._show_count()
        self.history_deleted.emit()

    @Slot(object)
    def on_failed(self, error: Exception) -> None:
        """Say what went wrong."""
        self.task.hide()
        text = self.tr("The history could not be deleted: {reason}")
        self.result.tell(text.format(reason=describe_trouble(error)), "bad")
        self._show_count()

    @Slot()
    def on_open(self) -> None:
        """Show the folder."""
        self._open_folder(self._history.path.parent)

    def _n_items(self) -> int:
        return len(self._history.items()) + len(self._history.items(deleted=True))

    def _show_count(self) -> None:
        try:
            items = self._history.items()
            n, n_open = self._n_items(), sum(item.state in _OPEN for item in items)
            size = data_size(self._history.path.stat().st_size)
        except (StoreError, OSError) as exc:
            self.count.setText(describe_trouble(exc))
            return
        text = self.tr("{n} transcripts, {size}").format(n=n, size=size)
        if n_open:
            text = self.tr("{text}. Finish or cancel what is in the queue to delete all.").format(
                text=text
            )
        self.count.setText(text)
        self.delete.setEnabled(n > 0 and not n_open and not self._task.is_running)

    def _arrange(self) -> None:
        self._privacy = self.section()
        self.block(self.offline)
        self._history_title = self.section()
        self._keep_row = self.row(self.keep)
        self.block(self.count)
        self.block(self.delete, left=True)
        for widget in (self.confirm, self.task, self.result):
            self.block(widget)
        self._files = self.section()
        self.block(self.place)
        self.block(self.open, left=True)
        self.block(self.portable)
