"""Items: the queue with its states, and the history.

    waiting -> running -> done | failed        a person: pause, resume, cancel, retry
    recover() at start: running -> waiting, with its lines and its progress

A call that does not fit the state, such as pausing what is done, changes nothing: the window and
the worker may always be a moment apart. What a person decided wins: an item that was paused or
cancelled does not become failed afterwards.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.errors import ItemNotFoundError
from app.store.database import Database
from app.store.drafts import end_again, forget_earlier
from app.store.rows import clean_text, item_of, now, path_value
from app.store.types import OPEN_STATES, Item, ItemKind, ItemState, JobOptions

_W, _R, _P = _OPEN = OPEN_STATES
_LARGEST_ID = 2**63 - 1  # of SQLite
_MOST_AT_ONCE = 500  # values in one statement; SQLite takes 999 at least


class ItemStore(Database):
    """What the library does with items."""

    def add_files(self, paths: Iterable[str | Path], options: JobOptions) -> list[Item]:
        """Queue files in one transaction, in this order.

        A path that is given twice, or is already waiting, running or paused, is left out. Nothing
        is read from the files.

        Returns:
            The new items.
        """
        with self._write() as connection:
            wanted = dict.fromkeys(str(path) for path in paths)
            marks = ",".join("?" * len(_OPEN))
            rows = connection.execute(
                f"SELECT * FROM item WHERE state IN ({marks}) AND NOT deleted", _OPEN
            )
            queued = {item_of(row).path for row in rows}
            place = _next_place(connection)
            ids = [
                _insert(connection, ItemKind.FILE, path, Path(path).name, _W, options, place + n)
                for n, path in enumerate(path for path in wanted if path not in queued)
            ]
            return [_get(connection, self.path, item_id) for item_id in ids]

    def add_dictation(
        self,
        path: str | Path,
        options: JobOptions,
        *,
        title: str,
        state: ItemState = ItemState.RUNNING,
    ) -> Item:
        """Add a dictation at its beginning, so that a crash leaves an item to go on with.

        Args:
            path: the recording that is being written; "" if there is none.
            options: how it is recognised.
            title: shown in the list.
            state: RUNNING while it is recorded; WAITING queues a finished recording.
        """
        with self._write() as connection:
            kind = ItemKind.DICTATION
            place = _next_place(connection)
            item_id = _insert(connection, kind, str(path), title, state, options, place)
            return _get(connection, self.path, item_id)

    def items(
        self, *, deleted: bool = False, before: int | None = None, limit: int = -1
    ) -> list[Item]:
        """List the items, newest first; 5,000 take some 80 ms, so a window asks for parts.

        Args:
            deleted: list the trash instead.
            before: only items older than this one: the last id of the part before.
            limit: most items; -1 gives all.
        """
        with self._read() as connection:
            rows = connection.execute(
                "SELECT * FROM item WHERE deleted = ? AND id < ? ORDER BY id DESC LIMIT ?",
                (deleted, _LARGEST_ID if before is None else before, limit),
            )
            return [item_of(row) for row in rows]

    def finished(self, paths: Iterable[str | Path]) -> dict[str, Item]:
        """Give the newest finished item of each of these paths that has one."""
        wanted = [path_value(str(path)) for path in paths]
        found: dict[str, Item] = {}
        with self._read() as connection:
            for first in range(0, len(wanted), _MOST_AT_ONCE):
                some = wanted[first : first + _MOST_AT_ONCE]
                rows = connection.execute(
                    "SELECT * FROM item WHERE state = ? AND NOT deleted "
                    f"AND path IN ({','.join('?' * len(some))}) ORDER BY id",
                    (ItemState.DONE, *some),
                )
                found |= {item.path: item for item in map(item_of, rows)}
        return found

    def item(self, item_id: int) -> Item:
        """Give one item.

        Raises:
            ItemNotFoundError: there is none.
        """
        with self._read() as connection:
            return _get(connection, self.path, item_id)

    def queue(self) -> list[Item]:
        """List what is running and what waits, in the order of work."""
        with self._read() as connection:
            rows = connection.execute(
                "SELECT * FROM item WHERE state IN (?, ?) AND NOT deleted "
                "ORDER BY state = ? DESC, position, id",
                (_R, _W, _R),
            )
            return [item_of(row) for row in rows]

    def count_queue(self) -> tuple[int, int]:
        """Count what waits and what is running; quick, however long the queue is."""
        with self._read() as connection:
            row = connection.execute(
                "SELECT count(*) FILTER (WHERE state = ?), count(*) FILTER (WHERE state = ?) "
                "FROM item WHERE state IN (?, ?) AND NOT deleted",
                (_W, _R, _W, _R),
            ).fetchone()
            return int(row[0]), int(row[1])

    def take_next(self) -> Item | None:
        """Set the first waiting item to running and give it; None if nothing waits.

        It is one transaction with the write lock held: no two threads or processes get the same.
        """
        with self._write() as connection:
            row = connection.execute(
                "SELECT id FROM item WHERE state = ? AND NOT deleted ORDER BY position, id LIMIT 1",
                (_W,),
            ).fetchone()
            if row is None:
                return None
            _set_state(connection, row["id"], _R, _OPEN)
            return _get(connection, self.path, row["id"])

    def recover(self) -> list[Item]:
        """Let what was running when the program ended wait again, first in the queue.

        Call it once at start, before any work. Lines and progress are kept.

        Returns:
            The recovered items, as they wait now.
        """
        with self._write() as connection:
            rows = connection.execute(
                "SELECT id FROM item WHERE state = ? ORDER BY position, id", (_R,)
            ).fetchall()
            for row in rows:
                _set_state(connection, row["id"], _W, (_R,))
            return [_get(connection, self.path, row["id"]) for row in rows]

    def reorder(self, ids: Sequence[int]) -> None:
        """Put items into this order; they share out the places that they have now."""
        with self._write() as connection:
            places = sorted(_get(connection, self.path, item_id).position for item_id in ids)
            connection.executemany(
                "UPDATE item SET position = ? WHERE id = ?", list(zip(places, ids, strict=True))
            )

    def set_progress(self, item_id: int, done_s: float, duration_s: float | None = None) -> Item:
        """Store how far an item is; ``duration_s`` None leaves the known length."""
        return self._change(
            item_id,
            "done_s = ?, duration_s = coalesce(?, duration_s)",
            (done_s, duration_s),
        )

    def set_recording(self, item_id: int, path: str | Path, duration_s: float) -> Item:
        """Store where the finished recording of a dictation lies, and its length."""
        values = (path_value(str(path)), duration_s)
        return self._change(item_id, "path = ?, duration_s = ?", values)

    def finish(
        self,
        item_id: int,
        *,
        language: str,
        pack: str,
        device: str,
        rtf: float | None,
        warning: tuple[str, str] = ("", ""),
    ) -> Item:
        """Mark an item as done, with what it was recognised as and with.

        ``warning``: class name and text of what was wrong with the sound; twice "" if nothing was.
        """
        return self._change(
            item_id,
            "state = ?, language = ?, pack = ?, device = ?, rtf = ?, "
            "done_s = coalesce(duration_s, done_s), error_type = ?, error_message = ?",
            (ItemState.DONE, language, pack, device, rtf, *warning),
        )

    def fail(self, item_id: int, error_type: str, message: str) -> Item:
        """Mark an item that waits or runs as failed; its lines are kept.

        One that is being recognised again is what it was before, without the error.
        """
        with self._write() as connection:
            if not end_again(connection, item_id) and _set_state(
                connection, item_id, ItemState.FAILED, (_W, _R)
            ):
                connection.execute(
                    "UPDATE item SET error_type = ?, error_message = ? WHERE id = ?",
                    (error_type, clean_text(message), item_id),
                )
            return _get(connection, self.path, item_id)

    def pause(self, item_id: int) -> Item:
        """Keep an item that waits or runs from being worked on."""
        return self._move(item_id, _P, (_W, _R))

    def resume(self, item_id: int) -> Item:
        """Let a paused item wait again, at its old place."""
        return self._move(item_id, _W, (_P,))

    def cancel(self, item_id: int) -> Item:
        """End an item that waits, runs or is paused; its lines are kept.

        One that is being recognised again is what it was before.
        """
        with self._write() as connection:
            if not end_again(connection, item_id):
                _set_state(connection, item_id, ItemState.CANCELLED, _OPEN)
            return _get(connection, self.path, item_id)

    def retry(
        self, item_id: int, *, from_start: bool = True, options: JobOptions | None = None
    ) -> Item:
        """Queue an item that is not in the queue again, at the end.

        Args:
            item_id: the item.
            from_start: forget its lines; otherwise it goes on where it stopped.
            options: other settings; None keeps those it had.
        """
        with self._write() as connection:
            ended = (ItemState.DONE, ItemState.FAILED, ItemState.CANCELLED)
            if _set_state(connection, item_id, _W, ended):
                forget_earlier(connection, item_id)
                connection.execute(
                    "UPDATE item SET position = ?, error_type = '', error_message = '', "
                    "rtf = NULL, options = coalesce(?, options) WHERE id = ?",
                    (_next_place(connection), options.to_json() if options else None, item_id),
                )
                if from_start:
                    connection.execute("DELETE FROM line WHERE item_id = ?", (item_id,))
                    connection.execute("UPDATE item SET done_s = 0 WHERE id = ?", (item_id,))
            return _get(connection, self.path, item_id)

    def rename(self, item_id: int, title: str) -> Item:
        """Give an item another title."""
        return self._change(item_id, "title = ?", (clean_text(title),))

    def relocate(self, item_id: int, path: str | Path) -> Item:
        """Give an item another path, because its file was moved; its title stays."""
        return self._change(item_id, "path = ?", (path_value(str(path)),))

    def trash(self, ids: Iterable[int]) -> None:
        """Hide items; those that wait or run are cancelled first. ``restore`` undoes it."""
        with self._write() as connection:
            for item_id in ids:
                if not end_again(connection, item_id):
                    _set_state(connection, item_id, ItemState.CANCELLED, (_W, _R))
                connection.execute("UPDATE item SET deleted = 1 WHERE id = ?", (item_id,))

    def restore(self, ids: Iterable[int]) -> None:
        """Take items out of the trash."""
        with self._write() as connection:
            connection.executemany(
                "UPDATE item SET deleted = 0 WHERE id = ?", [(item_id,) for item_id in ids]
            )

    def _move(self, item_id: int, state: ItemState, from_states: Sequence[ItemState]) -> Item:
        with self._write() as connection:
            _set_state(connection, item_id, state, from_states)
            return _get(connection, self.path, item_id)

    def _change(self, item_id: int, assignments: str, values: tuple[object, ...]) -> Item:
        with self._write() as connection:
            connection.execute(f"UPDATE item SET {assignments} WHERE id = ?", (*values, item_id))
            return _get(connection, self.path, item_id)


def _get(connection: sqlite3.Connection, path: Path, item_id: int) -> Item:
    row = connection.execute("SELECT * FROM item WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        raise ItemNotFoundError(path, item_id)
    return item_of(row)


def _set_state(
    connection: sqlite3.Connection, item_id: int, state: ItemState, before: Sequence[ItemState]
) -> bool:
    """Change a state if it is one of ``before``; returns whether it was."""
    marks = ",".join("?" * len(before))
    cursor = connection.execute(
        f"UPDATE item SET state = ? WHERE id = ? AND state IN ({marks})", (state, item_id, *before)
    )
    return cursor.rowcount == 1


def _next_place(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(position), 0) + 1 FROM item").fetchone()[0])


def _insert(
    connection: sqlite3.Connection,
    kind: ItemKind,
    path: str,
    title: str,
    state: ItemState,
    options: JobOptions,
    place: int,
) -> int:
    cursor = connection.execute(
        "INSERT INTO item (kind, path, title, created_at, state, position, options) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (kind, path_value(path), clean_text(title), now(), state, place, options.to_json()),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid
