"""The window: sidebar, pages, status line; it brings wishes and events to whom they belong.

    sidebar, pages --wishes--> window --> engine, library
    engine --events (queued)--> window --> sidebar, page, status line

Everything is given to it (library, engine, settings), so that a test builds it from what it likes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QMainWindow,
    QWidget,
)

from app.cli.sources import MEDIA_SUFFIXES
from app.errors import ItemNotFoundError
from app.gui.items.actions import ItemActions
from app.gui.items.drops import may_be_dropped
from app.gui.items.intake import FileIntake
from app.gui.settings.store import SettingsStore
from app.gui.threads.engine import Engine
from app.gui.widgets.fitting import fit
from app.gui.window.closing import ask_to_close
from app.gui.window.leaving import Leave
from app.gui.window.model_in_use import ModelInUse
from app.gui.window.parts import WindowParts
from app.gui.window.wiring import connect_events, connect_wishes, make_shortcuts
from app.store.library import Library
from app.store.types import ItemState, JobOptions

_log = logging.getLogger(__name__)
_GEOMETRY = "window.geometry"
_SIZE, _LEAST_SIZE = QSize(1120, 720), QSize(880, 600)


class MainWindow(QMainWindow):
    """The one window.

    Args:
        library: items and lines.
        engine: recognises them.
        settings: of the person.
        sample: the recording behind "Try the sample".
        confirm_close: asks whether to close amid work, told whether something is being recorded;
            another one serves tests.

    Signals:
        settings_requested(str): show this page of the settings.
        export_requested(object): export the items of these ids.
        play_requested(int, float): play an item from a position in seconds.
        item_shown(object): the Item that is open now, or None.
        escaped(): Esc was pressed, while ``escape_first`` is on.
        ended(): it was closed for good.

    Attributes:
        model: which one is used.
        escape_first: Esc is for whoever set this, and stops nothing.
        is_recording: tells whether the microphone is on; whoever records sets it.
        leave: says what closing means; whoever keeps the program in the tray sets it.
    """

    settings_requested = Signal(str)
    export_requested = Signal(object)
    play_requested = Signal(int, float)
    item_shown = Signal(object)
    escaped = Signal()
    ended = Signal()

    def __init__(
        self,
        library: Library,
        engine: Engine,
        settings: SettingsStore,
        *,
        sample: Path,
        confirm_close: Callable[[QWidget, bool], bool] | None = None,
    ) -> None:
        super().__init__()
        self._library = library
        self._engine = engine
        self._sample = sample
        self._confirm_close = confirm_close or ask_to_close
        self.escape_first = False
        self.is_recording: Callable[[], bool] = lambda: False
        self.leave: Callable[[QWidget], Leave] = lambda _window: Leave.END
        parts = WindowParts(self, library)
        self.sidebar, self.idle, self.page = parts.sidebar, parts.idle, parts.page
        self.pages, self.content = parts.pages, parts.content
        self.above, self.below = parts.above, parts.below
        self.problem, self.status, self.undo_bar = parts.problem, parts.status, parts.undo_bar
        self._name_parts()
        self.intake = FileIntake(library, self.job_options, self)
        self.actions_on_items = ItemActions(library, engine, self.intake, self.undo_bar)
        self.model = ModelInUse(parts, engine, self.actions_on_items, settings)
        connect_wishes(self, engine)
        connect_events(self, engine)
        make_shortcuts(self)
        self.setAcceptDrops(True)
        self.setWindowTitle("Songshu")
        fit(self, _SIZE, _LEAST_SIZE)
        self._restore_geometry()
        self._update_queue()
        self.idle.choose.setFocus()

    def job_options(self) -> JobOptions:
        """Give the settings with which a file is queued now."""
        return self.model.job_options()

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Take files and folders from outside, and come to the front."""
        self.intake.take_paths(paths)
        self.come_forward()

    def come_forward(self) -> None:
        """Come to the front, also from the task bar."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def start_queue(self) -> None:
        """Go on with what waited at the last end."""
        self._library.drop_earlier()
        self._library.recover()
        self.reload_list()
        self._engine.wake()

    def show_item(self, item_id: int, line_id: int | None = None) -> None:
        """Open an item."""
        try:
            item = self._library.item(item_id)
        except ItemNotFoundError:
            return
        self.page.show_item(item, line_id)
        keep_focus = self.sidebar.isAncestorOf(self.focusWidget() or self.idle)
        self.pages.setCurrentWidget(self.page)
        if not keep_focus:
            self.page.take_focus()
        self.sidebar.choose(item_id)
        self.item_shown.emit(item)

    def reload(self) -> None:
        """Read everything anew, after the history was deleted."""
        self.show_idle()
        self.reload_list()

    @Slot()
    def reload_list(self) -> None:
        """Read the list anew, after items came or went."""
        self.sidebar.reload()
        self._update_queue()

    @Slot(object)
    def on_gone(self, ids: Sequence[int]) -> None:
        """Leave the page of an item that is in the trash now."""
        if self.page.item is not None and self.page.item.id in ids:
            self.show_idle()

    def tell(self, text: str) -> None:
        """Say something in passing."""
        self.undo_bar.tell(text)

    def tell_crash(self, report: str) -> None:
        """Say that the program crashed the last time; the report can be copied."""
        self.problem.show_error(
            "Crash", report, self.tr("What was recognised is here; recognition goes on by itself.")
        )

    @Slot()
    def show_idle(self) -> None:
        """Show the page for new files."""
        self.pages.setCurrentWidget(self.idle)
        self.page.close_item()
        self.sidebar.choose(None)
        self.item_shown.emit(None)
        self.idle.choose.setFocus()

    @Slot()
    def choose_files(self) -> None:
        """Open the file dialog."""
        media = " ".join(f"*{suffix}" for suffix in sorted(MEDIA_SUFFIXES))
        recordings, everything = self.tr("Audio and video"), self.tr("All files")
        kinds = f"{recordings} ({media});;{everything} (*)"
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Choose files"), "", kinds)
        self.intake.take_paths([Path(name) for name in names])

    @Slot()
    def try_sample(self) -> None:
        """Recognise the sample; if that was done before, show it."""
        self.intake.take_paths([self._sample])

    @Slot(object)
    def on_item_event(self, event: object) -> None:
        """Show the new state of an item; every event that names one comes here."""
        self.refresh_item(event.item_id)  # type: ignore[attr-defined]

    @Slot(int)
    def refresh_item(self, item_id: int) -> None:
        """Read an item anew and show it wherever it is shown."""
        try:
            item = self._library.item(item_id)
        except ItemNotFoundError:
            return
        self.sidebar.put(item)
        if item.deleted:  # a recording that holds nothing, say
            self.on_gone([item.id])
        self.page.update_item(item)
        self._update_queue()

    @Slot()
    def on_escape(self) -> None:
        """Close the search, or stop what is running and shown."""
        item = self.page.item
        if self.escape_first:
            self.escaped.emit()
        elif self.page.find_bar.isVisible():
            self.page.find_bar.dismiss()
        elif item is not None and item.state is ItemState.RUNNING:
            self.actions_on_items.on_action("cancel", item.id)

    @Slot()
    def on_model_wanted(self) -> None:
        """Show the models."""
        self.settings_requested.emit("models")

    @Slot(int)
    def on_export_wanted(self, item_id: int) -> None:
        """Export the open item."""
        self.export_requested.emit([item_id])

    @Slot()
    def on_settings_wanted(self) -> None:
        """Show the settings."""
        self.settings_requested.emit("general")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Light up for what would be taken."""
        if event.source() is None and may_be_dropped(event.mimeData()):  # not our own transcript
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.idle.card.set_lit(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Go dark again."""
        self.idle.card.set_lit(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Take what was dropped."""
        self.idle.card.set_lit(False)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.intake.take_mime(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Go out of sight, or end everything in order; ask before something is interrupted."""
        leave = self.leave(self)
        if leave is not Leave.END:
            event.ignore()
            if leave is Leave.TRAY:
                self._keep_geometry()
                self.hide()
            return
        is_recording = self.is_recording()
        is_busy = is_recording or self._engine.running_item is not None
        if is_busy and not self._confirm_close(self, is_recording):
            event.ignore()
            return
        self._keep_geometry()
        self.intake.close()
        self._engine.close()
        event.accept()
        self.ended.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._name_parts()
            self.model.show_languages()
        super().changeEvent(event)

    def _update_queue(self) -> None:
        n_waiting, n_running = self._library.count_queue()
        self.status.set_queue(n_waiting, working=n_running > 0)

    def _keep_geometry(self) -> None:
        self._library.put(_GEOMETRY, self.saveGeometry().toBase64().toStdString())

    def _restore_geometry(self) -> None:
        stored = self._library.get(_GEOMETRY)
        if isinstance(stored, str):
            self.restoreGeometry(QByteArray.fromBase64(stored.encode("ascii", "replace")))

    def _name_parts(self) -> None:
        self.sidebar.setAccessibleName(self.tr("Jobs and transcripts"))
        self.content.setAccessibleName(self.tr("Open page"))

    def add_above(self, widget: QWidget) -> None:
        """Put a widget above the pages, such as the tour."""
        self.above.addWidget(widget)

    def add_below(self, widget: QWidget) -> None:
        """Put a widget under the pages, such as the player."""
        self.below.addWidget(widget)
