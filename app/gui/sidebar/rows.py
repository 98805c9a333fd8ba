"""A row of the sidebar: a heading or an item, in which section it stands, and what it says.

items, progress -> rows in their order: what is in progress, then the history by day
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.audio.journal_file import PART_SUFFIX
from app.gui.threads.events import JobProgress
from app.gui.wording import words
from app.store.types import Item, ItemKind, ItemState

OPEN_STATES = (ItemState.RUNNING, ItemState.WAITING, ItemState.PAUSED)


@dataclass(frozen=True, slots=True)
class Heading:
    """A row that only divides."""

    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that is an item.

    Attributes:
        progress: the newest of a running item.
        snippet: where a search found it, "" without a search.
        line_id: the line that a search found.
    """

    item: Item
    progress: JobProgress | None = None
    snippet: str = ""
    line_id: int | None = None


Row = Heading | Entry


def all_rows(
    items: Iterable[Item],
    today: date,
    open_entry: Callable[[Item], Entry],
    past_entry: Callable[[Item], tuple[Entry, date]],
) -> Iterator[Row]:
    """Give the whole list.

    Args:
        items: all of them, in any order.
        today: the day of now.
        open_entry: makes the row of an item that is in progress.
        past_entry: gives the row of one that has ended, and its day; there may be thousands.
    """
    everything = list(items)
    running = [item for item in everything if item.state in OPEN_STATES]
    if running:
        yield Heading(words.tr("In progress"))
        yield from (open_entry(item) for item in sorted(running, key=_queue_order))
    last = None
    ended = (item for item in everything if item.state not in OPEN_STATES)
    for item in sorted(ended, key=lambda item: item.id, reverse=True):
        entry, when = past_entry(item)
        if when != last:
            yield Heading(words.day(when, today))
            last = when
        yield entry


def status_text(entry: Entry) -> str:
    """Say in a few words where an item stands."""
    item, progress = entry.item, entry.progress
    if item.state is ItemState.RUNNING:
        return _running_text(item, progress)
    if item.state is ItemState.WAITING:
        return words.tr("Waiting")
    if item.state is ItemState.PAUSED:
        done = item.progress
        return words.tr("Paused") + (f" · {percent(done)}" if done else "")
    if item.state is ItemState.FAILED:
        return words.error_words(item.error_type).what
    when = item.created_at.astimezone().strftime("%H:%M")
    length = f" · {words.clock(item.duration_s)}" if item.duration_s else ""
    remark = ""
    if item.state is ItemState.CANCELLED:
        remark = words.tr("Stopped")
    elif item.error_type:
        remark = words.tr("Damaged file")
    return when + length + (f" · {remark}" if remark else "")


def fraction_done(entry: Entry) -> float | None:
    """How much of a running item is done, in [0, 1]; None while nobody knows."""
    progress = entry.progress
    if progress is not None and progress.duration_s:
        return min(1.0, progress.done_s / progress.duration_s)
    return entry.item.progress


def is_being_recorded(item: Item) -> bool:
    """Whether the file of an item still grows."""
    return item.state is ItemState.RUNNING and item.path.endswith(PART_SUFFIX)


def percent(fraction: float) -> str:
    """Write a part of the whole."""
    return f"{int(100 * fraction)} %"


def _running_text(item: Item, progress: JobProgress | None) -> str:
    if progress is None and item.kind is ItemKind.DICTATION:
        return words.tr("Recording…") if is_being_recorded(item) else words.tr("Writing…")
    if progress is None:
        return words.tr("Starting…")
    done = fraction_done(Entry(item, progress))
    parts = [percent(done)] if done is not None else [words.clock(progress.done_s)]
    if progress.eta_s is not None:
        parts.append(words.time_left(progress.eta_s))
    return " · ".join(parts)


def _queue_order(item: Item) -> tuple[bool, int, int]:
    return (item.state is not ItemState.RUNNING, item.position, item.id)


def section_of(item: Item) -> object:
    """Give where an item stands in the list; another one means that rows move."""
    if item.state in OPEN_STATES:
        return ("open", item.state is ItemState.RUNNING, item.position)
    return local_date(item)


def local_date(item: Item) -> date:
    """Give the day on which an item was added, by the clock of this computer."""
    return item.created_at.astimezone().date()
