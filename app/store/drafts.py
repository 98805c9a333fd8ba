"""An item that is recognised again keeps its lines until all new ones are there.

    recognize_again -> waiting, running; the new lines go to draft_line
        finished          -> both change places in one transaction; put_back changes them again
        cancelled, failed -> the item is what it was before, the new lines are dropped

So nothing that a person has corrected is ever lost to a recognition that fails, is stopped or
comes out worse. ``Drafts`` is what the engine writes to: it does nothing any more once somebody
has stopped the recognition, for the engine always notices that a moment later.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from app.store.database import Database
from app.store.rows import clean_text
from app.store.types import OPEN_STATES, ItemState, JobOptions, SegmentLike

_FACTS = (
    "state",
    "position",
    "done_s",
    "language",
    "pack",
    "device",
    "rtf",
    "error_type",
    "error_message",
    "options",
)
_LINE = "item_id, position, start_s, end_s, text, original_text, language, avg_logprob"


class DraftStore(Database):
    """What the library does with items that are recognised again."""

    def recognize_again(self, item_id: int, options: JobOptions) -> None:
        """Queue an item that is not in the queue, from its beginning; its lines stay until then.

        Args:
            item_id: the item.
            options: with which settings.
        """
        with self._write() as connection:
            row = _row(connection, item_id)
            if row is None or row["state"] in OPEN_STATES:
                return
            forget_earlier(connection, item_id)
            connection.execute(
                "UPDATE item SET earlier = ?, state = ?, done_s = 0, rtf = NULL, options = ?, "
                "error_type = '', error_message = '', "
                "position = (SELECT max(position) + 1 FROM item) WHERE id = ?",
                (_facts(row), ItemState.WAITING, options.to_json(), item_id),
            )

    def put_back(self, item_id: int) -> None:
        """Give a finished item the lines and facts back that it had before."""
        with self._write() as connection:
            row = _row(connection, item_id)
            if row is None or row["earlier"] is None or row["state"] in OPEN_STATES:
                return
            _change_places(connection, item_id)
            _restore(connection, row)

    def drop_earlier(self) -> None:
        """Forget the lines from before of all items that are finished; call it once at start."""
        with self._write() as connection:
            marks = ",".join("?" * len(OPEN_STATES))
            rows = connection.execute(
                f"SELECT id FROM item WHERE earlier IS NOT NULL AND state NOT IN ({marks})",
                OPEN_STATES,
            )
            for row in rows.fetchall():
                forget_earlier(connection, row["id"])


class Drafts:
    """Takes the new lines of an item; the same calls as those of the library for other items.

    Args:
        store: the library.
    """

    def __init__(self, store: DraftStore) -> None:
        self._store = store

    def add_line(self, item_id: int, segment: SegmentLike, done_s: float) -> None:
        """Keep a finished segment and the progress after it, in one transaction."""
        with self._store._write() as connection:
            if not is_redone(connection, item_id):
                return
            connection.execute("UPDATE item SET done_s = ? WHERE id = ?", (done_s, item_id))
            if not segment.text:
                return
            text = clean_text(segment.text)
            span = (segment.start_s, segment.end_s, text, text, segment.language)
            connection.execute(
                f"INSERT INTO draft_line ({_LINE}) VALUES (?, "
                "(SELECT count(*) FROM draft_line WHERE item_id = ?), ?, ?, ?, ?, ?, ?)",
                (item_id, item_id, *span, segment.avg_logprob),
            )

    def set_progress(self, item_id: int, done_s: float, duration_s: float | None = None) -> None:
        """Store how far an item is, and its length."""
        with self._store._write() as connection:
            if is_redone(connection, item_id):
                connection.execute(
                    "UPDATE item SET done_s = ?, duration_s = coalesce(?, duration_s) WHERE id = ?",
                    (done_s, duration_s, item_id),
                )

    def languages(self, item_id: int) -> list[str]:
        """List the languages of the new lines, in order."""
        with self._store._read() as connection:
            rows = connection.execute(
                "SELECT language FROM draft_line WHERE item_id = ? ORDER BY position", (item_id,)
            )
            return [row["language"] for row in rows]

    def finish(
        self,
        item_id: int,
        *,
        language: str,
        pack: str,
        device: str,
        rtf: float | None,
        warning: tuple[str, str] = ("", ""),
    ) -> None:
        """Let the new lines replace the old ones; ``warning`` as in ``Library.finish``."""
        with self._store._write() as connection:
            if not is_redone(connection, item_id):
                return
            _change_places(connection, item_id)
            connection.execute(
                "UPDATE item SET state = ?, language = ?, pack = ?, device = ?, rtf = ?, "
                "done_s = coalesce(duration_s, done_s), error_type = ?, error_message = ? "
                "WHERE id = ?",
                (
                    ItemState.DONE,
                    language,
                    pack,
                    device,
                    rtf,
                    warning[0],
                    clean_text(warning[1]),
                    item_id,
                ),
            )


def is_redone(connection: sqlite3.Connection, item_id: int) -> bool:
    """Whether an item is being recognised again."""
    row = _row(connection, item_id)
    return row is not None and row["earlier"] is not None and row["state"] in OPEN_STATES


def end_again(connection: sqlite3.Connection, item_id: int) -> bool:
    """Make an item that is being recognised again what it was before; returns whether it was."""
    if not is_redone(connection, item_id):
        return False
    _restore(connection, _row(connection, item_id))
    return True


def forget_earlier(connection: sqlite3.Connection, item_id: int) -> None:
    """Delete what was kept of an earlier recognition."""
    connection.execute("DELETE FROM draft_line WHERE item_id = ?", (item_id,))
    connection.execute("UPDATE item SET earlier = NULL WHERE id = ?", (item_id,))


def _row(connection: sqlite3.Connection, item_id: int) -> Any:
    return connection.execute("SELECT * FROM item WHERE id = ?", (item_id,)).fetchone()


def _facts(row: sqlite3.Row) -> str:
    return json.dumps({name: row[name] for name in _FACTS}, ensure_ascii=False)


def _restore(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    facts = json.loads(row["earlier"])
    assignments = ", ".join(f"{name} = ?" for name in _FACTS)
    values = [facts[name] for name in _FACTS]
    connection.execute(f"UPDATE item SET {assignments} WHERE id = ?", (*values, row["id"]))
    forget_earlier(connection, row["id"])


def _change_places(connection: sqlite3.Connection, item_id: int) -> None:
    """Exchange the lines of an item with those that were kept aside; old lines keep their ids."""
    here = (item_id,)
    columns = f"line_id, {_LINE}"
    aside = connection.execute(
        f"SELECT {columns} FROM draft_line WHERE item_id = ? ORDER BY position", here
    ).fetchall()
    connection.execute("DELETE FROM draft_line WHERE item_id = ?", here)
    connection.execute(
        f"INSERT INTO draft_line ({columns}) SELECT id, {_LINE} FROM line WHERE item_id = ?", here
    )
    connection.execute("DELETE FROM line WHERE item_id = ?", here)
    connection.executemany(
        f"INSERT INTO line (id, {_LINE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(tuple, aside)
    )
