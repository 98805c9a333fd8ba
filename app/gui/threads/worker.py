"""The engine thread: owns the model, takes items from the queue, one after the other.

``EngineWorker`` lives in a QThread and is told little by queued calls: there is work, have a model,
it is over. What must reach it while it is busy lies in ``EngineControl``. When work is done is
decided here; how it is done, in ``job``, ``line_job`` and ``live_job``.

A model that cannot be loaded is no fault of the items: they go back to the queue and wait for
another model.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from app.audio.facts import AudioWarning
from app.engine.cancel import CancelToken
from app.engine.hypothesis import join_languages
from app.engine.loading import Loader, Transcriber
from app.errors import Cancelled, EngineError, ItemNotFoundError, NoModelError, SongshuError
from app.gui.threads.control import EngineControl, LineRequest
from app.gui.threads.events import (
    JobFailed,
    JobFinished,
    JobStopped,
    LineFailed,
    LiveFailed,
    LiveFinished,
)
from app.gui.threads.job import Job, Pace
from app.gui.threads.line_job import recognize_line
from app.gui.threads.live_job import LiveJob, LiveRequest, StreamOpener, open_speech_stream
from app.gui.threads.loaded_model import LoadedModel
from app.gui.threads.prompting import transcribe_options
from app.store.drafts import Drafts
from app.store.library import Library
from app.store.types import Item, ItemState, JobOptions

_log = logging.getLogger(__name__)


class EngineWorker(QObject):
    """Recognises whatever waits in the library.

    Args:
        library: the queue; each thread has its own connection inside it.
        load: loads a model.
        control: the wishes of the window.
        open_stream: makes what hears a dictation with a loaded model.

    Signals:
        engine_changed(EngineState): the model is being loaded, is there, or cannot be used.
        job_started(JobStarted), job_progressed(JobProgress), live_text_changed(LiveText),
        line_added(LineAdded), job_finished(JobFinished), job_stopped(JobStopped),
        job_failed(JobFailed): what becomes of an item.
        line_recognized(LineRecognized), line_failed(LineFailed): what became of a single line.
        lag_changed(LagChanged), utterance_heard(UtteranceHeard), live_finished(LiveFinished),
        live_failed(LiveFailed): what becomes of a dictation, beside line_added and
        live_text_changed.
        queue_emptied(): there is nothing left to do.
        closed(): model and database are closed; the thread may end.
    """

    engine_changed = Signal(object)
    job_started = Signal(object)
    job_progressed = Signal(object)
    live_text_changed = Signal(object)
    line_added = Signal(object)
    job_finished = Signal(object)
    job_stopped = Signal(object)
    job_failed = Signal(object)
    line_recognized = Signal(object)
    line_failed = Signal(object)
    lag_changed = Signal(object)
    utterance_heard = Signal(object)
    live_finished = Signal(object)
    live_failed = Signal(object)
    queue_emptied = Signal()
    closed = Signal()

    def __init__(
        self,
        library: Library,
        load: Loader,
        control: EngineControl,
        open_stream: StreamOpener = open_speech_stream,
    ) -> None:
        super().__init__()
        self._open_stream = open_stream
        self._library = library
        self._control = control
        self._model = LoadedModel(load, self.engine_changed.emit)
        self._pace = Pace()
        self._signals = {
            "JobStarted": self.job_started,
            "JobProgress": self.job_progressed,
            "LiveText": self.live_text_changed,
            "LagChanged": self.lag_changed,
            "LineAdded": self.line_added,
            "UtteranceHeard": self.utterance_heard,
        }

    @Slot()
    def on_work_waiting(self) -> None:
        """Work until the queue is empty."""
        while not self._control.is_quitting:
            if (request := self._control.next_live()) is not None:
                self._listen(request)
                continue
            if self._control.is_ready:
                self._answer_lines(lambda request: True)
            item = self._library.take_next() if self._control.is_ready else None
            if item is None:
                self.queue_emptied.emit()
                return
            if not self._run(item):
                return

    @Slot(object)
    def on_model_wanted(self, options: JobOptions) -> None:
        """Load a model that nobody has asked for yet."""
        if self._control.is_ready and not (self._model.is_there or self._control.is_quitting):
            self._model.ready(options)

    @Slot()
    def on_model_outdated(self) -> None:
        """Have the model loaded anew by whoever needs it next."""
        self._model.outdate()

    @Slot()
    def on_closing(self) -> None:
        """Free the model and the database."""
        self._model.close()
        self._library.release()
        self.closed.emit()

    def _run(self, item: Item) -> bool:
        """Work on one item; False if there is no model to work with."""
        cancel = self._control.begin(item.id)
        try:
            transcriber = self._model.ready(item.options)
            if transcriber is None:
                self._put_back(item)
                return False
            self._recognize(item, transcriber, cancel)
        except Cancelled:
            if self._control.makes_way(item.id):
                self._put_back(item)
            else:
                self._stop(item, self._control.wish(item.id))
        except ItemNotFoundError:  # deleted for good meanwhile
            _log.info("item %d was deleted while it ran", item.id)
        except Exception as exc:  # the thread must outlive any item
            self._fail(item, exc)
        finally:
            self._control.end()
        return True

    def _listen(self, request: LiveRequest) -> None:
        """Recognise a dictation while it is spoken; what fails is left to be recognised later."""
        error: SongshuError | None = None
        try:
            transcriber = self._model.ready(request.options)
            if transcriber is None:
                raise NoModelError
            stream = self._open_stream(transcriber, transcribe_options(request.options))
            LiveJob(request, stream, self._library, self._emit).run()
            self._library.finish(
                request.item_id,
                language=join_languages(self._library.languages(request.item_id)),
                pack=transcriber.manifest.name,
                device=transcriber.device,
                rtf=None,
            )
        except Cancelled:
            self._tell_live_failed(request, None)
        except Exception as exc:  # the thread must outlive any dictation
            _log.warning("a dictation failed: %s", exc, exc_info=not isinstance(exc, SongshuError))
            error = exc if isinstance(exc, SongshuError) else EngineError(str(exc))
            self._tell_live_failed(request, error)
        else:
            done = LiveFinished(session=request.session, item_id=request.item_id)
            self.live_finished.emit(done)
        finally:
            self._control.end_live(request)

    def _tell_live_failed(self, request: LiveRequest, error: SongshuError | None) -> None:
        self.live_failed.emit(
            LiveFailed(session=request.session, item_id=request.item_id, error=error)
        )

    def _recognize(self, item: Item, transcriber: Transcriber, cancel: CancelToken) -> None:
        between = self._answer_lines_between
        store = Drafts(self._library) if item.is_redone else self._library
        job = Job(item, transcriber, store, cancel, self._emit, pace=self._pace, between=between)
        warnings = job.run()
        speed = self._pace.speed
        store.finish(
            item.id,
            language=join_languages(store.languages(item.id)),
            pack=transcriber.manifest.name,
            device=transcriber.device,
            rtf=1 / speed if speed else None,
            warning=_first_of(warnings),
        )
        self.job_finished.emit(JobFinished(item_id=item.id, speed=speed, again=item.is_redone))

    def _stop(self, item: Item, state: ItemState) -> None:
        with contextlib.suppress(ItemNotFoundError):  # deleted for good meanwhile
            if state is ItemState.PAUSED:
                self._library.pause(item.id)
            elif state is ItemState.CANCELLED:
                self._library.cancel(item.id)
        self.job_stopped.emit(JobStopped(item_id=item.id, state=state))

    def _put_back(self, item: Item) -> None:
        """Let an item wait again at its place; it is not its fault that there is no model."""
        self._library.pause(item.id)
        self._library.resume(item.id)
        self.job_stopped.emit(JobStopped(item_id=item.id, state=ItemState.WAITING))

    def _fail(self, item: Item, exc: Exception) -> None:
        kind, expected = type(exc).__name__, isinstance(exc, SongshuError)
        level = logging.WARNING if expected else logging.ERROR
        _log.log(level, "%s failed: %s", item.path, exc, exc_info=not expected)
        self._library.fail(item.id, kind, str(exc))
        self.job_failed.emit(
            JobFailed(
                item_id=item.id, error_type=kind, error_message=str(exc), again=item.is_redone
            )
        )

    def _answer_lines_between(self) -> None:
        """Answer, in the middle of an item, what the loaded model can; it must not be exchanged."""
        self._answer_lines(lambda request: self._model.serves(request.options))

    def _answer_lines(self, accept: Callable[[LineRequest], bool]) -> None:
        """Recognise single lines that somebody waits for."""
        while not self._control.is_quitting:
            request = self._control.next_line(accept)
            if request is None:
                return
            try:
                transcriber = self._model.ready(request.options)
                if transcriber is None:
                    raise NoModelError
                cancel = self._control.begin_line()
                self.line_recognized.emit(recognize_line(request, transcriber, cancel))
            except Cancelled:  # a dictation comes first, or the program ends
                self._control.put_line_back(request)
                return
            except Exception as exc:  # the thread must outlive any line
                self._fail_line(request, exc)
            finally:
                self._control.end_line()

    def _fail_line(self, request: LineRequest, exc: Exception) -> None:
        _log.warning("a line failed: %s", exc, exc_info=not isinstance(exc, SongshuError))
        self.line_failed.emit(
            LineFailed(
                item_id=request.item_id,
                line_id=request.line_id,
                error_type=type(exc).__name__,
                error_message=str(exc),
            )
        )

    def _emit(self, event: object) -> None:
        self._signals[type(event).__name__].emit(event)


def _first_of(warnings: Sequence[AudioWarning]) -> tuple[str, str]:
    """Give what the library keeps: the class of the first warning, and the texts of all."""
    kind = type(warnings[0]).__name__ if warnings else ""
    return kind, "; ".join(map(str, warnings))
