"""The window: sidebar, pages, status line; it brings wishes and events to whom they belong.

    sidebar, pages --wishes--> window --> engine, library
    engine --events (queued)--> window --> sidebar, page, status line

Everything is given to it (library, engine, settings), so that a test builds it from what it likes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QMainWindow,
    QMessageBox,
    QWidget,
)

from app.cli.sources import MEDIA_SUFFIXES
from app.errors import ItemNotFoundError
from app.gui import words
from app.gui.drops import may_be_dropped
from app.gui.engine import QUEUED, Engine
from app.gui.events import EnginePhase, EngineState
from app.gui.intake import FileIntake
from app.gui.item_actions import ItemActions
from app.gui.languages import favourites_first
from app.gui.settings import Settings, SettingsStore
from app.gui.window_parts import WindowParts
from app.store.library import Library
from app.store.types import ItemState, JobOptions

_log = logging.getLogger(__name__)
_GEOMETRY = "window.geometry"


class MainWindow(QMainWindow):
    """The one window.

    Args:
        library: items and lines.
        engine: recognises them.
        settings: of the person.
        sample: the recording behind "Try the sample".
        confirm_close: asks whether to close while an item runs; another one serves tests.

    Signals:
        settings_requested(str): show this page of the settings.
        export_requested(object): export the items of these ids.
        play_requested(int, float): play an item from a position in seconds.
        item_shown(object): the Item that is open now, or None.
        escaped(): Esc was pressed, while ``escape_first`` is on.

    Attributes:
        escape_first: Esc is for whoever set this, and stops nothing.
    """

    settings_requested = Signal(str)
    export_requested = Signal(object)
    play_requested = Signal(int, float)
    item_shown = Signal(object)
    escaped = Signal()

    def __init__(
        self,
        library: Library,
        engine: Engine,
        settings: SettingsStore,
        *,
        sample: Path,
        confirm_close: Callable[[QWidget], bool] | None = None,
    ) -> None:
        super().__init__()
        self._library = library
        self._engine = engine
        self._settings = settings
        self._sample = sample
        self._confirm_close = confirm_close or ask_to_close
        self._pack: str | None = None
        self._has_model = True
        self.escape_first = False
        self._engine_state = EngineState(phase=EnginePhase.IDLE)
        self._languages: Sequence[str] = ()
        parts = WindowParts(self, library)
        self.sidebar, self.idle, self.page = parts.sidebar, parts.idle, parts.page
        self.pages, self.content = parts.pages, parts.content
        self.above, self.below = parts.above, parts.below
        self.problem, self.status, self.undo_bar = parts.problem, parts.status, parts.undo_bar
        self._name_parts()
        self.intake = FileIntake(library, self.job_options, self)
        self.actions_on_items = ItemActions(library, engine, self.intake, self.undo_bar)
        self._connect()
        self._make_shortcuts()
        self.setAcceptDrops(True)
        self.setWindowTitle("Songshu")
        self.setMinimumSize(880, 600)
        self._restore_geometry()
        self._update_queue()
        self.idle.choose.setFocus()

    def job_options(self) -> JobOptions:
        """Give the settings with which a file is queued now."""
        options = self._settings.settings.job_options()
        return replace(options, pack=options.pack or self._pack)

    def set_model(
        self,
        path: str | None,
        name: str,
        languages: Sequence[str],
        unusable: Collection[str] = (),
    ) -> None:
        """Take the model that will be used; without one nothing is started.

        Args:
            path: of the pack, None if there is none.
            name: for people.
            languages: canonical names that it knows.
            unusable: paths of packs that must not be used.
        """
        self._pack, self._languages, self._has_model = path, languages, path is not None
        self._engine.set_ready(path is not None)
        self.idle.set_has_model(path is not None)
        self.status.set_pack(name)
        self._show_languages()
        if path is None:
            return
        failed = self._engine_state.phase is EnginePhase.FAILED
        self.actions_on_items.exchange_model(path, failed=failed, unusable=unusable)
        self._engine.wake()

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
    def on_engine_changed(self, state: EngineState) -> None:
        """Show what the engine does, and why it cannot."""
        self._engine_state = state
        self.status.set_engine(state)
        if state.phase is EnginePhase.FAILED:
            kept = self.tr("The files stay in the list and start as soon as a model works.")
            self.problem.show_error(state.error_type, state.error_message, kept)
        else:
            self.problem.hide()

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

    @Slot(object)
    def on_language_chosen(self, language: str | None) -> None:
        """Store the language of the recordings."""
        self._settings.change(replace(self._settings.settings, language=language))

    @Slot(object)
    def on_settings_changed(self, _settings: Settings) -> None:
        """Show languages as they are set now."""
        self._show_languages()

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

    @Slot()
    def on_engine_retry(self) -> None:
        """Try to load the model again."""
        self.problem.hide()
        self._engine.wake()

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
        """Ask while something runs; then end everything in order."""
        if self._engine.running_item is not None and not self._confirm_close(self):
            event.ignore()
            return
        self._library.put(_GEOMETRY, self.saveGeometry().toBase64().toStdString())
        self.intake.close()
        self._engine.close()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._name_parts()
            self._show_languages()
        super().changeEvent(event)

    def _update_queue(self) -> None:
        n_waiting, n_running = self._library.count_queue()
        self.status.set_queue(n_waiting, working=n_running > 0)

    def _show_languages(self) -> None:
        settings = self._settings.settings
        languages = favourites_first(self._languages, settings.favourites)
        self.idle.set_languages(languages, settings.language)

    def _restore_geometry(self) -> None:
        stored = self._library.get(_GEOMETRY)
        if not (
            isinstance(stored, str)
            and self.restoreGeometry(QByteArray.fromBase64(stored.encode("ascii", "replace")))
        ):
            self.resize(QSize(1120, 720))

    def _name_parts(self) -> None:
        self.sidebar.setAccessibleName(self.tr("Jobs and transcripts"))
        self.content.setAccessibleName(self.tr("Open page"))

    def add_above(self, widget: QWidget) -> None:
        """Put a widget above the pages, such as the tour."""
        self.above.addWidget(widget)

    def add_below(self, widget: QWidget) -> None:
        """Put a widget under the pages, such as the player."""
        self.below.addWidget(widget)

    def _connect(self) -> None:
        sidebar, page, worker = self.sidebar, self.page, self._engine.worker
        actions = self.actions_on_items
        sidebar.new_requested.connect(self.show_idle)
        sidebar.item_chosen.connect(self.show_item)
        sidebar.action_requested.connect(actions.on_action)
        sidebar.rename_requested.connect(actions.rename)
        sidebar.delete_requested.connect(actions.delete)
        actions.opened.connect(self.show_item)
        actions.changed.connect(self.refresh_item)
        actions.list_changed.connect(self.reload_list)
        actions.gone.connect(self.on_gone)
        actions.models_requested.connect(self.on_model_wanted)
        sidebar.settings_requested.connect(self.on_settings_wanted)
        sidebar.models_requested.connect(self.on_model_wanted)
        self.idle.files_requested.connect(self.choose_files)
        self.idle.sample_requested.connect(self.try_sample)
        self.idle.model_requested.connect(self.on_model_wanted)
        self.idle.language_chosen.connect(self.on_language_chosen)
        page.retry_requested.connect(self._engine.retry)
        page.model_requested.connect(self.on_model_wanted)
        page.export_requested.connect(self.on_export_wanted)
        sidebar.export_requested.connect(self.export_requested)
        page.play_requested.connect(self.play_requested)
        self.problem.retry_requested.connect(self.on_engine_retry)
        self.problem.model_requested.connect(self.on_model_wanted)
        self.intake.taken.connect(actions.on_taken)
        self.intake.refused.connect(self.undo_bar.tell)
        self._settings.changed.connect(self.on_settings_changed)
        self._engine.changed.connect(self.refresh_item)
        worker.engine_changed.connect(self.on_engine_changed, QUEUED)
        for signal in (
            worker.job_started,
            worker.job_finished,
            worker.job_stopped,
            worker.job_failed,
        ):
            signal.connect(self.on_item_event, QUEUED)
        worker.job_progressed.connect(sidebar.set_progress, QUEUED)
        worker.job_progressed.connect(self.status.set_progress, QUEUED)
        worker.live_text_changed.connect(page.on_live_text_changed, QUEUED)
        worker.line_added.connect(page.on_line_added, QUEUED)

    def _make_shortcuts(self) -> None:
        for keys, slot in (
            ("Ctrl+N", self.show_idle),
            ("Ctrl+O", self.choose_files),
            ("Ctrl+,", self.on_settings_wanted),
            ("Ctrl+Shift+F", self.sidebar.search.setFocus),
            ("Esc", self.on_escape),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(slot)
            self.addAction(action)


def ask_to_close(window: QWidget) -> bool:
    """Ask whether to close while something is being recognised."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(words.tr("A recording is still being recognised."))
    box.setInformativeText(words.tr("If you close now, it goes on at the next start."))
    close = box.addButton(words.tr("Close"), QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(words.tr("Keep working"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is close
