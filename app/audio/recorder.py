"""Record from a microphone to disk, and let anybody follow.

    recorder = Recorder(folder, microphone)   # None: the system's default
    recorder.start()              # raises only if there is no place for the file
    reader = recorder.reader()    # 16 kHz blocks for the recognizer, in its own thread
    recorder.state, recorder.level_db, recorder.recorded_s, recorder.notices()   # for a timer
    recorder.pause(); recorder.resume()
    recorder.stop()               # returns at once; reader.blocks() ends after the last sample
    recorder.wait()               # the Recording, once the file is final; also in Finished

    device's thread          recorder's thread                       any thread
    callback copies  →  queue → mono → loudness → 16 kHz → journal  →  JournalReader

Every method returns at once and may be called from a GUI: opening a device, which takes 0.1 s and
up to seconds with Bluetooth, waiting for the last word and writing happen in the recorder's thread.
No model is needed for any of it. One ``Recorder`` makes one recording.

What goes wrong becomes a notice (``app.audio.notices``), never an exception in a thread:

- A microphone that ends, or gives nothing for 2 s, is opened again; if that fails the system's
  default is taken; if there is none, the recorder looks once a second until there is, or ``stop``.
  The time without a microphone is not in the recording.
- A full disk: see ``Journal``. Whatever ends a recording early, the file is made usable.

Looking for the first microphone of a process loads PortAudio, 0.5 s and more: call
``list_microphones`` once in a thread at the program's start, so that the first key press is quick.
"""

from __future__ import annotations

import logging
import queue
import threading
from enum import Enum
from pathlib import Path

from app.audio import notices
from app.audio.capture import Captured, Ended, Moved, OpenStream, open_microphone
from app.audio.journal import Journal, Recording
from app.audio.journal_reader import JournalReader
from app.audio.keep_awake import KeepAwake
from app.audio.loudness import FLOOR_DB
from app.audio.microphone_link import FromStream, MicrophoneLink
from app.audio.microphones import Microphone
from app.audio.notices import Notice, NoticeBox
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


class _Wish(Enum):
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


class Recorder:
    """Makes one recording.

    Args:
        folder: where it goes; it exists.
        microphone: what to record; the system's default if None.
        open_stream: opens a microphone.
        keeps_awake: whether the computer may not sleep while it records.

    Attributes:
        state: what it does now.
        recording: the finished file; None before, and if nothing was recorded.
    """

    def __init__(
        self,
        folder: Path,
        microphone: Microphone | None = None,
        open_stream: OpenStream = open_microphone,
        *,
        keeps_awake: bool = True,
    ) -> None:
        self.state = State.READY
        self.recording: Recording | None = None
        self._folder = folder
        self._wanted = microphone
        self._keeps_awake = keeps_awake
        self._queue: queue.SimpleQueue[FromStream | _Wish] = queue.SimpleQueue()
        self._box = NoticeBox()
        self._finished = threading.Event()
        self._journal: Journal | None = None
        self._tape: Tape | None = None
        # Only the recorder's thread uses these.
        self._link = MicrophoneLink(self._queue, open_stream, microphone)
        self._awake = KeepAwake("Songshu is recording")
        self._lost: Microphone | None = None  # while there is no microphone
        self._has_started = False

    @property
    def microphone(self) -> Microphone | None:
        """What is recorded now; None before the start, and while there is no microphone."""
        return self._link.microphone

    @property
    def path(self) -> Path:
        """The file that is being written; ``Finished`` tells its final name."""
        assert self._journal is not None, "nothing is recorded before the start"
        return self._journal.path

    @property
    def level_db(self) -> float:
        """Loudness of the last 50 ms in dBFS, from −100 to 0."""
        is_on = self._tape is not None and self.state is State.RECORDING
        return self._tape.level_db if self._tape is not None and is_on else FLOOR_DB

    @property
    def recorded_s(self) -> float:
        """Length of what is recorded so far; pauses do not count."""
        return self._journal.n_samples / SAMPLE_RATE if self._journal is not None else 0.0

    def start(self) -> None:
        """Begin; ``Started`` says when the first sound arrived.

        Raises:
            RecordingFullError: the disk has no room for two minutes.
            RecordingWriteError: the file cannot be made.
        """
        assert self.state is State.READY, "a recorder makes one recording"
        self._journal = Journal(self._folder)
        self._tape = Tape(self._journal, self._box)
        self.state = State.STARTING
        threading.Thread(
            target=self._run, args=(self._journal, self._tape), name="recorder", daemon=True
        ).start()

    def pause(self) -> None:
        """Record nothing until ``resume``; what was said before the call is recorded."""
        self._queue.put(_Wish.PAUSE)

    def resume(self) -> None:
        """Go on after ``pause``."""
        self._queue.put(_Wish.RESUME)

    def stop(self) -> None:
        """End; what was said before the call is recorded."""
        self._queue.put(_Wish.STOP)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until the file is final; False after the timeout."""
        return self._finished.wait(timeout_s)

    def reader(self, *, block_s: float = 1.0, least_s: float = 0.1) -> JournalReader:
        """Follow the recording from its start; after ``start``, as many as wanted, at any time."""
        assert self._journal is not None, "start() comes first"
        return JournalReader(self._journal, block_s=block_s, least_s=least_s)

    def notices(self) -> list[Notice]:
        """Return what happened since the last call, oldest first."""
        return self._box.take()

    # The recorder's thread.

    def _run(self, journal: Journal, tape: Tape) -> None:
        try:
            self._begin(tape)
            while self.state is not State.STOPPING:
                self._step(tape)
        except RecordingError as exc:
            self._box.say(notices.Failed(tape.position_s, exc))
        except Exception as exc:  # a bug, or a driver's: must cost no recording
            _log.exception("the recorder failed")
            self._box.say(notices.Failed(tape.position_s, self._unexpected(exc)))
        finally:
            self._finish(journal, tape)

    def _begin(self, tape: Tape) -> None:
        if self._keeps_awake:
            self._awake.start()
        self._link.open_wanted()
        tape.begin(self._link.rate)
        wanted, opened = self._wanted, self._link.microphone
        if wanted is not None and opened is not None and not opened.is_same(wanted):
            self._box.say(notices.DeviceLost(0.0, wanted, opened))

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
                self._lose(tape)
            return
        if isinstance(item, _Wish):
            self._fulfil(item, tape)
        elif self._link.is_current(item):
            self._take(item, tape)

    def _fulfil(self, wish: _Wish, tape: Tape) -> None:
        if wish is _Wish.STOP:
            self._link.stop()
            self._record_rest(tape)
            self.state = State.STOPPING
        elif wish is _Wish.PAUSE and self.state is not State.PAUSED:
            self._link.stop()
            self._record_rest(tape)
            self.state = State.PAUSED
            self._awake.stop()
            self._box.say(notices.Paused(tape.position_s))
        elif wish is _Wish.RESUME and self.state is State.PAUSED:
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
            self._lose(tape)
        else:
            tape.begin(self._link.rate)

    def _take(self, item: FromStream, tape: Tape) -> None:
        event = item.event
        if isinstance(event, Captured):
            self._say_started(tape)
            tape.record(event)
        elif isinstance(event, Moved):
            lost = self._link.move(event)
            if lost is not None:
                self._box.say(notices.DeviceLost(tape.position_s, lost, event.microphone))
        elif isinstance(event, Ended) and self.state is not State.PAUSED:
            self._lose(tape)

    def _lose(self, tape: Tape) -> None:
        """Go on with another microphone, or without any, after the current one is gone."""
        has_given = tape.has_begun
        lost = self._link.close()
        assert lost is not None
        self._record_rest(tape)
        # One that opens but gives nothing is not tried again.
        if self._link.open_other(first=lost if has_given else None):
            tape.begin(self._link.rate)
        else:
            self._lost = lost
        self._box.say(notices.DeviceLost(tape.position_s, lost, self._link.microphone))

    def _look_for_microphone(self, tape: Tape) -> None:
        if self._link.open_other(first=self._lost):
            assert self._link.microphone is not None
            tape.begin(self._link.rate)
            self._lost = None
            self._box.say(notices.DeviceFound(tape.position_s, self._link.microphone))

    def _record_rest(self, tape: Tape) -> None:
        """Record what a stopped stream left in the queue, where wishes stay."""
        wishes = []
        while not self._queue.empty():
            item = self._queue.get()
            if isinstance(item, _Wish):
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
        self._box.say(notices.Finished(self.recording, lost_s))
        self._finished.set()

    def _say_started(self, tape: Tape) -> None:
        if self.state is not State.STARTING or self._link.microphone is None:
            return
        self.state = State.RECORDING
        if self._has_started:
            self._box.say(notices.Resumed(tape.position_s))
        else:
            self._box.say(notices.Started(self._link.microphone))
        self._has_started = True

    def _unexpected(self, exc: Exception) -> RecordingError:
        microphone = self._link.microphone
        return MicrophoneError(microphone.title if microphone is not None else "", str(exc))
