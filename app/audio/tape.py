"""What a recorder does with sound: bring it to 16 kHz, append it, and say what is remarkable.

In: ``Captured`` blocks of one stream after another, each at its own rate. Out: a growing journal, a
level, and the notices about silence, lost samples and the disk.
"""

from __future__ import annotations

from app.audio import notices
from app.audio.capture import Captured
from app.audio.intake import Intake
from app.audio.journal import Journal
from app.audio.loudness import FLOOR_DB, SILENCE_S
from app.audio.notices import NoticeBox
from app.audio.resample import SAMPLE_RATE, FloatArray


class Tape:
    """Records into one journal; used by one thread.

    Args:
        journal: what is appended to.
        box: where notices go.

    Attributes:
        level_db: loudness of the last 50 ms in dBFS.
    """

    def __init__(self, journal: Journal, box: NoticeBox) -> None:
        self.level_db = FLOOR_DB
        self._journal = journal
        self._box = box
        self._intake: Intake | None = None
        self._has_said_silent = self._has_said_full = False

    @property
    def position_s(self) -> float:
        """Length of what is recorded."""
        return self._journal.n_samples / SAMPLE_RATE

    @property
    def has_begun(self) -> bool:
        """Whether the current stream has given anything yet."""
        return self._intake is not None and self._intake.n_samples > 0

    def begin(self, rate: int) -> None:
        """Expect a stream with another rate; ``end`` belongs to it."""
        self._intake = Intake(rate)
        self._has_said_silent = False

    def change_microphone(self) -> None:
        """Expect another microphone in the same stream; what was said of the old one is over."""
        self._has_said_silent = False
        if self._intake is not None:
            self._intake.loudness.forget()

    def record(self, captured: Captured) -> None:
        """Append a block.

        Raises:
            RecordingFullError, RecordingWriteError: the disk has taken nothing for ten minutes.
        """
        assert self._intake is not None, "begin() comes first"
        if captured.is_after_gap:
            self._box.say(notices.Overflow(self.position_s, 1))
        waveform = self._intake.push(captured.samples)
        self.level_db = self._intake.loudness.level_db
        self._append(waveform)
        self._judge_silence(self._intake)

    def end(self) -> None:
        """Append the tail of the stream."""
        intake, self._intake = self._intake, None
        self.level_db = FLOOR_DB
        if intake is not None:
            self._append(intake.flush())

    def _append(self, waveform: FloatArray) -> None:
        if len(waveform):
            self._journal.append(waveform)
        problem = self._journal.problem
        if problem is not None and not self._has_said_full:
            self._box.say(notices.DiskFull(self.position_s, problem))
        elif problem is None and self._has_said_full:
            self._box.say(notices.DiskFree(self.position_s))
        self._has_said_full = problem is not None

    def _judge_silence(self, intake: Intake) -> None:
        loudness = intake.loudness
        if loudness.is_silent and not self._has_said_silent:
            began_s = max(0.0, self.position_s - SILENCE_S)
            self._box.say(notices.NoSound(began_s, loudness.is_zero))
            self._has_said_silent = True
        elif loudness.is_heard and self._has_said_silent:
            self._box.say(notices.SoundAgain(self.position_s))
            self._has_said_silent = False
