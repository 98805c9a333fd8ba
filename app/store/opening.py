"""Get the file ready before anyone uses it: create, check, back up, migrate, set aside.

no file          -> make it
damaged          -> rename it to songshu.corrupt-<date>.db with its side files, make a new one
an older format  -> copy it to songshu.backup-v<n>-<date>.db, then change it, all or nothing
a newer format   -> StoreTooNewError, the file is left alone
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import StoreCorruptError, StoreFolderError, StoreTooNewError
from app.store.database import connect, doubt_mark, mapped_errors, transaction
from app.store.schema import INDEXES, MIGRATIONS, SEARCH_VERSION, Step

_log = logging.getLogger(__name__)
_SIDE_FILES = ("-wal", "-shm")  # belong to the database: without its WAL the last commits are lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What was done to a file.

    Attributes:
        moved_aside: new place of a damaged file; backup: the copy made before a migration.
    """

    moved_aside: Path | None = None
    backup: Path | None = None


def prepare(path: Path, migrations: Sequence[Step] = MIGRATIONS) -> Prepared:
    """Bring a file to the present format.

    Raises:
        StoreFolderError: its folder cannot be made. StoreTooNewError: a later version wrote it.
        StoreError: it cannot be read or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StoreFolderError(path.parent, exc.strerror or str(exc)) from exc
    try:
        return Prepared(backup=_migrate(path, migrations))
    except StoreCorruptError as exc:
        aside = _set_aside(path)
        doubt_mark(path).unlink(missing_ok=True)
        _log.warning("%s Moved to %s.", exc, aside)
        _migrate(path, migrations)
        return Prepared(moved_aside=aside)


def _migrate(path: Path, migrations: Sequence[Step]) -> Path | None:
    """Check and migrate a file; returns the backup if one was made."""
    backup = None
    doubtful = _is_doubtful(path)  # before the connection makes a WAL of its own
    with mapped_errors(path), closing(connect(path)) as connection:
        version = _version(connection)
        if version > len(migrations):
            raise StoreTooNewError(path, version, len(migrations))
        if doubtful:
            _check(path, connection, version)
        if 0 < version < len(migrations):
            backup = _back_up(path, connection, version)
        with transaction(connection):
            for step in migrations[_version(connection) :]:  # another process may have been faster
                for statement in step:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
    return backup


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _is_doubtful(path: Path) -> bool:
    """Whether the last session was cut off, or found damage. A check reads the whole file."""
    wal = path.with_name(path.name + "-wal")
    return doubt_mark(path).exists() or (wal.exists() and wal.stat().st_size > 0)


def _check(path: Path, connection: sqlite3.Connection, version: int) -> None:
    """Check every page; build the search indexes anew if damage was found, which may be theirs."""
    mark = doubt_mark(path)
    pragma = "integrity_check(1)" if mark.exists() else "quick_check(1)"
    problem = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    if problem != "ok":
        raise StoreCorruptError(path, problem)
    if mark.exists():
        for index in INDEXES if version >= SEARCH_VERSION else ():
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
        mark.unlink()


def _back_up(path: Path, connection: sqlite3.Connection, version: int) -> Path:
    backup = _free_name(path, f"backup-v{version}")
    part = backup.with_name(backup.name + ".part")  # a half copy never has the name of a whole one
    with mapped_errors(part), closing(sqlite3.connect(part)) as target:
        connection.backup(target)
    part.rename(backup)
    _log.info("copied %s to %s before changing it", path, backup)
    return backup


def _set_aside(path: Path) -> Path:
    aside = _free_name(path, "corrupt")
    try:
        path.rename(aside)
        for suffix in _SIDE_FILES:
            side = path.with_name(path.name + suffix)
            if side.exists():
                side.rename(aside.with_name(aside.name + suffix))
    except OSError as exc:
        raise StoreFolderError(path.parent, exc.strerror or str(exc)) from exc
    return aside


def _free_name(path: Path, what: str) -> Path:
    """Give a name beside the file that is not taken."""
    stem = f"{path.stem}.{what}-{datetime.now():%Y-%m-%d-%H%M%S}"
    names = [stem, *(f"{stem}-{n}" for n in range(2, 100))]
    places = (path.with_name(name + path.suffix) for name in names)
    return next(place for place in places if not place.exists())
