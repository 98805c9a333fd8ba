"""The recorder's thread: one loop that owns the microphone and writes the recording.

In: a queue of what the microphone gives and what people want, in the order in which it happened.
Out: a journal, a state, notices.

    STARTING → RECORDING ⇄ PAUSED → STOPPING → FINISHED
        ↑_________ resume ______|

- A microphone that ends, or gives nothing for 2 s, is opened again; if that fails the system's
  default is taken; if there is none, the loop looks once a second until there is, or ``STOP``. The
  time without a microphone is not in the recording.
- What a stopped or lost stream gave before is in the queue, and recorded first.
- Whatever is raised here ends the recording, and the file is made usable all the same.
"""

from __future__ import annotations

import logging
import queue
from enum import Enum

from app.audio import notices
from app.audio.capture import Captured, Moved, OpenStream
from app.audio.journal import Journal, Recording
from app.audio.keep_awake import KeepAwake
from app.audio.loudness import FLOOR_DB
from app.audio.microphone_link import FromStream, MicrophoneLink
from app.audio.microphones import Microphone
from app.audio.notices import NoticeBox
from app.audio.resample import SAMPLE_RATE
from app.audio.tape import Tape
from app.errors import MicrophoneError, RecordingError

_log = logging.getLogger(__name__)


class State(Enum):
    """What a recorder does."""

    READY = "ready"
    STARTING = "starting"  # nothing is heard yet: show it, or people begin to speak too early
    RECORDING = "recording"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"


class Wish(Enum):
    """What somebody wants of a recorder."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


class RecorderLoop:
    """Records once; ``run`` is the thread, everything public may be used by any other.

    Args:
        wanted: what to record; the system's default if None.
        open_stream: opens a microphone.
        keeps_awake: whether the computer may not sleep while it records.

    Attributes:
        state: what it does now.
        recording: the finished file; None before, and if nothing was recorded.
        box: where notices go.
    """

    def __init__(
        self, wanted: Microphone | None, open_stream: OpenStream, *, keeps_awake: bool
    ) -> None:
        self.state = State.READY
        self.recording: Recording | None = None
        self.box = NoticeBox()
        self._wanted = wanted
        self._keeps_awake = keeps_awake
        self._queue: queue.SimpleQueue[FromStream | Wish] = queue.SimpleQueue()
        self._link = MicrophoneLink(self._queue, open_stream, wanted)
        self._awake = KeepAwake("Songshu is recording")
        self._tape: Tape | None = None
        self._lost: Microphone | None = None  # while there is no microphone
        self._has_started = False

    @property
    def microphone(self) -> Microphone | None:
        """What is recorded now."""
        return self._link.microphone

    @property
    def level_db(self) -> float:
        """Loudness of the last 50 ms in dBFS; the lowest while nothing is recorded."""
        if self._tape is None or self.state is not State.RECORDING:
            return FLOOR_DB
        return self._tape.level_db

    def wish(self, wish: Wish) -> None:
        """Ask for something; it happens after what was said up to now is recorded."""
        self._queue.put(wish)

    def run(self, journal: Journal) -> None:
        """Record until somebody wants it to stop, or nothing more can be recorded."""
        tape = self._tape = Tape(journal, self.box)
        try:
            self._begin(tape)
            while self.state is not State.STOPPING:
                self._step(tape)
        except RecordingError as exc:
            self.box.say(notices.Failed(tape.position_s, exc))
        except Exception as exc:  # a bug, or a driver's: must cost no recording
            _log.exception("the recorder failed")
            self.box.say(notices.Failed(tape.position_s, self._unexpected(exc)))
        finally:
            self._finish(journal, tape)

    def _begin(self, tape: Tape) -> None:
        if self._keeps_awake:
            self._awake.start()
        self._link.open_wanted()
        tape.begin(self._link.rate)
        wanted, opened = self._wanted, self._link.microphone
        if wanted is not None and opened is not None and not opened.is_same(wanted):
            self.box.say(notices.DeviceLost(0.0, wanted, opened))

    def _step(self, tape: Tape) -> None:
        """Take one thing from the queue, or act because nothing comes."""
        is_paused = self.state is State.PAUSED
        patience_s = None if is_paused else self._link.patience_s(has_begun=tape.has_begun)
        try:
            item = self._queue.get(timeout=patience_s)
        except queue.Empty:
            if self._link.microphone is None:
                self._look_for_microphone(tape)
            else:
                self._lose(tape, may_work=tape.has_begun)
            return
        if isinstance(item, Wish):
            self._fulfil(item, tape)
        elif self._link.is_current(item):
            self._take(item, tape)

    def _fulfil(self, wish: Wish, tape: Tape) -> None:
        if wish is Wish.STOP:
            self._link.stop()
            self._record_rest(tape)
            self.state = State.STOPPING
        elif wish is Wish.PAUSE and self.state is not State.PAUSED:
            self._link.stop()
            self._record_rest(tape)
            self.state = State.PAUSED
            self._awake.stop()
            self.box.say(notices.Paused(tape.position_s))
        elif wish is Wish.RESUME and self.state is State.PAUSED:
            self.state = State.STARTING
            self._resume(tape)

    def _resume(self, tape: Tape) -> None:
        if self._keeps_awake:
            self._awake.start()
        if self._link.microphone is None:
            self._look_for_microphone(tape)
            return
        try:
            self._link.start()
        except RecordingError as exc:
            _log.info("%s", exc)
            self._lose(tape, may_work=True)  # it may have been away during the pause
        else:
            tape.begin(self._link.rate)

    def _take(self, item: FromStream, tape: Tape) -> None:
        event = item.event
        if isinstance(event, Moved):
            lost = self._link.move(event)
            if lost is not None:
                self.box.say(notices.DeviceLost(tape.position_s, lost, event.microphone))
                tape.change_microphone()
        elif self.state is State.PAUSED:
            return  # a driver that takes its time to stop
        elif isinstance(event, Captured):
            self._say_started(tape)
            tape.record(event)
        else:
            self._lose(tape, may_work=tape.has_begun)

    def _lose(self, tape: Tape, *, may_work: bool) -> None:
        """Go on with another microphone, or without any, after the current one is gone.

        Args:
            tape: what is recorded.
            may_work: opening the same one again is worth a try; not if it opens and gives nothing.
        """
        lost = self._link.close()
        assert lost is not None
        self._record_rest(tape)
        if self._link.open_other(first=lost if may_work else None):
            tape.begin(self._link.rate)
        else:
            self._lost = lost
        self.box.say(notices.DeviceLost(tape.position_s, lost, self._link.microphone))

    def _look_for_microphone(self, tape: Tape) -> None:
        if self._link.open_other(first=self._lost):
            assert self._link.microphone is not None
            tape.begin(self._link.rate)
            self._lost = None
            self.box.say(notices.DeviceFound(tape.position_s, self._link.microphone))

    def _record_rest(self, tape: Tape) -> None:
        """Record what a stopped stream left in the queue, where wishes stay."""
        wishes = []
        while not self._queue.empty():
            item = self._queue.get()
            if isinstance(item, Wish):
                wishes.append(item)
            elif self._link.is_current(item) and isinstance(item.event, Captured):
                self._take(item, tape)
        for wish in wishes:
            self._queue.put(wish)
        tape.end()

    def _finish(self, journal: Journal, tape: Tape) -> None:
        """Close everything and make the file usable, whatever happened."""
        self.state = State.STOPPING
        try:
            self._link.close()
            self._record_rest(tape)
        except Exception:  # of a driver, or what ended the recording once more
            _log.exception("the end of a recording was not clean")
        n_appended = journal.n_samples
        self.recording = journal.finish()
        lost_s = (n_appended - journal.n_samples) / SAMPLE_RATE
        self._awake.stop()
        self.state = State.FINISHED
        self.box.say(notices.Finished(self.recording, lost_s))

    def _say_started(self, tape: Tape) -> None:
        if self.state is not State.STARTING or self._link.microphone is None:
            return
        self.state = State.RECORDING
        if self._has_started:
            self.box.say(notices.Resumed(tape.position_s))
        else:
            self.box.say(notices.Started(self._link.microphone))
        self._has_started = True

    def _unexpected(self, exc: Exception) -> RecordingError:
        microphone = self._link.microphone
        return MicrophoneError(microphone.title if microphone is not None else "", str(exc))
