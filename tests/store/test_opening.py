from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreFolderError,
    StoreFullError,
    StoreReadError,
    StoreReadOnlyError,
    StoreTooNewError,
)
from app.store.database import connect, doubt_mark, store_error
from app.store.library import Library
from app.store.opening import prepare
from app.store.schema import MIGRATIONS
from app.store.types import ItemState, JobOptions
from tests.store.segments import add_item, segment

VERSION_1 = """
CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, path NOT NULL,
    title TEXT NOT NULL, created_at TEXT NOT NULL, state TEXT NOT NULL, position INTEGER NOT NULL,
    duration_s REAL, done_s REAL NOT NULL DEFAULT 0, language TEXT NOT NULL DEFAULT '',
    pack TEXT NOT NULL DEFAULT '', device TEXT NOT NULL DEFAULT '', rtf REAL,
    error_type TEXT NOT NULL DEFAULT '', error_message TEXT NOT NULL DEFAULT '',
    options TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX item_by_state ON item (state, position);
CREATE TABLE line (id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE, position INTEGER NOT NULL,
    start_s REAL NOT NULL, end_s REAL NOT NULL, text TEXT NOT NULL, original_text TEXT NOT NULL,
    language TEXT NOT NULL, avg_logprob REAL NOT NULL);
CREATE INDEX line_by_item ON line (item_id, position);
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO item (id, kind, path, title, created_at, state, position, done_s, options)
    VALUES (4, 'file', '/m/旧.wav', '旧.wav',
    '2026-01-02T03:04:05+00:00', 'running', 1, 10.0, '{}');
INSERT INTO line VALUES (9, 4, 0, 0.0, 10.0, '从前有座山', '从前有座山', 'Chinese', -0.5);
INSERT INTO setting VALUES ('theme', '"dark"');
PRAGMA user_version = 1;
"""


def make_version_1(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def beside(path: Path, what: str) -> list[Path]:
    return sorted(path.parent.glob(f"songshu.{what}-*.db"))


def damage(path: Path) -> None:
    """Write over the table of items, wherever it lies; the schema stays."""
    with closing(sqlite3.connect(path)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'item'")
        start = (page.fetchone()[0] - 1) * 4096  # bytes of a page
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * 4096)


def test_new_file_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "数据 data" / "deeper" / "songshu.db"
    with Library.open(path) as library:
        assert library.items() == []
        assert (library.moved_aside, library.backup) == (None, None)
    assert version_of(path) == len(MIGRATIONS)


def test_file_is_in_wal_mode_and_wipes_what_is_deleted(library: Library) -> None:
    with library._read() as connection:
        found = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "secure_delete", "foreign_keys", "synchronous")
        ]
    assert found == ["wal", 1, 1, 1]  # synchronous 1 is NORMAL


def test_opening_again_changes_nothing(path: Path) -> None:
    with Library.open(path) as library:
        item, lines = add_item(library, "kept")
    with Library.open(path) as library:
        assert (library.items(), library.lines(item.id)) == ([item], lines)
        assert (library.moved_aside, library.backup) == (None, None)


def test_version_1_is_migrated_with_a_backup(path: Path) -> None:
    make_version_1(path)
    with Library.open(path) as library:
        (item,) = library.items()
        assert (item.id, item.title, item.state) == (4, "旧.wav", ItemState.RUNNING)
        assert item.options == JobOptions()
        assert [line.text for line in library.lines(4)] == ["从前有座山"]
        assert library.get("theme") == "dark"
        assert [hit.line_id for hit in library.search("座山")] == [9]
        assert [hit.line_id for hit in library.search("旧")] == [None]
        backup = library.backup
    assert backup is not None
    assert beside(path, "backup") == [backup]
    assert version_of(path) == len(MIGRATIONS)
    assert version_of(backup) == 1
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT text FROM line").fetchall() == [("从前有座山",)]


def test_failed_migration_leaves_the_old_version(path: Path) -> None:
    make_version_1(path)
    broken = (MIGRATIONS[0], ("CREATE TABLE half (x)", "SELECT nonsense FROM nowhere"))
    with pytest.raises(StoreReadError, match="nowhere"):
        prepare(path, broken)
    assert version_of(path) == 1
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema")]
    assert "half" not in names
    with Library.open(path) as library:
        assert len(library.items()) == 1


def test_migration_after_this_one_would_work_too(path: Path) -> None:
    with Library.open(path) as library:
        add_item(library, "kept")
    later = (*MIGRATIONS, ("ALTER TABLE item ADD COLUMN speaker TEXT",))
    prepared = prepare(path, later)
    assert prepared.backup is not None
    assert f"backup-v{len(MIGRATIONS)}-" in prepared.backup.name
    assert version_of(path) == len(later)


def test_file_of_a_later_version_is_refused_and_left_alone(path: Path) -> None:
    Library.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreTooNewError, match="later Songshu") as caught:
        Library.open(path)
    assert (caught.value.version, caught.value.known) == (99, len(MIGRATIONS))
    assert path.read_bytes() == before
    assert beside(path, "corrupt") == []


@pytest.mark.parametrize("content", [b"this is no database at all" * 200, b"SQLite format 3\0bad"])
def test_file_that_is_no_database_is_set_aside(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(content)
    with Library.open(path) as library:
        assert library.items() == []
        aside = library.moved_aside
    assert aside is not None
    assert beside(path, "corrupt") == [aside]
    assert aside.read_bytes() == content
    assert "is damaged" in caplog.text
    assert str(aside) in caplog.text


def test_empty_file_becomes_a_library(path: Path) -> None:
    path.touch()
    with Library.open(path) as library:
        assert library.moved_aside is None
        assert library.items() == []


def test_damage_found_while_working_is_told_and_set_aside_at_the_next_start(path: Path) -> None:
    with Library.open(path) as library:
        for n in range(50):
            add_item(library, "text " * 50, path=f"/{n}.wav")
    damage(path)
    with Library.open(path) as library:  # closed cleanly before: not every page is read
        assert library.moved_aside is None
        with pytest.raises(StoreCorruptError, match="damaged"):
            library.items()
    with Library.open(path) as library:
        assert library.moved_aside is not None
        add_item(library, "new")
    assert not doubt_mark(path).exists()


def test_damage_is_found_at_start_after_a_session_that_was_cut_off(path: Path) -> None:
    with Library.open(path) as library:
        for n in range(50):
            add_item(library, "text " * 50, path=f"/{n}.wav")
    damage(path)
    path.with_name(path.name + "-wal").write_bytes(b"\0" * 32)  # left by a killed process
    with Library.open(path) as library:
        assert library.moved_aside is not None
        assert library.items() == []


def test_damaged_search_index_alone_is_built_anew(path: Path) -> None:
    with Library.open(path) as library:
        item, _ = add_item(library, "needle")
        with library._write() as connection:
            connection.execute("DELETE FROM line_index_data WHERE id > 10")  # 10: its structure
    with Library.open(path) as library, pytest.raises(StoreCorruptError):
        library.search("needle")
    with Library.open(path) as library:
        assert library.moved_aside is None
        assert [hit.item.id for hit in library.search("needle")] == [item.id]


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreFolderError, match="writable"):
        Library.open(tmp_path / "file" / "songshu.db")


@pytest.mark.only_on("posix")  # rights of folders are another matter on Windows
def test_file_that_may_not_be_written(locked_folder: Path) -> None:
    with pytest.raises(StoreReadOnlyError, match="unchanged"):
        Library.open(locked_folder / "songshu.db")


def test_write_is_refused_but_what_is_there_can_be_read(library: Library) -> None:
    item, _ = add_item(library, "kept")
    with library._read() as connection:
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreReadOnlyError):
        library.rename(item.id, "other")
    assert library.items() == [item]


def test_full_disk_keeps_what_was_stored(library: Library) -> None:
    item, lines = add_item(library, "kept")
    with library._read() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFullError, match="Free some space"):
        library.add_line(item.id, segment("x" * 100_000, 10.0), 20.0)
    assert library.lines(item.id) == lines
    assert library.item(item.id).done_s == 10.0


def test_migration_without_a_backup_does_not_begin(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_version_1(path)
    blocked = path.parent / "no-folder" / "backup.db"
    monkeypatch.setattr("app.store.opening._free_name", lambda *_: blocked)
    with pytest.raises(StoreReadOnlyError):
        Library.open(path)
    assert version_of(path) == 1
    assert list(path.parent.glob("*backup*")) == []


def test_file_locked_by_another_program(library: Library, path: Path) -> None:
    with closing(connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with library._read() as connection:
            connection.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(StoreBusyError, match="Close other copies"):
            library.put("theme", "dark")
        assert library.get("theme") is None  # reading goes on
        other.execute("ROLLBACK")
    library.put("theme", "dark")


def test_other_errors_of_sqlite_are_told_with_their_reason(path: Path) -> None:
    error = store_error(path, sqlite3.OperationalError("disk I/O error"))
    assert isinstance(error, StoreReadError)
    assert "disk I/O error" in str(error)


def test_error_inside_a_transaction_undoes_all_of_it(library: Library) -> None:
    with pytest.raises(TypeError):
        library.add_files(["/a", "/b"], JobOptions(context=object()))  # type: ignore[arg-type]
    assert library.items() == []
    with library._read() as connection:
        assert not connection.in_transaction


def test_release_closes_the_connection_of_the_thread(library: Library) -> None:
    library.put("a", json.loads("[1]"))
    library.release()
    assert library.get("a") == [1]
    library.release()
    library.release()  # harmless without a connection
