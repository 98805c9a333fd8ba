"""Record from a microphone to disk, and let anybody follow.

    recorder = Recorder(recordings_folder(), microphone)   # app.store.folders; None: the default
    recorder.start()              # raises only if there is no place for the file
    reader = recorder.reader()    # 16 kHz blocks for the recognizer, in its own thread
    recorder.state, recorder.level_db, recorder.recorded_s, recorder.notices()   # for a timer
    recorder.pause(); recorder.resume()
    recorder.stop()               # returns at once; reader.blocks() ends after the last sample
    recorder.wait()               # the Recording, once the file is final; also in Finished

    device's thread      recorder's thread (``recorder_loop``)         any thread
    callback copies  →   queue → mono → loudness → 16 kHz → journal  →  JournalReader

Every method returns at once and may be called from a GUI: opening a device, which takes 0.1 s and
up to seconds with Bluetooth, waiting for the last word and writing happen in the recorder's thread.
No model is needed for any of it. One ``Recorder`` makes one recording.

What goes wrong becomes a notice (``app.audio.notices``), never an exception in a thread. Whatever
ends a recording early, the file is made usable.

Looking for the first microphone of a process loads PortAudio, 0.5 s and more: call
``list_microphones`` once in a thread at the program's start, so that the first key press is quick.
"""

from __future__ import annotations

import threading
from pathlib import Path

from app.audio.capture import OpenStream, open_microphone
from app.audio.journal import Journal, Recording
from app.audio.journal_reader import JournalReader
from app.audio.microphones import Microphone
from app.audio.notices import Notice
from app.audio.recorder_loop import RecorderLoop, State, Wish
from app.audio.resample import SAMPLE_RATE

__all__ = ["Recorder", "State"]


class Recorder:
    """Makes one recording.

    Args:
        folder: where it goes; it exists.
        microphone: what to record; the system's default if None.
        open_stream: opens a microphone.
        keeps_awake: whether the computer may not sleep while it records.
    """

    def __init__(
        self,
        folder: Path,
        microphone: Microphone | None = None,
        open_stream: OpenStream = open_microphone,
        *,
        keeps_awake: bool = True,
    ) -> None:
        self._folder = folder
        self._journal: Journal | None = None
        self._finished = threading.Event()
        self._loop = RecorderLoop(microphone, open_stream, keeps_awake=keeps_awake)

    @property
    def state(self) -> State:
        """What it does now."""
        return self._loop.state

    @property
    def recording(self) -> Recording | None:
        """The finished file; None before, and if nothing was recorded."""
        return self._loop.recording

    @property
    def microphone(self) -> Microphone | None:
        """What is recorded now; None before the start, and while there is no microphone."""
        return self._loop.microphone

    @property
    def path(self) -> Path:
        """The file that is being written; ``Finished`` tells its final name."""
        assert self._journal is not None, "nothing is recorded before the start"
        return self._journal.path

    @property
    def level_db(self) -> float:
        """Loudness of the last 50 ms in dBFS, from −100 to 0."""
        return self._loop.level_db

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
        journal = self._journal = Journal(self._folder)
        self._loop.state = State.STARTING
        threading.Thread(target=self._run, args=(journal,), name="recorder", daemon=True).start()

    def pause(self) -> None:
        """Record nothing until ``resume``; what was said before the call is recorded."""
        self._loop.wish(Wish.PAUSE)

    def resume(self) -> None:
        """Go on after ``pause``."""
        self._loop.wish(Wish.RESUME)

    def stop(self) -> None:
        """End; what was said before the call is recorded."""
        self._loop.wish(Wish.STOP)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until the file is final; False after the timeout."""
        return self._finished.wait(timeout_s)

    def reader(self, *, block_s: float = 1.0, least_s: float = 0.1) -> JournalReader:
        """Follow the recording from its start; after ``start``, as many as wanted, at any time."""
        assert self._journal is not None, "start() comes first"
        return JournalReader(self._journal, block_s=block_s, least_s=least_s)

    def notices(self) -> list[Notice]:
        """Return what happened since the last call, oldest first."""
        return self._loop.box.take()

    def _run(self, journal: Journal) -> None:
        try:
            self._loop.run(journal)
        finally:
            self._finished.set()
