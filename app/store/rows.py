"""Rows of the tables to records, and text to what SQLite takes.

A file name need not be valid Unicode (any bytes on Linux, lone surrogates on Windows). Such a path
is stored as bytes, so that the file is found again.

The window reads the whole history, or all lines of a transcript, again and again, and hardly any
row of it has changed: a record is made once for a row and kept. Records are frozen and may be
shared.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from functools import lru_cache

from app.store.types import Item, ItemKind, ItemState, JobOptions, Line


def now() -> str:
    """Give the time as it is stored."""
    return datetime.now(UTC).isoformat()


def path_value(path: str) -> str | bytes:
    """Give what to store for a path."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")
    return path


def stored_path(value: str | bytes) -> str:
    """Give the path that was stored as ``path_value``."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogatepass")


def clean_text(text: str) -> str:
    """Replace what is not valid Unicode."""
    return text.encode("utf-8", "replace").decode()


def item_of(row: sqlite3.Row) -> Item:
    """Make an item of a row of its table, all columns in their order."""
    return _item(*row)


def line_of(row: sqlite3.Row) -> Line:
    """Make a line of a row of its table, all columns in their order."""
    return _line(*row)


def forget_records() -> None:
    """Keep no record any more: what is deleted for good must not lie about in memory either."""
    _item.cache_clear()
    _line.cache_clear()


@lru_cache(maxsize=20_000)
def _item(
    item_id: int,
    kind: str,
    path: str | bytes,
    title: str,
    created_at: str,
    state: str,
    position: int,
    duration_s: float | None,
    done_s: float,
    language: str,
    pack: str,
    device: str,
    rtf: float | None,
    error_type: str,
    error_message: str,
    options: str,
    deleted: int,
    earlier: str | None,
) -> Item:
    return Item(
        id=item_id,
        kind=ItemKind(kind),
        path=stored_path(path),
        title=title,
        created_at=datetime.fromisoformat(created_at),
        state=ItemState(state),
        position=position,
        duration_s=duration_s,
        done_s=done_s,
        language=language,
        pack=pack,
        device=device,
        rtf=rtf,
        error_type=error_type,
        error_message=error_message,
        options=_options(options),
        deleted=bool(deleted),
        again=earlier is not None,
    )


@lru_cache(maxsize=20_000)
def _line(
    line_id: int,
    item_id: int,
    position: int,
    start_s: float,
    end_s: float,
    text: str,
    original_text: str,
    language: str,
    avg_logprob: float,
) -> Line:
    return Line(
        id=line_id,
        item_id=item_id,
        index=position,
        start_s=start_s,
        end_s=end_s,
        text=text,
        original_text=original_text,
        language=language,
        avg_logprob=avg_logprob,
        edited=text != original_text,
    )


@lru_cache(maxsize=64)  # many items have the same: 500 files of one drop
def _options(text: str) -> JobOptions:
    return JobOptions.from_json(text)
