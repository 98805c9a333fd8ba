"""What can be done with packs on the models page: copy in, verify, measure, remove.

    card or sources -> Job -> background -> what was found out: into the settings, on the card

One after the other (``pack_jobs``); the page hears what it has to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.engine.loading import Loader
from app.engine.pack_library import PackLibrary, pack_mark
from app.errors import PackCorruptError
from app.gui.models.pack_card import PackCard
from app.gui.models.pack_jobs import Job, PackJobs, error_words
from app.gui.models.pack_work import import_work, measure_work, remove_work, verify_work
from app.gui.settings.store import SettingsStore
from app.gui.widgets.card import Message
from app.gui.widgets.rows import TaskRow
from app.gui.wording import words


class PackActions(QObject):
    """Carries out what people want done with packs.

    Args:
        store: verdicts and measured speeds.
        library: where packs are.
        load: loads a model; sample: a recording of some seconds for measuring its speed.
        row, message: show the course and the end of an import.

    Signals:
        changed(): packs came or went, or must be judged anew.
        imported(str): a pack lies at this path now. removed(): one is gone.
        told(str, str, str): path of a pack, what came out, and its kind for ``Message.tell``.
    """

    changed = Signal()
    imported = Signal(str)
    removed = Signal()
    told = Signal(str, str, str)

    def __init__(
        self,
        store: SettingsStore,
        library: PackLibrary,
        load: Loader,
        sample: Path,
        row: TaskRow,
        message: Message,
    ) -> None:
        super().__init__(row)
        self._store = store
        self._library = library
        self._load = load
        self._sample = sample
        self._row, self._message = row, message
        self.jobs = PackJobs(self)
        row.cancel_requested.connect(self.jobs.cancel)

    def import_packs(self, sources: Sequence[Path]) -> None:
        """Copy packs into the user's folder, one after the other."""
        for source in sources:
            self.jobs.add(
                Job(
                    text=self.tr("Copying {name}…").format(name=source.name),
                    work=import_work(source, self._library.user_folder),
                    row=self._row,
                    message=self._message,
                    on_done=self._imported,
                )
            )

    def verify(self, card: PackCard) -> None:
        """Compare every file of a pack with its checksum."""
        path = card.path
        self.jobs.add(
            Job(
                text=self.tr("Verifying…"),
                work=verify_work(Path(path)),
                row=card.task,
                message=card.result,
                on_done=partial(self._verified, path),
                on_failed=partial(self._not_verified, path),
            )
        )

    def measure(self, card: PackCard) -> None:
        """Measure the speed of a pack."""
        n_threads = self._store.settings.n_threads
        self.jobs.add(
            Job(
                text=self.tr("Measuring…"),
                work=measure_work(Path(card.path), self._sample, n_threads, self._load),
                row=card.task,
                message=card.result,
                on_done=partial(self._measured, card),
            )
        )

    def remove(self, card: PackCard) -> None:
        """Delete a pack of the user's."""
        self.jobs.add(
            Job(
                text=self.tr("Removing…"),
                work=remove_work(self._library, card.pack),
                row=card.task,
                message=card.result,
                on_done=self._removed,
            )
        )

    def _imported(self, result: object) -> None:
        self.changed.emit()
        self.imported.emit(str(result))

    def _verified(self, path: str, _result: object) -> None:
        self._store.change(self._store.settings.with_damaged(path, None))
        self.changed.emit()
        self.told.emit(path, self.tr("Every file is intact."), "good")

    def _not_verified(self, path: str, error: Exception) -> None:
        """Let a pack that is damaged never be used again, until its files are other ones."""
        if isinstance(error, PackCorruptError):
            self._store.change(self._store.settings.with_damaged(path, pack_mark(Path(path))))
        self.changed.emit()
        self.told.emit(path, error_words(error), "bad")

    def _measured(self, card: PackCard, result: object) -> None:
        assert isinstance(result, float), "measure_work returns a speed"
        card.set_speed(result)
        card.result.tell(self.tr("Measured: {speed}.").format(speed=words.speed(result)))
        self._store.change(self._store.settings.with_speed(card.path, result))

    def _removed(self, _result: object) -> None:
        self._message.tell(self.tr("The model was removed."))
        self.changed.emit()
        self.removed.emit()
