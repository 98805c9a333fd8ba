"""The window's hand on the engine: starts the thread, wakes it, and puts wishes into its box.

Everything here runs in the GUI thread and returns at once. What comes back arrives as signals of
``worker``; connect them to @Slot methods of objects that live in the GUI thread, queued.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from app.engine.loading import Loader
from app.errors import NoModelError
from app.gui.threads.collector import GuiCollector
from app.gui.threads.control import EngineControl, LineRequest
from app.gui.threads.events import LiveFailed
from app.gui.threads.live_job import LiveRequest, StreamOpener, open_speech_stream
from app.gui.threads.worker import EngineWorker
from app.store.library import Library
from app.store.types import ItemState, JobOptions

QUEUED = Qt.ConnectionType.QueuedConnection
END_MS = 10_000  # a cancelled step ends within 0.5 s; freeing a large model takes a few
_log = logging.getLogger(__name__)
# Threads that did not end in time. CRITICAL: destroying a QThread that runs aborts the process, and
# Python's collector would do it, some time after the window has gone.
_left_running: list[tuple[QThread, EngineWorker]] = []


class Engine(QObject):
    """Runs the queue of a library in a thread of its own.

    Args:
        library: the queue and where text goes.
        load: loads a model.
        open_stream: makes what hears a dictation.
        end_ms: how long ``close`` waits at most.

    Attributes:
        worker: its signals tell everything that happens.

    Signals:
        changed(int): the state of an item was changed here, by its id.
    """

    changed = Signal(int)
    _work_waiting = Signal()
    _model_wanted = Signal(object)
    _model_outdated = Signal()
    _closing = Signal()

    def __init__(
        self,
        library: Library,
        load: Loader,
        parent: QObject | None = None,
        *,
        open_stream: StreamOpener = open_speech_stream,
        end_ms: int = END_MS,
    ) -> None:
        super().__init__(parent)
        self._end_ms = end_ms
        self._is_closed = False
        self._library = library
        self._control = EngineControl()
        self._collector: GuiCollector | None = GuiCollector(self)
        self._thread = QThread()
        self._thread.setObjectName("engine")
        self.worker = EngineWorker(library, load, self._control, open_stream)
        self.worker.moveToThread(self._thread)
        self._work_waiting.connect(self.worker.on_work_waiting, QUEUED)
        self._model_wanted.connect(self.worker.on_model_wanted, QUEUED)
        self._model_outdated.connect(self.worker.on_model_outdated, QUEUED)
        self._closing.connect(self.worker.on_closing, QUEUED)
        self.worker.closed.connect(self._thread.quit, Qt.ConnectionType.DirectConnection)
        self._thread.start()

    @property
    def running_item(self) -> int | None:
        """The item that is being recognised."""
        return self._control.running_item

    @property
    def is_ready(self) -> bool:
        """Whether there is a model."""
        return self._control.is_ready

    def set_ready(self, ready: bool) -> None:
        """Say whether there is a model; without one nothing is started, everything waits."""
        self._control.set_ready(ready)

    def wake(self) -> None:
        """Say that something waits in the queue."""
        if self.is_ready:
            self._work_waiting.emit()

    def prepare(self, options: JobOptions) -> None:
        """Have a model loaded before anything needs it; nothing happens if there is one already."""
        self._model_wanted.emit(options)

    @Slot()
    def reload(self) -> None:
        """Load the model anew when it is needed next: a device may be used that was not before."""
        self._model_outdated.emit()

    def pause(self, item_id: int) -> None:
        """Stop an item for now; what is finished is kept."""
        self._control.stop(item_id, ItemState.PAUSED)
        self._library.pause(item_id)
        self.changed.emit(item_id)

    def resume(self, item_id: int) -> None:
        """Let a paused item go on."""
        self._control.allow(item_id)
        self._library.resume(item_id)
        self.changed.emit(item_id)
        self.wake()

    def cancel(self, item_id: int) -> None:
        """Stop an item; what is finished is kept."""
        self._control.stop(item_id, ItemState.CANCELLED)
        self._library.cancel(item_id)
        self.changed.emit(item_id)

    def retry(
        self, item_id: int, *, from_start: bool = False, options: JobOptions | None = None
    ) -> None:
        """Queue an item again.

        Args:
            item_id: which one.
            from_start: forget its text; else it goes on where it stopped.
            options: other settings than it had.
        """
        self._control.allow(item_id)
        self._library.retry(item_id, from_start=from_start, options=options)
        self.changed.emit(item_id)
        self.wake()

    def recognize_again(self, item_id: int, options: JobOptions) -> None:
        """Queue an item from its beginning; its text stays until the new one is complete."""
        self._control.allow(item_id)
        self._library.recognize_again(item_id, options)
        self.changed.emit(item_id)
        self.wake()

    def trash(self, ids: Sequence[int]) -> None:
        """Put items into the trash; those that run or wait are stopped."""
        for item_id in ids:
            self._control.stop(item_id, ItemState.CANCELLED)
        self._library.trash(ids)

    def restore(self, ids: Sequence[int]) -> None:
        """Take items out of the trash."""
        for item_id in ids:
            self._control.allow(item_id)
        self._library.restore(ids)

    def dictate(self, request: LiveRequest) -> None:
        """Recognise a recording while it is made; a file that runs waits meanwhile.

        ``worker.live_finished`` or ``worker.live_failed`` follows, at once if there is no model.
        """
        if not self.is_ready:
            error = NoModelError()
            self.worker.live_failed.emit(
                LiveFailed(session=request.session, item_id=request.item_id, error=error)
            )
            return
        self._control.ask_for_live(request)
        self._work_waiting.emit()

    def recognize_line(self, request: LineRequest) -> None:
        """Recognise one line again; ``worker.line_recognized`` brings the text."""
        self._control.ask_for_line(request)
        self.wake()

    @property
    def has_ended(self) -> bool:
        """Whether nothing runs any more. If not even after ``close``, leave by ``os._exit``."""
        return not self._thread.isRunning()

    def close(self) -> bool:
        """Stop whatever runs and end the thread; what runs goes on at the next start.

        Returns:
            Whether the thread has ended. It may not while a large model is read from a slow disk;
            then it is left alone, and the collector of cycles with it, which may not run there.
        """
        if not self._is_closed:
            self._is_closed = True
            self._control.quit()
            self._closing.emit()
            if not self._thread.wait(self._end_ms):
                _log.error("the engine does not end")
                _left_running.append((self._thread, self.worker))
        if self.has_ended and self._collector is not None:
            self._collector.stop()
            self._collector = None
        return self.has_ended
