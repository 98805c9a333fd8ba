"""Find and replace in lines: pure functions, which the find bar and the painter share.

Upper and lower case are the same. Nothing in what is searched has a special meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.store.types import Line


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was found: number of the line in its transcript, and characters."""

    row: int
    start: int
    end: int


def find_all(text: str, needle: str) -> Iterator[tuple[int, int]]:
    """Yield where a text stands in another one, as (start, end)."""
    if needle:
        for match in re.finditer(re.escape(needle), text, re.IGNORECASE):
            yield match.span()


def find_places(lines: Sequence[Line], needle: str) -> list[Place]:
    """Find a text in all lines, in order."""
    return [
        Place(row, start, end)
        for row, line in enumerate(lines)
        for start, end in find_all(line.text, needle)
    ]


def replace_at(line: Line, place: Place, put: str) -> Line:
    """Replace one place of a line."""
    return replace(line, text=line.text[: place.start] + put + line.text[place.end :])


def replace_all(lines: Sequence[Line], needle: str, put: str) -> list[Line]:
    """Replace a text wherever it stands; lines without it stay the same objects."""
    pattern = re.compile(re.escape(needle), re.IGNORECASE)
    return [
        replace(line, text=pattern.sub(lambda _match: put, line.text))
        if needle and pattern.search(line.text)
        else line
        for line in lines
    ]
