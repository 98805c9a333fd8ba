"""Recognises items and lines again, and takes that back.

    wish -> sheet -> engine -> (the old text stays meanwhile) -> new text, undo bar

The store keeps the old lines of an item until the new ones are complete; a line simply gets its
new text as a correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from app.errors import ItemNotFoundError, LineNotFoundError
from app.gui.items.again_sheet import AgainSheet
from app.gui.models.page import ModelsPage
from app.gui.settings.store import SettingsStore
from app.gui.threads.control import LineRequest
from app.gui.threads.engine import QUEUED, Engine
from app.gui.threads.events import JobFailed, JobFinished, JobStopped, LineFailed, LineRecognized
from app.gui.transcript.page import TranscriptPage
from app.gui.widgets.undo_bar import UndoBar
from app.gui.wording import words
from app.store.library import Library
from app.store.types import JobOptions


class Again(QObject):
    """Asks how, has the engine do it, and offers to take it back.

    Args:
        library: items and lines.
        engine: recognises them.
        models: knows which packs can be used.
        settings: favourites.
        page: shows a transcript, perhaps the one that is meant.
        undo_bar: says what was done.

    Signals:
        opened(int): show this item. changed(int): it is different.
    """

    opened = Signal(int)
    changed = Signal(int)

    def __init__(
        self,
        library: Library,
        engine: Engine,
        models: ModelsPage,
        settings: SettingsStore,
        page: TranscriptPage,
        undo_bar: UndoBar,
    ) -> None:
        super().__init__(page)
        self._library = library
        self._engine = engine
        self._models = models
        self._settings = settings
        self._page = page
        self._undo_bar = undo_bar
        self._item_id: int | None = None  # what the sheet asks about
        self._new: list[int] = []
        self._stopping: dict[int, JobOptions] = {}  # with what these items begin anew
        self._requests: list[LineRequest] = []
        self.sheet = AgainSheet(page.window())
        self.sheet.chosen.connect(self.on_chosen)
        worker = engine.worker
        for ended in (worker.job_stopped, worker.job_finished, worker.job_failed):
            ended.connect(self.on_job_ended, QUEUED)
        worker.job_finished.connect(self.on_job_finished, QUEUED)
        worker.job_failed.connect(self.on_job_failed, QUEUED)
        worker.line_recognized.connect(self.on_line_recognized, QUEUED)
        worker.line_failed.connect(self.on_line_failed, QUEUED)

    @Slot(int)
    def ask_for_item(self, item_id: int) -> None:
        """Ask how an item is to be recognised again."""
        item = self._library.item(item_id)
        self._item_id, self._requests, self._new = item_id, [], []
        self._ask(item.title, item.options)

    @Slot(object)
    def ask_for_lines(self, requests: Sequence[LineRequest]) -> None:
        """Ask how lines are to be recognised again."""
        self._item_id, self._requests, self._new = None, list(requests), []
        if requests:
            self._ask("", requests[0].options, n_lines=len(requests))

    @Slot(object)
    def ask_for_new(self, ids: Sequence[int]) -> None:
        """Ask how items that were just queued are to be recognised."""
        self._item_id, self._requests, self._new = None, [], list(ids)
        item = self._library.item(ids[0])
        self._ask(item.title, item.options, n_new=len(ids))

    @Slot(int)
    def listen_everywhere(self, item_id: int) -> None:
        """Recognise also what the speech gate took for silence."""
        self.begin(item_id, replace(self._library.item(item_id).options, use_gate=False))

    @Slot(object)
    def on_chosen(self, options: JobOptions) -> None:
        """Begin with what was chosen on the sheet."""
        if self._item_id is not None:
            self.begin(self._item_id, options)
        for item_id in self._new:
            self._begin_new(item_id, options)
        for request in self._requests:
            self._engine.recognize_line(replace(request, options=options))
        if self._requests:
            self._undo_bar.tell(self.tr("Listening again; the text stays until then."))

    def begin(self, item_id: int, options: JobOptions) -> None:
        """Recognise an item again from its beginning; its text stays until the new one is there."""
        self._engine.recognize_again(item_id, options)
        self.opened.emit(item_id)
        if self._library.lines(item_id):
            self._undo_bar.tell(
                self.tr("It is being recognised again; the text stays until then."),
                lambda: self._engine.cancel(item_id),
            )

    @Slot(object)
    def on_job_ended(self, event: JobStopped | JobFinished | JobFailed) -> None:
        """Begin anew with what had to be stopped first."""
        options = self._stopping.pop(event.item_id, None)
        if options is not None:
            self._engine.recognize_again(event.item_id, options)

    @Slot(object)
    def on_job_finished(self, finished: JobFinished) -> None:
        """Offer to take it back."""
        if finished.again:
            self._undo_bar.tell(
                self.tr("Recognised again; this is the new text."),
                lambda: self._put_back(finished.item_id),
            )

    @Slot(object)
    def on_job_failed(self, failed: JobFailed) -> None:
        """Say why there is no new text."""
        if failed.again:
            what = words.error_words(failed.error_type).what
            self._undo_bar.tell(
                self.tr("{what} The text is as it was.").format(what=what),
                lambda: self.ask_for_item(failed.item_id),
                button=self.tr("Try again…"),
            )

    @Slot(object)
    def on_line_recognized(self, result: LineRecognized) -> None:
        """Give a line its new text."""
        try:
            line = self._library.line(result.line_id)
        except LineNotFoundError:  # merged or deleted meanwhile
            return
        if not result.text:
            self._undo_bar.tell(self.tr("Nothing was understood; the line stays as it was."))
        elif result.text == line.text:
            self._undo_bar.tell(self.tr("The same text came out again."))
        else:
            self._set_line(line.item_id, line.id, result.text, result.language)
            self._undo_bar.tell(
                self.tr("The line was recognised again."),
                lambda: self._set_line(line.item_id, line.id, line.text, line.language),
            )

    @Slot(object)
    def on_line_failed(self, failed: LineFailed) -> None:
        """Say why a line has no new text."""
        self._undo_bar.tell(words.error_words(failed.error_type).what)

    def _begin_new(self, item_id: int, options: JobOptions) -> None:
        """Let an item begin with other options; one that runs must have ended before."""
        is_running = self._engine.running_item == item_id
        has_text = self._library.item(item_id).done_s > 0
        self._engine.cancel(item_id)
        if is_running:
            self._stopping[item_id] = options
        elif has_text:
            self._engine.recognize_again(item_id, options)
        else:
            self._engine.retry(item_id, options=options)

    def _ask(self, name: str, options: JobOptions, *, n_lines: int = 0, n_new: int = 0) -> None:
        self._models.refresh()
        self.sheet.show_for(
            name,
            options,
            self._models.usable_packs(),
            preferred=self._models.pack_path(),
            favourites=self._settings.settings.favourites,
            n_lines=n_lines,
            n_new=n_new,
        )

    def _set_line(self, item_id: int, line_id: int, text: str, language: str) -> None:
        """Correct a line, whether it is shown or not."""
        if self._page.item is not None and self._page.item.id == item_id:
            self._page.editor.set_text(line_id, text, language)
        else:
            self._library.edit_line(line_id, text, language)

    def _put_back(self, item_id: int) -> None:
        try:
            self._library.put_back(item_id)
        except ItemNotFoundError:
            return
        self.changed.emit(item_id)
        self.opened.emit(item_id)
