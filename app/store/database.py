"""One SQLite file: a connection per thread, transactions, and SQLite's errors in our words.

WAL lets the window read while the worker writes, and a killed process loses no commit.
``synchronous=NORMAL`` does not wait for the disk at each commit: a kill -9 loses nothing, a power
cut may lose the last seconds but never damages the file. FULL would make every correction in the
window wait for the disk, some 10-50 ms on a hard disk, too long for a thread that must stay fluent.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from app.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreReadError,
    StoreReadOnlyError,
)
from app.store.words import search_words

_BUSY_S = 5.0  # how long to wait for another writer; a write of ours takes milliseconds


class Database:
    """The file and its connections. Safe to use from several threads.

    Args:
        path: a file that exists; ``open_library`` prepares it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: list[sqlite3.Connection] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of all threads; none of them may be inside a call."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    def release(self) -> None:
        """Close the connection of the calling thread, before the thread ends."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            del self._local.connection
            with self._lock:
                self._connections.remove(connection)
            connection.close()

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with self._watched():
            yield self._connection()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one transaction: all of it is kept, or nothing."""
        with self._watched(), transaction(self._connection()) as connection:
            yield connection

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            with mapped_errors(self.path):
                yield
        except StoreCorruptError:
            with suppress(OSError):
                doubt_mark(self.path).touch()  # the next start checks every page
            raise

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = connect(self.path)
            self._local.connection = connection
            with self._lock:
                self._connections.append(connection)
        return connection


def doubt_mark(path: Path) -> Path:
    """Give the file whose presence says that the database was found damaged."""
    return path.with_name(path.name + ".doubt")


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection with our settings. Errors of SQLite pass through."""
    connection = sqlite3.connect(
        path,
        timeout=_BUSY_S,
        isolation_level=None,  # we say BEGIN ourselves
        check_same_thread=False,  # only for close()
    )
    try:
        _configure(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    connection.create_function("search_words", 1, search_words, deterministic=True)
    if connection.execute("PRAGMA page_count").fetchone()[0] == 0:  # a new file
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # purge gives space back in steps
    for pragma in (
        "cache_size = -16000",  # KiB: 5,000 transcripts are searched without reading a page twice
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "secure_delete = ON",  # what is deleted is overwritten with zeros
        "journal_size_limit = 4000000",  # bytes; a long WAL is cut after a checkpoint
        "temp_store = MEMORY",  # no text in temporary files
    ):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Commit what the block did, or undo all of it if it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def mapped_errors(path: Path) -> Iterator[None]:
    """Raise SQLite's errors as ours."""
    try:
        yield
    except sqlite3.DatabaseError as exc:
        raise store_error(path, exc) from exc


def store_error(path: Path, exc: sqlite3.DatabaseError) -> StoreError:
    """Choose our error for one of SQLite's, by its code."""
    code: Any = getattr(exc, "sqlite_errorcode", 0) & 0xFF  # without the extended part
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreCorruptError(path, str(exc))
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError(path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreReadOnlyError(path)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(path)
    return StoreReadError(path, str(exc))
