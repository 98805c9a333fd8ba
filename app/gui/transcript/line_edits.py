"""Changes to a transcript that can be undone: the lines before, the lines after.

Every change is the same command: one list of lines becomes another one. What the store gives back
(with the ids that new lines got) is remembered, so that doing it again gives the same ids. While an
item is being recognised the engine appends lines of its own; then only changes within one line are
allowed, which are written line by line and cannot touch a neighbour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtGui import QUndoCommand

from app.store.library import Library
from app.store.lines import merged
from app.store.types import NEW, Line
from app.text.timing import time_at

SHORTEST_S = 0.1  # a line that is shorter could neither be read nor be clicked


class ChangeLines(QUndoCommand):
    """Turns lines into other lines.

    Args:
        text: what it is called in "Undo …".
        library: where the lines are stored.
        item_id: whose lines they are.
        before, after: all lines of the item.
        changed: is told the lines as they are stored now.
    """

    def __init__(
        self,
        text: str,
        library: Library,
        item_id: int,
        before: Sequence[Line],
        after: Sequence[Line],
        changed: Callable[[int, list[Line]], None],
    ) -> None:
        super().__init__(text)
        self._library = library
        self._item_id = item_id
        self._before = list(before)
        self._after = list(after)
        self._changed = changed

    def redo(self) -> None:
        """Make the change."""
        self._after = self._write(self._before, self._after)

    def undo(self) -> None:
        """Take it back."""
        self._before = self._write(self._after, self._before)

    def _write(self, old: list[Line], new: list[Line]) -> list[Line]:
        if [line.id for line in old] == [line.id for line in new]:
            for line, other in zip(old, new, strict=True):
                if (other.text, other.language) != (line.text, line.language):
                    self._library.edit_line(other.id, other.text, other.language)
                if (other.start_s, other.end_s) != (line.start_s, line.end_s):
                    self._library.set_line_times(other.id, other.start_s, other.end_s)
            stored = self._library.lines(self._item_id)
        else:
            stored = self._library.replace_lines(self._item_id, new)
        self._changed(self._item_id, stored)
        return stored[: len(new)]


def with_text(
    lines: Sequence[Line], row: int, text: str, language: str | None = None
) -> list[Line]:
    """Give one line another text, and perhaps another language."""
    line = lines[row]
    line = replace(line, text=text, language=language or line.language)
    return [*lines[:row], line, *lines[row + 1 :]]


def with_originals(lines: Sequence[Line], rows: Sequence[int]) -> list[Line]:
    """Give lines the text again that was recognised."""
    return [
        replace(line, text=line.original_text) if row in rows else line
        for row, line in enumerate(lines)
    ]


def merged_with_next(lines: Sequence[Line], row: int) -> list[Line]:
    """Join a line with the one below it."""
    return [*lines[:row], merged(lines[row], lines[row + 1]), *lines[row + 2 :]]


def split_at(lines: Sequence[Line], row: int, at_char: int) -> list[Line]:
    """Cut a line in two, at the time at which the word after the cut begins."""
    line = lines[row]
    head, tail = line.text[:at_char].rstrip(), line.text[at_char:].lstrip()
    at_s = time_at(line.text, at_char, line.start_s, line.end_s)
    edited = line.text != line.original_text
    originals = (line.original_text, "") if edited else (head, tail)
    first = replace(line, text=head, end_s=at_s, original_text=originals[0])
    second = replace(line, id=NEW, text=tail, start_s=at_s, original_text=originals[1])
    return [*lines[:row], first, second, *lines[row + 1 :]]


def nudged(lines: Sequence[Line], row: int, seconds: float) -> list[Line]:
    """Move the start of a line; the end of the one above moves with it where they touched."""
    line = lines[row]
    above = lines[row - 1] if row else None
    earliest = above.start_s + SHORTEST_S if above else 0.0
    start_s = max(earliest, min(line.start_s + seconds, line.end_s - SHORTEST_S))
    start_s = min(start_s, line.end_s)
    changed = list(lines)
    changed[row] = replace(line, start_s=start_s)
    if above is not None and (above.end_s == line.start_s or above.end_s > start_s):
        changed[row - 1] = replace(above, end_s=start_s)
    return changed
