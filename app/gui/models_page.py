"""The models page: which packs there are, which one is used, and how to get another one.

    PackLibrary.find -> cards;  drop, import, verify, measure, remove -> PackJobs -> cards

The page is the only judge of whether there is a usable pack: the window asks ``pack_path`` before
it starts anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QScrollArea, QVBoxLayout, QWidget

from app.engine.loading import Loader, load_engine
from app.engine.pack_library import FoundPack, PackLibrary, choose_found, pack_mark
from app.errors import PackCorruptError
from app.gui import words
from app.gui.background import Work
from app.gui.card import Message
from app.gui.models_header import ModelsHeader
from app.gui.pack_card import PackCard
from app.gui.pack_guard import dropped_packs, guarded, judged
from app.gui.pack_jobs import Job, PackJobs, error_words
from app.gui.pack_work import import_work, measure_work, remove_work, verify_work
from app.gui.rows import TaskRow
from app.gui.settings import Settings, SettingsStore


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
        self._sample = sample
        self._library = packs or PackLibrary()
        self._load = load
        self._found: list[FoundPack] = []
        self._cards: list[PackCard] = []
        self._retired: list[PackCard] = []
        self._folders: tuple[str, ...] = ()
        self._engine_busy = False
        self.unusable: frozenset[str] = frozenset()
        self._told: str | None = ""  # differs from any path and from None
        self._jobs = PackJobs(self)
        self._jobs.busy_changed.connect(self.on_busy_changed)
        self.header = ModelsHeader()
        self.header.file_requested.connect(self.on_import_file)
        self.header.folder_requested.connect(self.on_import_folder)
        self.header.in_place_requested.connect(self.on_use_folder)
        self.message = Message()
        self.import_row = TaskRow()
        self.import_row.cancel_requested.connect(self._jobs.cancel)
        self._group = QButtonGroup(self)
        self._lay_out()
        self.setAcceptDrops(True)
        store.changed.connect(self.on_settings_changed)
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
        return list(self._cards)

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
        self._found = self._look()
        self.unusable = frozenset(str(p.path) for p in self._found if not p.is_usable)
        old = {card.path: card for card in self._cards if card.is_for(self._pack_at(card.path))}
        for card in self._cards:
            self._list.removeWidget(card)
            if card.path not in old:
                self._retire(card)
        self._cards = [old.get(str(p.path)) or self._make_card(p) for p in self._found]
        for place, card in enumerate(self._cards):
            self._list.insertWidget(place, card)
        self.header.set_empty(not self._cards)
        self._show_choice()

    def import_packs(self, sources: Sequence[Path]) -> None:
        """Copy packs into the user's folder, one after the other."""
        for source in sources:
            text = self.tr("Copying {name}…").format(name=source.name)
            work = import_work(source, self._library.user_folder)
            self._add_job(text, work, self._imported, self.import_row, self.message)

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
        card = self._card(path)
        self._jobs.add(
            Job(
                text=self.tr("Verifying…"),
                work=verify_work(Path(path)),
                row=card.task,
                message=card.result,
                on_done=partial(self._verified, path),
                on_failed=partial(self._not_verified, path),
            )
        )

    @Slot(str)
    def on_measure_requested(self, path: str) -> None:
        """Measure the speed of a pack."""
        card = self._card(path)
        done = partial(self._measured, card)
        work = measure_work(Path(path), self._sample, self._store.settings.n_threads, self._load)
        self._add_job(self.tr("Measuring…"), work, done, card.task, card.result)

    @Slot(str)
    def on_remove_requested(self, path: str) -> None:
        """Remove a pack of the user's."""
        card = self._card(path)
        work = remove_work(self._library, card.pack)
        self._add_job(self.tr("Removing…"), work, self._removed, card.task, card.result)

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
        for card in self._cards:
            card.set_busy(busy, engine_busy=self._engine_busy)
        if not busy:
            self._delete_retired()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self._scroll.setAccessibleName(self.tr("Models on this computer"))
        self._show_choice()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _add_job(
        self,
        text: str,
        work: Work,
        on_done: Callable[[object], None],
        row: TaskRow,
        message: Message,
    ) -> None:
        job = Job(text=text, work=work, row=row, message=message, on_done=on_done)
        self._jobs.add(job)

    def _imported(self, result: object) -> None:
        had_one = self.valid_pack() is not None
        self.refresh()
        card = self._card(str(result))
        self.message.tell(self.tr("{name} is ready.").format(name=card.pack.name))
        self._scroll.ensureWidgetVisible(card)
        if not had_one:
            self.on_chosen(card.path)

    def _verified(self, path: str, _result: object) -> None:
        self._store.change(self._store.settings.with_damaged(path, None))
        self.refresh()
        self._tell(path, self.tr("Every file is intact."), "good")

    def _not_verified(self, path: str, error: Exception) -> None:
        """Let a pack that is damaged never be used again, until its files are other ones."""
        if isinstance(error, PackCorruptError):
            self._store.change(self._store.settings.with_damaged(path, pack_mark(Path(path))))
        self.refresh()
        self._tell(path, error_words(error), "bad")

    def _measured(self, card: PackCard, result: object) -> None:
        assert isinstance(result, float), "measure_work returns a speed"
        card.set_speed(result)
        card.result.tell(self.tr("Measured: {speed}.").format(speed=words.speed(result)))
        self._store.change(self._store.settings.with_speed(card.path, result))

    def _removed(self, _result: object) -> None:
        self.message.tell(self.tr("The model was removed."))
        self.refresh()
        settings = self._store.settings
        if settings.pack is not None and self.valid_pack() is None:
            self._store.change(replace(settings, pack=None))

    def _look(self) -> list[FoundPack]:
        self._folders = self._store.settings.pack_folders
        found = self._library.find([Path(folder) for folder in self._folders])
        return [judged(pack, self._store.settings.damaged_packs) for pack in found]

    def _make_card(self, pack: FoundPack) -> PackCard:
        card = PackCard(pack, self._store.settings.measured_speed(str(pack.path)))
        self._group.addButton(card.radio)
        card.chosen.connect(self.on_chosen)
        card.verify_requested.connect(self.on_verify_requested)
        card.measure_requested.connect(self.on_measure_requested)
        card.remove_requested.connect(self.on_remove_requested)
        card.forget_requested.connect(self.on_forget_requested)
        card.task.cancel_requested.connect(self._jobs.cancel)
        card.set_busy(self.is_busy, engine_busy=self._engine_busy)
        return card

    def _retire(self, card: PackCard) -> None:
        """Take a card away; a job may still show its bar there until it ends."""
        self._group.removeButton(card.radio)
        card.hide()
        self._retired.append(card)
        if not self.is_busy:
            self._delete_retired()

    def _delete_retired(self) -> None:
        while self._retired:
            self._retired.pop().deleteLater()

    def _pack_at(self, path: str) -> FoundPack | None:
        return next((pack for pack in self._found if str(pack.path) == path), None)

    def _card(self, path: str) -> PackCard:
        return next(card for card in self._cards if card.path == path)

    def _tell(self, path: str, text: str, kind: str) -> None:
        """Say how something ended on the card of a pack, if it is still there."""
        for card in self._cards:
            if card.path == path:
                card.result.tell(text, kind)

    def _show_choice(self) -> None:
        """Mark the pack that will be used, and tell the window if it is another one."""
        path = self.pack_path()
        self._group.setExclusive(False)  # or the last checked button cannot be unchecked
        for card in self._cards:
            card.set_chosen(card.path == path)
        self._group.setExclusive(True)
        wanted = self._store.settings.pack
        self.header.set_missing(wanted if path is None and self._cards else None)
        if path != self._told:
            self._told = path
            self.valid_pack_changed.emit(path)

    def _lay_out(self) -> None:
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(12)
        self._list.addStretch()
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.header)
        layout.addWidget(self.import_row)
        layout.addWidget(self.message)
        layout.addWidget(self._scroll, 1)
