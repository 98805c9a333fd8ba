"""Recordings that are being made: microphone, history and engine brought together.

    start -> Recorder (to disk at once) + an item of the history + a request to the engine
    recorder: level, notices ──┐
    engine: words, utterances ─┴─> signals of this object, by number of the session

A recording never depends on the engine: without a model, or when the engine fails, the item waits
in the queue like any file and is recognised later. One microphone is recorded at a time, while
earlier sessions may still be recognised.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.audio.microphones import Microphone
from app.audio.notices import Failed, Finished
from app.errors import AlreadyRecordingError, SongshuError
from app.gui.recording.recorded_items import RecordedItems
from app.gui.recording.session import MakeRecorder, Session
from app.gui.threads.engine import QUEUED, Engine
from app.gui.threads.events import (
    EnginePhase,
    EngineState,
    LagChanged,
    LiveFailed,
    LiveFinished,
    LiveText,
    UtteranceHeard,
)
from app.gui.threads.live_job import LiveRequest
from app.store.library import Library
from app.store.types import JobOptions

_log = logging.getLogger(__name__)
TICK_MS = 50  # the level meter; a notice is never older than that
STALLED_S = 10.0  # the slowest step on a slow computer; a longer one is told
_CLOSE_S = 3.0  # a recorder needs some 50 ms; a sleeping disk more


@dataclass(frozen=True, slots=True)
class Level:
    """How loud it is, and how long it lasts so far."""

    session: int
    level_db: float
    recorded_s: float


class Recordings(QObject):
    """Makes recordings and has them recognised. Lives in the GUI thread.

    Args:
        library: where items go.
        engine: recognises.
        make_recorder: for a microphone, None for the system's own choice.
        microphone: which one to use now.
        options: how the next dictation is recognised.
        stalled_s: how long the engine may take for one step before that is told.

    Attributes:
        is_loading: whether the model is being loaded.

    Signals:
        started(int, int): a session, by its number, and its item.
        level_changed(Level): 20 times a second while something is recorded.
        noticed(int, object): a session, and a Notice of ``app.audio.notices``.
        live_text_changed(LiveText), utterance_heard(UtteranceHeard): what was said.
        lag_changed(LagChanged): recognition falls behind, or catches up.
        stalled_changed(int, bool): recognition of a session does not get on, or does again.
        loading_changed(bool): whether the model is being loaded.
        finished(int): everything was recognised.
        failed(int, object): recognition ended early, with the SongshuError.
        recorded(int): the session's file is complete, or there is none.
        item_changed(int): the item of this id has another state.
    """

    started = Signal(int, int)
    level_changed = Signal(object)
    noticed = Signal(int, object)
    live_text_changed = Signal(object)
    lag_changed = Signal(object)
    stalled_changed = Signal(int, bool)
    loading_changed = Signal(bool)
    utterance_heard = Signal(object)
    finished = Signal(int)
    failed = Signal(int, object)
    recorded = Signal(int)
    item_changed = Signal(int)

    def __init__(
        self,
        library: Library,
        engine: Engine,
        make_recorder: MakeRecorder,
        *,
        microphone: Callable[[], Microphone | None],
        options: Callable[[], JobOptions],
        stalled_s: float = STALLED_S,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.is_loading = False
        self._stalled_s = stalled_s
        self._engine = engine
        self._items = RecordedItems(library, engine)
        self._make_recorder = make_recorder
        self._microphone = microphone
        self._options = options
        self._sessions: dict[int, Session] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.on_tick)
        worker = engine.worker
        worker.engine_changed.connect(self.on_engine_changed, QUEUED)
        worker.live_text_changed.connect(self.on_live_text_changed, QUEUED)
        worker.lag_changed.connect(self.on_lag_changed, QUEUED)
        worker.utterance_heard.connect(self.on_utterance_heard, QUEUED)
        worker.live_finished.connect(self.on_live_finished, QUEUED)
        worker.live_failed.connect(self.on_live_failed, QUEUED)

    @property
    def recording(self) -> int | None:
        """The session that is being recorded now."""
        sessions = self._sessions.values()
        return next((one.number for one in sessions if not one.is_stopped), None)

    def item_of(self, session: int) -> int | None:
        """Give the item of a session that is not over."""
        found = self._sessions.get(session)
        return found.item_id if found else None

    def start(self, session: int) -> None:
        """Begin to record.

        Raises:
            AlreadyRecordingError: another session has the microphone.
            SongshuError: there is no room on the disk, or no item can be made.
        """
        if self.recording is not None:
            raise AlreadyRecordingError
        recorder = self._make_recorder(self._microphone())
        recorder.start()
        options = self._options()
        try:
            item_id = self._items.add(recorder.path, options)
        except SongshuError:
            recorder.stop()
            raise
        self._sessions[session] = Session(
            number=session, item_id=item_id, recorder=recorder, options=options
        )
        self._timer.start()
        self.started.emit(session, item_id)

    def begin(self, session: int) -> None:
        """Recognise what is being recorded."""
        one = self._sessions[session]
        one.is_heard = False
        self._engine.dictate(
            LiveRequest(
                session=session,
                item_id=one.item_id,
                reader=one.recorder.reader(),
                options=one.options,
                cancel=one.cancel,
                pulse=one.pulse,
            )
        )

    def pause(self, session: int) -> None:
        """Record nothing until ``resume``."""
        if (one := self._sessions.get(session)) is not None:
            one.recorder.pause()

    def resume(self, session: int) -> None:
        """Go on."""
        if (one := self._sessions.get(session)) is not None:
            one.recorder.resume()

    def stop(self, session: int) -> None:
        """End the recording; what was said is recognised to its end."""
        if (one := self._sessions.get(session)) is not None:
            one.end()

    def finish(self, session: int) -> None:
        """Nothing to do: the end of the recording, which ``stop`` brings, ends the request."""

    def cancel(self, session: int, *, was_tap: bool = False) -> None:
        """Give a session up; its recording stays in the history, unless nobody meant to make it."""
        if (one := self._sessions.get(session)) is not None:
            one.give_up(leaves_no_trace=was_tap)

    def close(self) -> None:
        """End every recording; what is not recognised goes on at the next start."""
        self._timer.stop()
        for one in self._sessions.values():
            one.recorder.stop()
        for one in list(self._sessions.values()):
            one.recorder.wait(_CLOSE_S)
            self._take_notices(one)

    @Slot()
    def on_tick(self) -> None:
        """Show the level, and pass on what the recorders say."""
        for one in list(self._sessions.values()):
            self._look_for_stall(one)
            self._take_notices(one)
            if not one.is_recorded:
                recorder = one.recorder
                self.level_changed.emit(Level(one.number, recorder.level_db, recorder.recorded_s))
        if not self._sessions:
            self._timer.stop()

    @Slot(object)
    def on_engine_changed(self, state: EngineState) -> None:
        """Tell whether speech has to wait for the model."""
        is_loading = state.phase is EnginePhase.LOADING
        if is_loading != self.is_loading:
            self.is_loading = is_loading
            self.loading_changed.emit(is_loading)

    @Slot(object)
    def on_live_text_changed(self, live: LiveText) -> None:
        """Pass on the words of a dictation."""
        if live.session in self._sessions:
            self.live_text_changed.emit(live)

    @Slot(object)
    def on_lag_changed(self, lag: LagChanged) -> None:
        """Pass on how far recognition is behind."""
        if lag.session in self._sessions:
            self.lag_changed.emit(lag)

    @Slot(object)
    def on_utterance_heard(self, heard: UtteranceHeard) -> None:
        """Pass on a finished utterance."""
        one = self._sessions.get(heard.session)
        if one is not None and not one.is_given_up:
            self.utterance_heard.emit(heard)

    @Slot(object)
    def on_live_finished(self, done: LiveFinished) -> None:
        """A dictation is recognised to its end."""
        one = self._sessions.get(done.session)
        if one is None:
            return
        one.is_heard = True
        self.finished.emit(done.session)
        self._settle(one)

    @Slot(object)
    def on_live_failed(self, failed: LiveFailed) -> None:
        """A dictation was given up, or cannot be recognised now."""
        one = self._sessions.get(failed.session)
        if one is None:
            return
        one.is_heard, one.failed = True, failed.error is not None
        if failed.error is not None:
            self.failed.emit(failed.session, failed.error)
        self._settle(one)

    def _look_for_stall(self, one: Session) -> None:
        is_stalled = not one.is_heard and one.pulse.still_s > self._stalled_s
        if is_stalled != one.is_stalled:
            one.is_stalled = is_stalled
            if is_stalled:
                _log.warning("recognition of recording %d does not get on", one.number)
            self.stalled_changed.emit(one.number, is_stalled)

    def _take_notices(self, one: Session) -> None:
        """Pass on what a recorder says, until its file is complete."""
        if one.is_recorded:
            return
        for notice in one.recorder.notices():
            if isinstance(notice, Finished):
                one.is_stopped = one.is_recorded = True
                self._items.complete(one, notice)
            elif isinstance(notice, Failed):
                _log.warning("recording %d ended: %s", one.number, notice.error)
            self.noticed.emit(one.number, notice)
        if one.is_recorded:
            self.recorded.emit(one.number)
            self._settle(one)

    def _settle(self, one: Session) -> None:
        """Forget a session that is over, and give its item the last state."""
        if not one.is_over:
            return
        self._sessions.pop(one.number, None)
        self._items.settle(one)
        self.item_changed.emit(one.item_id)
