"""What the store hands out: frozen records that may cross threads.

An *item* is one source that is, or will be, recognised: a file or a dictation. Its text stands in
*lines*, one per finished segment. ``JobOptions`` is the snapshot of the settings with which an item
was queued, so that changing the settings later never changes what is already waiting.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from app.engine.types import TimedInLanguage

NEW = 0  # id of a line that is not stored yet


class ItemState(StrEnum):
    """Where an item stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_STATES = (ItemState.WAITING, ItemState.RUNNING, ItemState.PAUSED)


class ItemKind(StrEnum):
    """Where an item comes from."""

    FILE = "file"
    DICTATION = "dictation"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOptions:
    """How one item is recognised.

    Attributes:
        pack: name or path of the model pack; None takes the first that is found.
        device: what to run on; None lets the engine choose.
        n_threads: None takes the physical cores.
        language: canonical name ("English"), or None to let the model find it.
        context: background text for the model.
        hot_words: terms that the model should know.
        use_gate: ask the speech gate first.
        replacements: pairs of (find, put), applied in order to the finished text.
        normalize_numbers: write spoken numbers in digits.
    """

    pack: str | None = None
    device: str | None = None
    n_threads: int | None = None
    language: str | None = None
    context: str = ""
    hot_words: tuple[str, ...] = ()
    use_gate: bool = True
    replacements: tuple[tuple[str, str], ...] = ()
    normalize_numbers: bool = False

    def to_json(self) -> str:
        """Write the options as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> JobOptions:
        """Read options; what another version wrote more is ignored, what is missing is default."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {k: v for k, v in json.loads(text).items() if k in known}
        if "hot_words" in values:
            values["hot_words"] = tuple(values["hot_words"])
        if "replacements" in values:
            values["replacements"] = tuple((find, put) for find, put in values["replacements"])
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One source, with what is known of it.

    Attributes:
        id: never used again after the item is gone.
        path: the file as it was given; of a dictation its recording, or "".
        created_at: when it was added, aware, in UTC.
        position: place in the queue, ascending.
        duration_s: length of the audio in seconds, None while unknown.
        done_s: audio that is finished, in seconds; recognition goes on from here.
        language, pack, device, rtf: what it was recognised as and with; "" or None until done.
        error_type: name of the error's class or, of a finished item, of the warning about its sound
            (``app.audio.facts``); "" without any. error_message: its text.
        deleted: it lies in the trash and can be restored.
        again: it is, or was, recognised again. While it is open, its lines are still the earlier
            ones; when it is done, ``Library.put_back`` gives those back.
    """

    id: int
    kind: ItemKind
    path: str
    title: str
    created_at: datetime
    state: ItemState
    position: int
    duration_s: float | None
    done_s: float
    language: str
    pack: str
    device: str
    rtf: float | None
    error_type: str
    error_message: str
    options: JobOptions
    deleted: bool
    again: bool = False

    @property
    def is_redone(self) -> bool:
        """Whether it is being recognised again, and its lines are those from before."""
        return self.again and self.state in OPEN_STATES

    @property
    def progress(self) -> float | None:
        """Finished part in [0, 1], None while the length is unknown."""
        if self.state is ItemState.DONE:
            return 1.0
        return min(1.0, self.done_s / self.duration_s) if self.duration_s else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a transcript.

    Attributes:
        id: stays the same through edits, splits and merges; ``NEW`` (0) if it is not stored yet.
        index: place in the transcript, from 0 without gaps.
        start_s, end_s: position in the source, in seconds.
        original_text: what was recognised; text: what stands there now.
        avg_logprob: mean natural-log probability of its tokens.
        edited: the text differs from the original.
    """

    id: int
    item_id: int
    index: int
    start_s: float
    end_s: float
    text: str
    original_text: str
    language: str
    avg_logprob: float
    edited: bool

    def __post_init__(self) -> None:
        if self.end_s < self.start_s:
            raise ValueError(f"line ends before it starts: {self.start_s} > {self.end_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """An item that matches a search.

    Attributes:
        line_id: the first line found in it; None if only its title matches.
        snippet: the found place with some text around it.
    """

    item: Item
    line_id: int | None
    snippet: str


class SegmentLike(TimedInLanguage, Protocol):
    """What the store needs of a finished segment; ``app.engine.types.Segment`` has it."""

    @property
    def avg_logprob(self) -> float:
        """Mean natural-log probability of its tokens."""
        ...
