from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.store import rows
from app.store.drafts import Drafts
from app.store.folders import LIBRARY_NAME, RECORDINGS
from app.store.library import Library
from app.store.types import JobOptions
from tests.store.segments import add_item
from tests.store.test_opening import make_version_1

SECRETS = ["Zyxwvu confidential Qwertzuiop", "绝密的内容"]
MARKS = [word.encode() for text in SECRETS for word in text.split()]
MARKS += [b"zyxwvu", b"confidential", b"qwertzuiop"]  # as the index has them


def traces(folder: Path) -> set[bytes]:
    """Give the secret words that still lie in any file."""
    contents = [path.read_bytes() for path in folder.iterdir()]
    return {mark for mark in MARKS if any(mark in content for content in contents)}


def add_secret(library: Library) -> int:
    item, lines = add_item(library, *SECRETS, path="/m/Zyxwvu.wav")
    library.edit_line(lines[0].id, "harmless")
    return item.id


def test_purged_text_is_in_no_file(library: Library, path: Path) -> None:
    others = [add_item(library, "some other text", path=f"/{n}.wav")[0] for n in range(40)]
    secret = add_secret(library)
    assert traces(path.parent) >= {b"zyxwvu", b"Zyxwvu", "绝密的内容".encode()}
    library.purge([secret, others[0].id])
    assert traces(path.parent) == set()
    assert library.items() == others[:0:-1]
    assert len(library.search("other", limit=100)) == 39


def test_purged_text_is_not_kept_in_memory(library: Library) -> None:
    secret = add_secret(library)
    assert library.lines(secret) == library.lines(secret)
    assert library.item(secret) is library.item(secret)  # a record is made once, and kept
    library.purge([secret])
    assert [made.cache_info().currsize for made in (rows._item, rows._line)] == [0, 0]


def test_purged_text_is_gone_among_many_lines(library: Library, path: Path) -> None:
    for n in range(30):
        if n == 15:
            secret = add_secret(library)
        add_item(library, *(f"text {n} {k} padding" * 20 for k in range(20)), path=f"/{n}.wav")
    library.purge([secret])
    assert traces(path.parent) == set()


def test_text_from_before_is_purged_too(library: Library, path: Path) -> None:
    secret = add_secret(library)
    library.finish(secret, language="English", pack="tiny", device="CPU", rtf=None)
    library.recognize_again(secret, JobOptions())
    Drafts(library).finish(secret, language="English", pack="tiny", device="CPU", rtf=None)
    assert library.lines(secret) == []
    library.purge([secret])
    assert traces(path.parent) == set()


@pytest.mark.only_on("linux")  # names are Unicode on other systems
@pytest.mark.parametrize("purge", ["purge", "purge_all"])
def test_recording_in_a_folder_whose_name_is_not_unicode_is_purged(
    tmp_path: Path, purge: str
) -> None:
    home = tmp_path / os.fsdecode(b"caf\xe9")
    (home / RECORDINGS).mkdir(parents=True)
    recording = home / RECORDINGS / "2026-11-25 17.20.05.wav"
    recording.touch()
    with Library.open(home / LIBRARY_NAME) as library:
        item = library.add_dictation("", JobOptions(), title="spoken")
        assert library.set_recording(item.id, recording, 1.0).path == str(recording)
        library.purge([item.id]) if purge == "purge" else library.purge_all()
        assert not recording.exists()
        assert library.items() == []


def test_purge_all_leaves_settings_only(library: Library, path: Path) -> None:
    add_secret(library)
    library.put("theme", "dark")
    path.with_name("songshu.corrupt-2026-01-01-000000.db").write_bytes(MARKS[0])
    library.purge_all()
    assert library.items() == library.items(deleted=True) == []
    assert library.get("theme") == "dark"
    assert traces(path.parent) == set()
    assert library.search("confidential") == []


def test_purge_removes_copies_made_before_a_migration(path: Path) -> None:
    make_version_1(path)
    with Library.open(path) as library:
        assert library.backup is not None
        assert library.backup.exists()
        library.purge([4])
        assert not library.backup.exists()


def test_interrupted_purge_is_finished_at_the_next_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(path) as library:
        secret = add_secret(library)
        with monkeypatch.context() as patch:
            patch.setattr(library, "finish_purge", lambda: None)  # the process dies here
            library.purge([secret])
        assert traces(path.parent)
    with Library.open(path):
        assert traces(path.parent) == set()


def test_purge_gives_space_back(library: Library, path: Path) -> None:
    item, _ = add_item(library, *("much text " * 500 for _ in range(100)))
    with library._read() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    before = path.stat().st_size
    library.purge([item.id])
    assert path.stat().st_size < before / 2


def test_purge_while_another_connection_is_open(library: Library, path: Path) -> None:
    item, _ = add_item(library, "text")
    with Library.open(path) as other:
        library.purge([item.id])
        other.add_files(["/new"], JobOptions())
    assert [found.title for found in library.items()] == ["new"]
