"""Search over titles and text, and deletion for good."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from app.store.database import Database
from app.store.folders import RECORDINGS
from app.store.rows import forget_records, item_of, stored_path
from app.store.schema import INDEXES
from app.store.types import ItemKind, SearchHit
from app.store.words import make_query, make_snippet

_FOUND_LINES = """SELECT line.id, line.item_id FROM line_index
    JOIN line ON line.id = line_index.rowid
    JOIN item ON item.id = line.item_id AND NOT item.deleted
    WHERE line_index MATCH ? ORDER BY line_index.rowid DESC"""
_FOUND_TITLES = """SELECT item.id FROM item_index JOIN item ON item.id = item_index.rowid
    WHERE item_index MATCH ? AND NOT item.deleted ORDER BY item_index.rowid DESC LIMIT ?"""
_STEP_PAGES = 500  # pages (2 MB) that a step of a purge writes: some 10 ms
_DICTATION = ItemKind.DICTATION
_PENDING = "purge-pending"  # set while deleted text may still lie in the file


class SearchStore(Database):
    """What the library does with all items at once."""

    def search(self, query: str, limit: int = 200) -> list[SearchHit]:
        """Find items by words in their title or in one of their lines, newest first.

        Words may lack their end, Chinese is found by any part. All words must be in the same line
        or title. Items in the trash are not found.

        Args:
            query: as a person types it; nothing in it has a special meaning.
            limit: most hits; each item is one.
        """
        match = make_query(query)
        if not match:
            return []
        with self._read() as connection:
            found: dict[int, int | None] = {
                row["id"]: None for row in connection.execute(_FOUND_TITLES, (match, limit))
            }
            found |= _first_lines(connection, match, limit)
            newest = sorted(found, reverse=True)[:limit]
            return [_hit(connection, item_id, found[item_id], query) for item_id in newest]

    def purge(self, ids: Iterable[int]) -> None:
        """Delete items for good: their text is nowhere in the file any more, nor beside it.

        Recordings of our own go with them, files of the person stay. Copies that were made before a
        change of format hold the text too and are deleted. The search
        index is rewritten in small steps, so that others can write in between; all of it takes
        seconds with thousands of transcripts: call it from a worker.
        """
        numbers = [(number,) for number in ids]
        with self._write() as connection:
            for number in numbers:
                query = "SELECT path FROM item WHERE id = ? AND kind = ?"
                _remove_recordings(self.path, connection.execute(query, (*number, _DICTATION)))
            connection.executemany("DELETE FROM item WHERE id = ?", numbers)
            _mark(connection)
        self.finish_purge()
        forget_records()

    def purge_all(self) -> None:
        """Delete the whole history for good, with what was set aside as damaged. Settings stay."""
        with self._write() as connection:
            query = "SELECT path FROM item WHERE kind = ?"
            _remove_recordings(self.path, connection.execute(query, (_DICTATION,)))
            connection.execute("DELETE FROM item")
            for index in INDEXES:
                connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
            _mark(connection)
        _remove_beside(self.path, "corrupt")
        self.finish_purge()
        forget_records()

    def finish_purge(self) -> None:
        """Wipe what a purge left, also one that was interrupted.

        ``secure_delete`` overwrites rows at once, but the index keeps the words of deleted rows
        until its segments are merged into one.
        """
        with self._read() as connection:
            marks = connection.execute("SELECT 1 FROM setting WHERE key = ?", (_PENDING,))
            if not marks.fetchall():
                return
            for index in INDEXES:
                _merge(connection, index)
            while connection.execute("PRAGMA freelist_count").fetchone()[0]:
                connection.execute(f"PRAGMA incremental_vacuum({_STEP_PAGES})").fetchall()
            _remove_beside(self.path, "backup")
            connection.execute("DELETE FROM setting WHERE key = ?", (_PENDING,))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _remove_recordings(library: Path, rows: Iterable[sqlite3.Row]) -> None:
    """Delete recordings in our own folder, before their rows: a crash leaves rows, never sound."""
    for row in rows:
        path = Path(stored_path(row["path"]))
        if path.parent == library.parent / RECORDINGS:
            with contextlib.suppress(OSError):  # it is gone, or in use: the text goes all the same
                path.unlink()


def _mark(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT OR REPLACE INTO setting VALUES (?, 'true')", (_PENDING,))


def _merge(connection: sqlite3.Connection, index: str) -> None:
    """Merge all segments of an index into one, a transaction for each step."""
    pages = -_STEP_PAGES  # negative: begin a merge of everything
    while True:
        before = connection.total_changes
        connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (pages,))
        if connection.total_changes - before < 2:  # the insert itself counts as one
            return
        pages = _STEP_PAGES


def _remove_beside(path: Path, what: str) -> None:
    for other in path.parent.glob(f"{path.stem}.{what}-*"):
        other.unlink(missing_ok=True)


def _first_lines(connection: sqlite3.Connection, match: str, limit: int) -> dict[int, int]:
    """Find the first matching line of each of the newest items.

    The index gives lines newest first and is read only as far as needed: a word that is in every
    line costs no more than a rare one.
    """
    found: dict[int, int] = {}
    for line_id, item_id in connection.execute(_FOUND_LINES, (match,)):
        if len(found) == limit and item_id not in found:
            break
        found[item_id] = line_id
    return found


def _hit(
    connection: sqlite3.Connection, item_id: int, line_id: int | None, query: str
) -> SearchHit:
    item = item_of(connection.execute("SELECT * FROM item WHERE id = ?", (item_id,)).fetchone())
    text = item.title
    if line_id is not None:
        text = connection.execute("SELECT text FROM line WHERE id = ?", (line_id,)).fetchone()[0]
    return SearchHit(item=item, line_id=line_id, snippet=make_snippet(text, query))
