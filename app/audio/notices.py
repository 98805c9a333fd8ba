"""What a recorder has to say, each a fact with its place in the recording.

    Started → (Paused → Resumed)* → Finished        always in this order
    DeviceLost → DeviceFound                        the microphone went away, recording goes on
    NoSound → SoundAgain                            2 s below −50 dBFS
    DiskFull → DiskFree                             kept in memory meanwhile
    Overflow                                        the system lost samples before we got them
    Failed                                          why it ended by itself; Finished follows

``at_s`` is the position in the recording, in seconds.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import TypeAlias

from app.audio.journal import Recording
from app.audio.microphones import Microphone
from app.errors import RecordingError


@dataclass(frozen=True, slots=True)
class Started:
    """The first sound arrived; only from here on is anything recorded."""

    microphone: Microphone


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing is recorded until ``Resumed``."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """Sound arrives again after a pause."""

    at_s: float


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The microphone went away; everything up to here is kept.

    Attributes:
        fallback: what is recorded instead (the same one if it came back at once); None while there
            is no microphone at all, then ``DeviceFound`` follows.
    """

    at_s: float
    microphone: Microphone
    fallback: Microphone | None


@dataclass(frozen=True, slots=True)
class DeviceFound:
    """There is a microphone again."""

    at_s: float
    microphone: Microphone


@dataclass(frozen=True, slots=True)
class NoSound:
    """Nothing was heard for 2 s.

    Attributes:
        at_s: where the silence began.
        is_zero: whether not even noise arrives: the microphone is muted, or the system does not let
            us listen.
    """

    at_s: float
    is_zero: bool


@dataclass(frozen=True, slots=True)
class SoundAgain:
    """Something is heard again after ``NoSound``."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Overflow:
    """The system lost samples because the computer was too busy; how many, it does not say.

    Attributes:
        n_times: since the last look at the notices.
    """

    at_s: float
    n_times: int


@dataclass(frozen=True, slots=True)
class DiskFull:
    """Nothing can be written; up to ten minutes are kept in memory and written later.

    Attributes:
        error: RecordingFullError, or RecordingWriteError for another reason.
    """

    at_s: float
    error: RecordingError


@dataclass(frozen=True, slots=True)
class DiskFree:
    """Everything is in the file again."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Recording ended by itself, or never began; what was recorded is kept."""

    at_s: float
    error: RecordingError


@dataclass(frozen=True, slots=True)
class Finished:
    """The last notice.

    Attributes:
        recording: None if nothing was recorded, then there is no file.
        lost_s: what was in memory only when it ended, because the disk was full.
    """

    recording: Recording | None
    lost_s: float


Notice: TypeAlias = (
    Started
    | Paused
    | Resumed
    | DeviceLost
    | DeviceFound
    | NoSound
    | SoundAgain
    | Overflow
    | DiskFull
    | DiskFree
    | Failed
    | Finished
)


class NoticeBox:
    """Holds notices between the thread that has them and the one that asks for them."""

    def __init__(self) -> None:
        self._notices: deque[Notice] = deque()
        self._lock = threading.Lock()

    def say(self, notice: Notice) -> None:
        """Add a notice; an overflow right after another one is counted into it."""
        with self._lock:
            last = self._notices[-1] if self._notices else None
            if isinstance(notice, Overflow) and isinstance(last, Overflow):
                self._notices[-1] = replace(last, n_times=last.n_times + notice.n_times)
            else:
                self._notices.append(notice)

    def take(self) -> list[Notice]:
        """Return what was added since the last call, oldest first."""
        with self._lock:
            found = list(self._notices)
            self._notices.clear()
        return found
