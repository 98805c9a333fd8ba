"""What the engine thread tells the window: frozen records, the only things that cross.

Nothing here holds a Qt object, a model or a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.errors import SongshuError
from app.store.types import ItemState, Line


class EnginePhase(StrEnum):
    """Where the engine stands."""

    IDLE = "idle"  # nothing loaded yet; the first job loads it
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """What is loaded.

    Attributes:
        pack, device: names for people, "" while unknown.
        error_type, error_message: why it failed, else "".
    """

    phase: EnginePhase
    pack: str = ""
    device: str = ""
    error_type: str = ""
    error_message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted:
    """An item is being worked on.

    Attributes:
        done_s: where it goes on, in seconds.
        duration_s: length of its audio, None while unknown.
    """

    item_id: int
    done_s: float
    duration_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far an item is.

    Attributes:
        done_s: audio that is finished, the running segment estimated, in seconds.
        eta_s: seconds until it is finished, None while nobody knows.
        speed: seconds of audio per second of work, None before the first segment.
    """

    item_id: int
    done_s: float
    duration_s: float | None
    eta_s: float | None
    speed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveText:
    """All text of the running segment; it may still change. At most 20 a second.

    Attributes:
        n_settled: how many of its characters will stay.
        session: the dictation that it belongs to, None for a file.
    """

    item_id: int
    start_s: float
    end_s: float
    text: str
    n_settled: int = 0
    session: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LagChanged:
    """Recognition of a dictation falls behind the speaker, or catches up.

    Attributes:
        lag_s: how far it is behind, in whole seconds; 0 while nobody needs to know.
    """

    session: int
    lag_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAdded:
    """A segment is finished and stored."""

    item_id: int
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceHeard:
    """An utterance of a dictation is final, and stored."""

    session: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFinished:
    """A dictation is recognised to its end."""

    session: int
    item_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFailed:
    """A dictation cannot be recognised while it is spoken; its recording is not touched.

    Attributes:
        error: why; None if somebody gave it up.
    """

    session: int
    item_id: int
    error: SongshuError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished:
    """An item is finished; ``speed`` as in JobProgress.

    Attributes:
        again: its new lines have just replaced those from before.
    """

    item_id: int
    speed: float | None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStopped:
    """Somebody stopped an item, or the program ends; what was finished is kept.

    Attributes:
        state: PAUSED, CANCELLED, or WAITING if it goes on by itself at the next start.
    """

    item_id: int
    state: ItemState


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed:
    """An item cannot be finished; what was recognised before is kept.

    Attributes:
        again: it was being recognised again, and is what it was before.
    """

    item_id: int
    error_type: str
    error_message: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecognized:
    """A single line was recognised again; nothing is stored yet."""

    item_id: int
    line_id: int
    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFailed:
    """A single line could not be recognised again."""

    item_id: int
    line_id: int
    error_type: str
    error_message: str
