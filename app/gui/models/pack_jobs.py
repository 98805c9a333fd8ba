"""The jobs of the models page, one at a time: show a bar, do the work, show how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from app.errors import (
    PackCorruptError,
    PackFormatError,
    PackImportError,
    PackNoSpaceError,
    PackNotFoundError,
    PackRemoveError,
)
from app.gui.threads.background import BackgroundTask, Work
from app.gui.widgets.card import Message, data_size
from app.gui.widgets.rows import TaskRow

translate = QCoreApplication.translate  # by this name lupdate finds what stands in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work on a pack.

    Attributes:
        text: says what is being done.
        row: shows the bar; message: shows how it ended.
        on_done: takes the result, in the GUI thread; on_failed: the error, after it was shown.
    """

    text: str
    work: Work
    row: TaskRow
    message: Message
    on_done: Callable[[object], None]
    on_failed: Callable[[Exception], None] = lambda _error: None


class PackJobs(QObject):
    """Does jobs in their order.

    Signals:
        busy_changed(bool): something is under way, or everything is done.
    """

    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._waiting: list[Job] = []
        self._task = BackgroundTask(self)
        self._task.progressed.connect(self.on_progressed)
        self._task.finished.connect(self.on_finished)
        self._task.failed.connect(self.on_failed)
        self._task.cancelled.connect(self.on_cancelled)

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self._job is not None

    def add(self, job: Job) -> None:
        """Do a job now, or after those that wait."""
        self._waiting.append(job)
        self._next()

    @Slot()
    def cancel(self) -> None:
        """Stop what is under way; what waits is not begun either."""
        self._waiting.clear()
        self._task.cancel()

    def close(self) -> None:
        """Stop everything and end the thread."""
        self._waiting.clear()
        self._task.close()
        if self._job is not None:
            self._end()

    @Slot(float)
    def on_progressed(self, share: float) -> None:
        """Move the bar."""
        if self._job is not None:
            self._job.row.set_share(share)

    @Slot(object)
    def on_finished(self, result: object) -> None:
        """Pass a result on."""
        self._end().on_done(result)
        self._next()

    @Slot(object)
    def on_failed(self, error: Exception) -> None:
        """Show what went wrong and what to do."""
        job = self._end()
        job.message.tell(error_words(error), "bad")
        job.on_failed(error)
        self._next()

    @Slot()
    def on_cancelled(self) -> None:
        """Show that it was stopped."""
        self._end().message.tell(self.tr("Stopped. Nothing was changed."), "warning")

    def _next(self) -> None:
        if self._job is not None or not self._waiting:
            return
        self._job = self._waiting.pop(0)
        self._job.message.tell("")
        self._job.row.begin(self._job.text)
        self.busy_changed.emit(True)
        self._task.start(self._job.work)

    def _end(self) -> Job:
        job, self._job = self._job, None
        assert job is not None, "something was under way"
        job.row.hide()
        self.busy_changed.emit(False)
        return job


def error_words(error: Exception) -> str:
    """Say what happened to a pack and what to do, in the language of the window."""
    if isinstance(error, PackNoSpaceError):
        text = translate("pack_jobs", "There is no room: it needs {needed}, {free} are free.")
        return text.format(needed=data_size(error.needed_bytes), free=data_size(error.free_bytes))
    table: dict[type[Exception], str] = {
        PackNotFoundError: translate("pack_jobs", "It is no longer there."),
        PackFormatError: translate(
            "pack_jobs", "This is no model that this Songshu can use. Nothing was copied."
        ),
        PackCorruptError: translate("pack_jobs", "It is damaged. Get it again from where it came."),
        PackImportError: translate(
            "pack_jobs", "Copying failed, nothing was left behind. Is the disk connected?"
        ),
        PackRemoveError: translate(
            "pack_jobs", "It could not be removed. Close what uses it, then try again."
        ),
    }
    words = table.get(type(error), translate("pack_jobs", "It did not work."))
    return f"{words} ({_reason(error)})"


def _reason(error: Exception) -> str:
    """Give the exact cause, which stays in English."""
    if isinstance(error, PackCorruptError):
        return "; ".join(error.problems[:3])
    return str(getattr(error, "reason", "")) or str(error)
