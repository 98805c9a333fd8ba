"""Long work of a page (copying, hashing, measuring) in a thread of its own, one piece at a time.

    page --start(work)--> thread --progressed, finished, failed, cancelled--> page

``work`` is a plain function that knows no Qt: it gets a function for progress and a cancel token,
and returns or raises. The token is set directly; signals come back queued.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from app.engine.cancel import CancelToken
from app.errors import Cancelled

_log = logging.getLogger(__name__)
_QUEUED = Qt.ConnectionType.QueuedConnection
_INTERVAL_S = 0.05  # 20 reports a second are enough for a bar

Progress: TypeAlias = Callable[[int, int], None]
Work: TypeAlias = Callable[[Progress, CancelToken], object]


@dataclass(frozen=True, slots=True)
class _Task:
    number: int
    work: Work
    cancel: CancelToken


@dataclass(frozen=True, slots=True)
class _Report:
    """What the thread tells: ``share`` while it works, else a result, an error or neither."""

    number: int
    share: float | None = None
    result: object = None
    error: Exception | None = None
    cancelled: bool = False


class BackgroundTask(QObject):
    """Runs one piece of work after the other; the thread lives from the first one to ``close``.

    CRITICAL: ``close`` is for ever. What was sent before it (a job that ends, a list that is read
    again) may still arrive and ask for work; a thread that is begun then is ended by nobody, and
    whoever destroys a QThread that runs aborts the process.

    Signals:
        progressed(float): finished share in [0, 1].
        finished(object): what the work returned.
        failed(Exception): what it raised.
        cancelled(): it was stopped.
    """

    progressed = Signal(float)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    _asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: QThread | None = None
        self._worker: _Worker | None = None
        self._cancel: CancelToken | None = None
        self._number = 0
        self._is_closed = False

    @property
    def is_running(self) -> bool:
        """Whether work is under way."""
        return self._cancel is not None

    def start(self, work: Work) -> None:
        """Begin a piece of work; there must be none under way. After ``close`` nothing happens."""
        assert not self.is_running, "one piece of work at a time"
        if self._is_closed:
            return
        if self._worker is None:
            self._open()
        self._cancel = CancelToken()
        self._number += 1
        self._asked.emit(_Task(self._number, work, self._cancel))

    @Slot()
    def cancel(self) -> None:
        """Ask the work to stop; ``cancelled`` follows, or ``finished`` if it was faster."""
        if self._cancel is not None:
            self._cancel.cancel()

    def close(self) -> None:
        """Stop the work and end the thread; no signal follows, and no work."""
        self._is_closed = True
        self.cancel()
        self._cancel = None
        self._number += 1
        if self._thread is not None:
            self._thread.quit()
            self._thread.wait()
        self._thread = self._worker = None

    @Slot(object)
    def on_reported(self, report: _Report) -> None:
        """Take a report of the thread; one of an earlier piece is dropped."""
        if report.number != self._number:
            return
        if report.share is not None:
            self.progressed.emit(report.share)
            return
        self._cancel = None
        if report.cancelled:
            self.cancelled.emit()
        elif report.error is not None:
            self.failed.emit(report.error)
        else:
            self.finished.emit(report.result)

    def _open(self) -> None:
        self._thread = QThread()
        self._thread.setObjectName("background")
        self._worker = _Worker()
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.on_asked, _QUEUED)
        self._worker.reported.connect(self.on_reported, _QUEUED)
        self._thread.start()


class _Worker(QObject):
    """Lives in the thread.

    Signals:
        reported(_Report): progress or the end.
    """

    reported = Signal(object)

    @Slot(object)
    def on_asked(self, task: _Task) -> None:
        """Do a piece of work and report its end."""
        last = 0.0

        def on_progress(done: int, total: int) -> None:
            nonlocal last
            task.cancel.check()
            if time.monotonic() - last >= _INTERVAL_S:
                last = time.monotonic()
                share = min(1.0, done / total) if total else 0.0
                self.reported.emit(_Report(task.number, share=share))

        try:
            task.cancel.check()
            result = task.work(on_progress, task.cancel)
        except Cancelled:
            self.reported.emit(_Report(task.number, cancelled=True))
        except Exception as exc:  # the thread must outlive any work; the page shows it
            _log.warning("background work failed: %s", exc, exc_info=exc)
            self.reported.emit(_Report(task.number, error=exc))
        else:
            self.reported.emit(_Report(task.number, result=result))
