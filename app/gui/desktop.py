"""Puts the parts of the desktop app together and keeps them in step with the settings.

    library -> settings -> theme, translations
            -> engine   -> window <- models page (which pack), settings sheet, export, player

One object owns them all, so that they end in the right order: first what runs, last the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from app import paths
from app.audio.capture import OpenStream
from app.audio.sink import AudioSink
from app.engine.loading import Loader
from app.engine.pack_library import PackLibrary
from app.errors import StoreError, StoreFolderError
from app.gui.dictation.service import Doors
from app.gui.export.items import drag_file, exportable
from app.gui.items.again import Again
from app.gui.items.locating import Locator
from app.gui.models.page import ModelsPage
from app.gui.player.bar import PlayerBar
from app.gui.settings.store import Settings, SettingsStore, expired_items
from app.gui.speech import Speech
from app.gui.system.scratch import Scratch
from app.gui.threads.background import BackgroundTask
from app.gui.threads.engine import QUEUED, Engine
from app.gui.translation import Translations
from app.gui.widgets.style import apply_style, system_is_dark
from app.gui.window.leaving import Leaving
from app.gui.window.main_window import MainWindow
from app.gui.window.player_link import PlayerLink
from app.gui.window.tour import Tour
from app.gui.wording.trouble import describe_trouble
from app.licences import read_licences
from app.store.library import Library

if TYPE_CHECKING:
    from app.gui.export.dialog import ExportDialog
    from app.gui.settings_sheet.dialog import SettingsDialog
    from app.gui.window.about_dialog import AboutDialog

_log = logging.getLogger(__name__)


class Desktop(QObject):
    """The desktop app in one process.

    Args:
        app: the application.
        library: everything that is kept.
        load: loads a model.
        packs: finds models; another one serves tests.
        is_dark: tells whether the system is dark now.
        sink: where sound goes; the system's output if not given.
        open_stream: where it comes from; the system's microphones if not given.
        doors: to the keyboard and windows of other programs; the system's if not given.

    Attributes:
        window: the main window.
        settings: the settings of now.
        leaving: what closing the window means.
    """

    def __init__(
        self,
        app: QApplication,
        library: Library,
        load: Loader,
        *,
        packs: PackLibrary | None = None,
        is_dark: Callable[[QApplication], bool] = system_is_dark,
        sink: AudioSink | None = None,
        open_stream: OpenStream | None = None,
        doors: Doors | None = None,
    ) -> None:
        super().__init__()
        self._app = app
        self._is_dark = is_dark
        self._library = library
        self._translations = Translations(app)
        self._look: tuple[bool, str] | None = None
        self._dialog: SettingsDialog | None = None
        self._export: ExportDialog | None = None
        self._about: AboutDialog | None = None
        self.settings = SettingsStore(library, self)
        self._apply(self.settings.settings)
        sample = paths.bundle_folder() / "samples" / "squirrel.wav"
        self.models = ModelsPage(self.settings, sample=sample, packs=packs, load=load)
        self.engine = Engine(library, self.models.guarded(load), self)
        self.window = MainWindow(library, self.engine, self.settings, sample=sample)
        self.player = PlayerBar(library.path.parent / "waveforms", sink)
        link = PlayerLink(self.player, self.window, self.settings)
        self.locator = self._make_locator(link)
        self.speech = Speech(library, self.engine, self.window, self.settings, open_stream, doors)
        self.again = self._make_again()
        self.leaving = Leaving(
            self.settings, self.speech.dictation.service.tray.is_seen, parent=self
        )
        self.window.leave = self.leaving.decide
        self._connect_tray()
        self.tour = Tour(self.window, self.settings, sample)
        self.settings.changed.connect(self._apply)
        self.settings.failed.connect(self.on_not_stored)
        self.models.valid_pack_changed.connect(self.on_pack_changed)
        self.window.settings_requested.connect(self.on_settings_requested)
        self.window.export_requested.connect(self.on_export_requested)
        self._expiry = BackgroundTask(self)
        self._expiry.failed.connect(self.on_expiry_failed)
        worker = self.engine.worker
        worker.job_started.connect(self.on_job_started, QUEUED)
        worker.queue_emptied.connect(self.on_queue_emptied, QUEUED)
        self._drag_folder = Scratch(library.path.parent / "dragged")
        self.window.sidebar.model.set_drag_source(self._drag_file)
        app.styleHints().colorSchemeChanged.connect(self.on_scheme_changed)
        self.on_pack_changed(self.models.pack_path())

    def open(self, files: Sequence[Path] = (), *, hidden: bool = False) -> None:
        """Show the window, go on with what waited, and take files.

        Args:
            files: files and folders to recognise.
            hidden: leave the window closed; the tray, or another start, opens it.
        """
        if not hidden:
            self.window.show()  # when it is painted, model and microphone are made ready
        else:
            self.speech.warm_up()
        self._empty_trash()
        self.speech.rescue()
        self.speech.start()
        self.window.start_queue()
        if files:
            self.window.add_paths(files)
        elif self.engine.is_ready and not hidden and not self._library.items():
            self.tour.start_once()
        if self._library.moved_aside is not None:
            self.window.tell(
                self.tr(
                    "The history was damaged. It was put aside as {name}; a new one begins."
                ).format(name=self._library.moved_aside.name)
            )

    def close(self) -> None:
        """End everything; what runs goes on at the next start."""
        if self._dialog is not None:
            self._dialog.close_tasks()
        if self._export is not None:
            self._export.close_tasks()
        self.speech.close()  # a recording that ends is shown, and opened in the player
        self.player.close_player()
        self._expiry.close()
        self.models.close_tasks()
        self.window.intake.close()
        self.engine.close()
        self._library.close()
        self._drag_folder.close()

    @Slot()
    def on_painted(self) -> None:
        """Load the model, now that the window is there: whoever drops a file need not wait then."""
        _log.info("the window is there")
        self.speech.warm_up()
        if self.models.valid_pack() is not None:
            self.engine.prepare(self.window.job_options())

    @Slot(str)
    def take_command(self, command: str) -> None:
        """Do what a start of the program asks for instead of opening the window."""
        self.speech.dictation.service.take_command(command)

    @Slot(object)
    def on_pack_changed(self, path: str | None) -> None:
        """Tell the window which model will be used."""
        pack = self.models.valid_pack()
        name = pack.manifest.name if pack is not None and pack.manifest is not None else ""
        self.window.model.take(path, name, self.models.languages, self.models.unusable)

    @Slot(str)
    def on_settings_requested(self, page: str) -> None:
        """Show the settings; the sheet is made when it is first wanted."""
        if self._dialog is None:
            from app.gui.settings_sheet.dialog import SettingsDialog

            self._dialog = SettingsDialog(
                self.settings, self._library, models=self.models, parent=self.window
            )
            self._dialog.storage.history_deleted.connect(self.window.reload)
            self._dialog.about_requested.connect(self.on_about_requested)
            self._dialog.general.tour_requested.connect(self.on_tour_requested)
            self._dialog.recognition.devices_forgotten.connect(self.engine.reload)
        self._dialog.show_page(page)

    @Slot()
    def on_tour_requested(self) -> None:
        """Show the tour; the settings make room for it."""
        if self._dialog is not None:
            self._dialog.accept()
        self.tour.start()

    @Slot()
    def on_about_requested(self) -> None:
        """Show what Songshu is and is made of."""
        if self._about is None:
            from app.gui.window.about_dialog import AboutDialog

            self._about = AboutDialog(read_licences(paths.licences_file()), self._dialog)
        self._about.show()
        self._about.activateWindow()

    @Slot(object)
    def on_export_requested(self, ids: Sequence[int]) -> None:
        """Show the export sheet; it is made when it is first wanted."""
        if self._export is None:
            from app.gui.export.dialog import ExportDialog

            self._export = ExportDialog(self.settings, self.window)
            self._export.exported.connect(self.on_exported)
        self._export.show_items([exportable(self._library, item_id) for item_id in ids])

    @Slot(object)
    def on_exported(self, files: Sequence[Path]) -> None:
        """Say what was written."""
        if files:
            self.window.tell(self.tr("Exported: {name}").format(name=files[0].name))

    @Slot(object)
    def on_expiry_failed(self, error: Exception) -> None:
        """Leave what could not be deleted for the next start."""
        _log.warning("old transcripts could not be deleted: %s", error)

    @Slot()
    def on_scheme_changed(self) -> None:
        """Follow the system from light to dark and back."""
        self._apply(self.settings.settings)

    @Slot(object)
    def on_not_stored(self, error: StoreError) -> None:
        """Say that a setting will be gone at the next start."""
        self.window.tell(describe_trouble(error))

    @Slot()
    def on_job_started(self) -> None:
        """Let no speed be measured while the engine works."""
        self.models.set_engine_busy(True)

    @Slot()
    def on_queue_emptied(self) -> None:
        """Let speeds be measured again."""
        self.models.set_engine_busy(False)

    def _connect_tray(self) -> None:
        service = self.speech.dictation.service
        service.window_requested.connect(self.on_window_requested)
        service.settings_requested.connect(self.on_dictation_settings_requested)
        service.quit_requested.connect(self.on_quit_requested)

    @Slot()
    def on_quit_requested(self) -> None:
        """End the program; the window may be closed already, so nothing else would."""
        self.leaving.on_quit_wanted()
        if self.window.close():
            self._app.quit()

    @Slot()
    def on_window_requested(self) -> None:
        """Come to the front."""
        self.window.come_forward()

    @Slot()
    def on_dictation_settings_requested(self) -> None:
        """Show the settings of dictation."""
        self.window.come_forward()
        self.on_settings_requested("dictation")

    def _make_locator(self, link: PlayerLink) -> Locator:
        window = self.window
        locator = Locator(self._library, self.engine, window.undo_bar)
        link.locate_requested.connect(locator.locate)
        window.page.locate_requested.connect(locator.locate)
        locator.located.connect(window.refresh_item)
        locator.located.connect(link.on_located)
        return locator

    def _make_again(self) -> Again:
        window, page = self.window, self.window.page
        again = Again(self._library, self.engine, self.models, self.settings, page, window.undo_bar)
        again.opened.connect(window.show_item)
        again.changed.connect(window.refresh_item)
        again.sheet.model_requested.connect(window.on_model_wanted)
        window.actions_on_items.again_requested.connect(again.ask_for_item)
        window.actions_on_items.change_requested.connect(again.ask_for_new)
        page.again_requested.connect(again.ask_for_item)
        page.anyway_requested.connect(again.listen_everywhere)
        page.lines_again_requested.connect(again.ask_for_lines)
        return again

    def _empty_trash(self) -> None:
        """Delete for good what was deleted in the last run, and what is older than it may get."""
        keep_days = self.settings.settings.keep_days
        old = expired_items(self._library.items(), keep_days, datetime.now(UTC))
        ids = [*old, *(item.id for item in self._library.items(deleted=True))]
        if ids:
            self._library.trash(old)  # out of sight at once; wiping the text takes longer
            self._expiry.start(lambda _progress, _cancel: self._purge(ids))

    def _purge(self, ids: Sequence[int]) -> None:
        """Wipe items; runs in a thread of its own."""
        try:
            self._library.purge(ids)
        finally:
            self._library.release()

    def _drag_file(self, item_id: int) -> Path | None:
        try:
            folder = self._drag_folder.folder()
        except StoreFolderError as exc:
            _log.warning("no file to drag: %s", exc)
            return None
        return drag_file(self._library, item_id, folder)

    @Slot(object)
    def _apply(self, settings: Settings) -> None:
        """Put language, theme and text size in force."""
        system = self._is_dark(self._app)
        dark = {"light": False, "dark": True}.get(settings.theme, system)
        if self._look != (dark, settings.text_size):
            self._look = (dark, settings.text_size)
            apply_style(self._app, dark=dark, text_size=settings.text_size)
        self._translations.use(settings.ui_language)
