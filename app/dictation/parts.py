"""What a dictation is made of: who records, recognises, inserts, keeps and shows, as Protocols.

All calls go out from one thread and never wait; what comes back is told to ``Dictation`` in the
same thread. ``session`` numbers the dictations of this run, so that a late answer finds its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.errors import SongshuError


class State(StrEnum):
    """What dictation as a whole is doing; the earliest of these that applies."""

    RECORDING = "recording"
    FINISHING = "finishing"  # recorded, not yet recognised
    DELIVERING = "delivering"  # recognised, not yet inserted
    IDLE = "idle"


class Outcome(StrEnum):
    """What became of a text that was to be inserted."""

    INSERTED = "inserted"  # the other program has taken it
    CLIPBOARD = "clipboard"  # nobody has taken it; it lies on the clipboard
    KEPT = "kept"  # Songshu itself was in front, without a text field: it is in the history
    CHOSEN = "chosen"  # on the clipboard because the person wants it there


class News(StrEnum):
    """What a person is told."""

    NOTHING_HEARD = "nothing_heard"
    CANCELLED = "cancelled"
    ON_CLIPBOARD = "on_clipboard"  # could not be inserted: press Ctrl+V
    COPIED = "copied"  # on the clipboard, as wanted
    NOTHING_YET = "nothing_yet"  # "insert again" before the first dictation
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that a person is told.

    Attributes:
        error: what failed; only with ``News.FAILED``.
    """

    news: News
    error: SongshuError | None = None


class Recorder(Protocol):
    """Records the microphone, to disk first."""

    def start(self, session: int) -> None:
        """Begin to record.

        Raises:
            SongshuError: there is no microphone, or no place on the disk.
        """
        ...

    def stop(self, session: int) -> None:
        """End the recording; every sample up to now belongs to it."""
        ...

    def cancel(self, session: int, *, was_tap: bool) -> None:
        """End the recording because nobody wants it.

        Args:
            session: which.
            was_tap: the key was only tapped, so not even the history needs to know.
        """
        ...


class Recognizer(Protocol):
    """Turns what is recorded into utterances.

    It reports ``on_live``, ``on_utterance``, and at the end ``on_finished`` or ``on_failed``.
    Several sessions may be begun: the next waits until the one before is finished.
    """

    def begin(self, session: int) -> None:
        """Recognise what is being recorded."""
        ...

    def finish(self, session: int) -> None:
        """The recording is complete: report the rest, then ``on_finished``."""
        ...

    def cancel(self, session: int) -> None:
        """Forget it; nothing more is reported of it."""
        ...


class Inserter(Protocol):
    """Brings a text into the program in front, and reports ``on_delivered``."""

    def insert(self, text: str, *, only_clipboard: bool) -> None:
        """Insert a text; one at a time.

        Args:
            text: what.
            only_clipboard: an earlier part did not arrive; this is all of it.
        """
        ...

    def cancel(self) -> None:
        """Stop what is being inserted; nothing is reported of it."""
        ...


class Keeper(Protocol):
    """The history: a text is there before anybody tries to insert it."""

    def keep(self, session: int, text: str) -> None:
        """Add an utterance, as it will be inserted.

        Raises:
            SongshuError: it could not be stored; it is inserted all the same.
        """
        ...


class View(Protocol):
    """Whoever shows what goes on."""

    def show_state(self, state: State) -> None:
        """Another state."""
        ...

    def show_live(self, settled: str, unsettled: str) -> None:
        """The words of the newest dictation: what stays, and what may still change."""
        ...

    def show_notice(self, notice: Notice) -> None:
        """Something the person should know."""
        ...
