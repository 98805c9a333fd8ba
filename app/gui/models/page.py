"""The models page: which packs there are, which one is used, and how to get another one.

    PackLibrary.find -> cards;  drop, import, verify, measure, remove -> PackActions -> cards

The page is the only judge of whether there is a usable pack: the window asks ``pack_path`` before
it starts anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.engine.loading import Loader, load_engine
from app.engine.pack_library import FoundPack, PackLibrary, choose_found
from app.gui.models.header import ModelsHeader
from app.gui.models.pack_actions import PackActions
from app.gui.models.pack_card import PackCard
from app.gui.models.pack_guard import dropped_packs, guarded, judged
from app.gui.models.pack_list import PackList
from app.gui.settings.store import Settings, SettingsStore
from app.gui.widgets.card import Message
from app.gui.widgets.rows import TaskRow


class ModelsPage(QWidget):
    """The page with all packs.

    Call ``close_tasks`` before the program ends.

    Args:
        store: which pack is used, browsed folders, measured speeds.
        sample: a recording of some seconds for measuring the speed.
        packs: finds them.
        load: loads a model.

    Attributes:
        unusable: paths of packs that were found and must not be used.

    Signals:
        valid_pack_changed(object): path (str) of the pack that will be used, or None: then nothing
            may be started.
    """

    valid_pack_changed = Signal(object)

    def __init__(
        self,
        store: SettingsStore,
        *,
        sample: Path,
        packs: PackLibrary | None = None,
        load: Loader = load_engine,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._library = packs or PackLibrary()
        self._found: list[FoundPack] = []
        self._folders: tuple[str, ...] = ()
        self._engine_busy = False
        self._had_one = False  # a pack that could be used, before the last look
        self.unusable: frozenset[str] = frozenset()
        self._told: str | None = ""  # differs from any path and from None
        self.header = ModelsHeader()
        self.message = Message()
        self.import_row = TaskRow()
        self._actions = PackActions(
            store, self._library, load, sample, self.import_row, self.message
        )
        self._jobs = self._actions.jobs
        self._list = PackList(lambda path: store.settings.measured_speed(path))
        self._connect()
        self._lay_out()
        self.setAcceptDrops(True)
        self.retranslate()
        self.refresh()

    def valid_pack(self) -> FoundPack | None:
        """Give the pack that will be used; None if there is none, or the chosen one is unusable."""
        return choose_found(self._found, self._store.settings.pack)

    def pack_path(self) -> str | None:
        """Give the path of ``valid_pack``, for ``JobOptions.pack``."""
        pack = self.valid_pack()
        return str(pack.path) if pack is not None else None

    def guarded(self, load: Loader) -> Loader:
        """Give a loader that refuses what must not be used; it may be called from any thread."""
        return guarded(load, lambda: self.unusable)

    def usable_packs(self) -> list[FoundPack]:
        """List the packs that can be chosen."""
        return [pack for pack in self._found if pack.is_usable]

    @property
    def languages(self) -> tuple[str, ...]:
        """Canonical names of the languages of the pack that will be used."""
        pack = self.valid_pack()
        return pack.manifest.languages if pack is not None and pack.manifest is not None else ()

    @property
    def takes_context(self) -> bool:
        """Whether the pack that will be used reads a context."""
        pack = self.valid_pack()
        return pack is None or pack.manifest is None or pack.manifest.takes_context

    @property
    def cards(self) -> list[PackCard]:
        """The cards, in the order of the page."""
        return self._list.cards

    @property
    def is_busy(self) -> bool:
        """Whether something is under way in the background."""
        return self._jobs.is_busy

    def set_engine_busy(self, busy: bool) -> None:
        """Say whether a recording is being recognised: no speed is measured meanwhile."""
        self._engine_busy = busy
        self.on_busy_changed(self.is_busy)

    def close_tasks(self) -> None:
        """Stop what is under way and end the thread; call it before the program ends."""
        self._jobs.close()

    @Slot()
    def refresh(self) -> None:
        """Look for packs again."""
        self._had_one = self.valid_pack() is not None
        self._found = self._look()
        self.unusable = frozenset(str(p.path) for p in self._found if not p.is_usable)
        self._list.show_packs(self._found)
        self.header.set_empty(not self._found)
        self._show_choice()

    def import_packs(self, sources: Sequence[Path]) -> None:
        """Copy packs into the user's folder, one after the other."""
        self._actions.import_packs(sources)

    def use_folder(self, folder: Path) -> None:
        """Use the packs in a folder where they are."""
        settings = self._store.settings
        if not self._library.find_in(folder):
            text = self.tr("There is no model in {folder}. A model's folder holds manifest.json.")
            self.message.tell(text.format(folder=folder), "bad")
        elif str(folder) not in settings.pack_folders:
            self.message.tell("")
            self._store.change(
                replace(settings, pack_folders=(*settings.pack_folders, str(folder)))
            )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take packs; anything else goes on to the window."""
        if not dropped_packs(event):
            event.ignore()
            return
        self.header.set_lit(True)
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Put the light out."""
        self.header.set_lit(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Import what was dropped."""
        self.header.set_lit(False)
        event.acceptProposedAction()
        self.import_packs(dropped_packs(event))

    @Slot(str)
    def on_chosen(self, path: str) -> None:
        """Use another pack."""
        self._store.change(replace(self._store.settings, pack=path))

    @Slot(str)
    def on_verify_requested(self, path: str) -> None:
        """Verify a pack."""
        self._actions.verify(self._list.card(path))

    @Slot(str)
    def on_measure_requested(self, path: str) -> None:
        """Measure the speed of a pack."""
        self._actions.measure(self._list.card(path))

    @Slot(str)
    def on_remove_requested(self, path: str) -> None:
        """Remove a pack of the user's."""
        self._actions.remove(self._list.card(path))

    @Slot(str)
    def on_forget_requested(self, path: str) -> None:
        """Take a browsed pack, or the folder in which it lies, off the list."""
        settings = self._store.settings
        gone = {path, str(Path(path).parent)}
        kept = tuple(folder for folder in settings.pack_folders if folder not in gone)
        pack = None if settings.pack == path else settings.pack
        self._store.change(replace(settings, pack_folders=kept, pack=pack))

    @Slot()
    def on_import_file(self) -> None:
        """Ask for pack files or zips."""
        kinds = self.tr("Models (*.songshu *.zip)")
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Add a model"), "", kinds)
        self.import_packs([Path(name) for name in names])

    @Slot()
    def on_import_folder(self) -> None:
        """Ask for a folder to copy."""
        if name := QFileDialog.getExistingDirectory(self, self.tr("Copy a model's folder")):
            self.import_packs([Path(name)])

    @Slot()
    def on_use_folder(self) -> None:
        """Ask for a folder to use in place."""
        if name := QFileDialog.getExistingDirectory(self, self.tr("Use a folder where it is")):
            self.use_folder(Path(name))

    @Slot(object)
    def on_settings_changed(self, settings: Settings) -> None:
        """Show another choice; look again if other folders are to be searched."""
        if settings.pack_folders != self._folders:
            self.refresh()
        else:
            self._show_choice()

    @Slot(bool)
    def on_busy_changed(self, busy: bool) -> None:
        """Take clicks, or not."""
        self._list.set_busy(busy, engine_busy=self._engine_busy)

    @Slot(str)
    def on_imported(self, path: str) -> None:
        """Show a new pack, and use it if there was none."""
        card = self._list.card(path)
        self.message.tell(self.tr("{name} is ready.").format(name=card.pack.name))
        self._list.ensureWidgetVisible(card)
        if not self._had_one:
            self.on_chosen(card.path)

    @Slot()
    def on_removed(self) -> None:
        """Take another pack if the chosen one is gone."""
        settings = self._store.settings
        if settings.pack is not None and self.valid_pack() is None:
            self._store.change(replace(settings, pack=None))

    @Slot(str, str, str)
    def on_told(self, path: str, text: str, kind: str) -> None:
        """Say how something ended on the card of a pack, if it is still there."""
        for card in self.cards:
            if card.path == path:
                card.result.tell(text, kind)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self._list.setAccessibleName(self.tr("Models on this computer"))
        self._show_choice()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _look(self) -> list[FoundPack]:
        self._folders = self._store.settings.pack_folders
        found = self._library.find([Path(folder) for folder in self._folders])
        return [judged(pack, self._store.settings.damaged_packs) for pack in found]

    def _show_choice(self) -> None:
        """Mark the pack that will be used, and tell the window if it is another one."""
        path = self.pack_path()
        self._list.set_chosen(path)
        wanted = self._store.settings.pack
        self.header.set_missing(wanted if path is None and self._found else None)
        if path != self._told:
            self._told = path
            self.valid_pack_changed.emit(path)

    def _connect(self) -> None:
        header, actions, cards = self.header, self._actions, self._list
        header.file_requested.connect(self.on_import_file)
        header.folder_requested.connect(self.on_import_folder)
        header.in_place_requested.connect(self.on_use_folder)
        actions.jobs.busy_changed.connect(self.on_busy_changed)
        actions.changed.connect(self.refresh)
        actions.imported.connect(self.on_imported)
        actions.removed.connect(self.on_removed)
        actions.told.connect(self.on_told)
        cards.chosen.connect(self.on_chosen)
        cards.verify_requested.connect(self.on_verify_requested)
        cards.measure_requested.connect(self.on_measure_requested)
        cards.remove_requested.connect(self.on_remove_requested)
        cards.forget_requested.connect(self.on_forget_requested)
        cards.cancel_requested.connect(actions.jobs.cancel)
        self._store.changed.connect(self.on_settings_changed)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.header)
        layout.addWidget(self.import_row)
        layout.addWidget(self.message)
        layout.addWidget(self._list, 1)
