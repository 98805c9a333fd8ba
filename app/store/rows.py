"""Rows of the tables to records, and text to what SQLite takes.

A file name need not be valid Unicode (any bytes on Linux, lone surrogates on Windows). Such a path
is stored as bytes, so that the file is found again.
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


def clean_text(text: str) -> str:
    """Replace what is not valid Unicode."""
    return text.encode("utf-8", "replace").decode()


def item_of(row: sqlite3.Row) -> Item:
    """Make an item of a row of its table."""
    path = row["path"]
    return Item(
        id=row["id"],
        kind=ItemKind(row["kind"]),
        path=path if isinstance(path, str) else path.decode("utf-8", "surrogatepass"),
        title=row["title"],
        created_at=datetime.fromisoformat(row["created_at"]),
        state=ItemState(row["state"]),
        position=row["position"],
        duration_s=row["duration_s"],
        done_s=row["done_s"],
        language=row["language"],
        pack=row["pack"],
        device=row["device"],
        rtf=row["rtf"],
        error_type=row["error_type"],
        error_message=row["error_message"],
        options=_options(row["options"]),
        deleted=bool(row["deleted"]),
        again=row["earlier"] is not None,
    )


def line_of(row: sqlite3.Row) -> Line:
    """Make a line of a row of its table."""
    return Line(
        id=row["id"],
        item_id=row["item_id"],
        index=row["position"],
        start_s=row["start_s"],
        end_s=row["end_s"],
        text=row["text"],
        original_text=row["original_text"],
        language=row["language"],
        avg_logprob=row["avg_logprob"],
        edited=row["text"] != row["original_text"],
    )


@lru_cache(maxsize=64)  # many items have the same: 500 files of one drop
def _options(text: str) -> JobOptions:
    return JobOptions.from_json(text)
