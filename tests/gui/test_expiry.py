"""The history is kept for as long as the person wants, and no longer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.gui.settings.store import Settings, SettingsStore
from app.store.library import Library
from app.store.types import JobOptions
from tests.gui.bench import Bench


def library_with_an_old_and_a_new_item(folder: Path, keep_days: int) -> None:
    path = folder / "songshu.db"
    with Library.open(path) as library:
        for name in ("old", "new"):
            (item,) = library.add_files([folder / f"{name}.wav"], JobOptions())
            library.finish(item.id, language="English", pack="starter", device="CPU", rtf=0.1)
        store = SettingsStore(library)
        store.change(Settings(keep_days=keep_days))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "UPDATE item SET created_at = '2020-01-01T00:00:00+00:00' WHERE title = 'old.wav'"
        )


@pytest.mark.parametrize(("keep_days", "left"), [(30, ["new.wav"]), (0, ["new.wav", "old.wav"])])
def test_old_transcripts_are_deleted_at_the_start_if_wanted(
    qtbot: QtBot, tmp_path: Path, keep_days: int, left: list[str]
) -> None:
    library_with_an_old_and_a_new_item(tmp_path, keep_days)
    bench = Bench(qtbot, tmp_path)
    desktop = bench.start()
    try:
        qtbot.waitUntil(lambda: not desktop._expiry.is_running)
        assert sorted(item.title for item in bench.items()) == left
    finally:
        bench.stop()
