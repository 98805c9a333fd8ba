"""Segments to store."""

from __future__ import annotations

from app.engine.types import Segment
from app.store.library import Library
from app.store.types import Item, JobOptions, Line


def segment(text: str, start_s: float = 0.0, *, language: str = "English") -> Segment:
    return Segment(
        start_s=start_s, end_s=start_s + 10, text=text, language=language, avg_logprob=-0.25
    )


def add_item(library: Library, *texts: str, path: str = "/m/a.wav") -> tuple[Item, list[Line]]:
    """Add a file with lines of ten seconds each."""
    (item,) = library.add_files([path], JobOptions())
    for n, text in enumerate(texts):
        library.add_line(item.id, segment(text, 10.0 * n), done_s=10.0 * (n + 1))
    return library.item(item.id), library.lines(item.id)
