"""Recordings that were moved: shown once, found again with all that went there too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.engine.types import Segment
from app.gui.desktop import Desktop
from app.store.types import Item, ItemState, JobOptions
from tests.gui.bench import CLIP, STARTER, Bench, make_bench, no_size_hints

pytestmark = no_size_hints
NAMES = ("one.wav", "two.wav", "three.wav")


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


@pytest.fixture
def moved(tmp_path: Path) -> Path:
    """The folder where the recordings are now; the third was left behind."""
    old, new = tmp_path / "old", tmp_path / "新 place"
    old.mkdir()
    new.mkdir()
    for name in NAMES[:2]:
        shutil.copy(CLIP, new / name)
    shutil.copy(CLIP, old / NAMES[2])
    return new


@pytest.fixture
def desktop(bench: Bench, tmp_path: Path, moved: Path) -> Desktop:
    desktop = bench.start()
    paths = [tmp_path / "old" / name for name in NAMES]
    options = JobOptions(pack=str(STARTER), n_threads=1)
    for item in bench.library.add_files(paths, options):
        line = Segment(start_s=0, end_s=1, text="Text.", language="English", avg_logprob=0)
        bench.library.add_line(item.id, line, 1)
        bench.library.finish(item.id, language="English", pack="starter", device="", rtf=None)
    desktop.window.reload_list()
    return desktop


def answer(desktop: Desktop, path: Path | None) -> list[Path]:
    asked: list[Path] = []

    def ask(_parent: object, old: Path) -> Path | None:
        asked.append(old)
        return path

    desktop.locator._ask = ask
    return asked


def show(bench: Bench, name: str) -> Item:
    assert bench.desktop is not None
    item = bench.item(name)
    bench.desktop.window.show_item(item.id)
    return item


def test_player_says_that_the_file_is_gone_and_plays_it_from_its_new_place(
    qtbot: QtBot, bench: Bench, desktop: Desktop, moved: Path
) -> None:
    asked = answer(desktop, moved / "one.wav")
    item = show(bench, "one.wav")
    player = desktop.player
    qtbot.waitUntil(player.problem.isVisible)
    assert player.problem._action.text() == "Locate…"
    player.problem._action.click()
    assert asked == [Path(item.path)]
    assert bench.item("one.wav").path == str(moved / "one.wav")
    assert not player.problem.isVisible()
    desktop.window.page.on_played(0, 0)
    qtbot.waitUntil(lambda: bench.sink.is_running)


def test_neighbours_that_moved_too_follow_and_all_of_it_can_be_taken_back(
    qtbot: QtBot, bench: Bench, desktop: Desktop, moved: Path, tmp_path: Path
) -> None:
    answer(desktop, moved / "one.wav")
    item = show(bench, "one.wav")
    desktop.locator.locate(item.id)
    assert bench.item("two.wav").path == str(moved / "two.wav")
    assert bench.item("three.wav").path == str(tmp_path / "old" / "three.wav")
    assert "1 more" in desktop.window.undo_bar.text
    desktop.window.undo_bar.on_undo_clicked()
    assert bench.item("one.wav").path == item.path
    assert bench.item("two.wav").path == str(tmp_path / "old" / "two.wav")


def test_nothing_changes_when_the_dialog_is_cancelled(bench: Bench, desktop: Desktop) -> None:
    answer(desktop, None)
    item = show(bench, "one.wav")
    desktop.locator.locate(item.id)
    assert bench.item("one.wav") == item


def test_failed_item_goes_on_when_its_recording_is_found(
    qtbot: QtBot, bench: Bench, desktop: Desktop, moved: Path, tmp_path: Path
) -> None:
    shutil.copy(CLIP, moved / "four.wav")
    answer(desktop, moved / "four.wav")
    options = JobOptions(pack=str(STARTER), n_threads=1)
    bench.library.add_files([tmp_path / "old" / "four.wav"], options)
    desktop.engine.wake()
    failed = bench.wait_for("four.wav", ItemState.FAILED)
    assert failed.error_type == "AudioNotFoundError"
    desktop.window.show_item(failed.id)
    error = desktop.window.page.error
    qtbot.waitUntil(error.isVisible)
    assert error._action.text() == "Locate…"
    error._action.click()
    bench.wait_for("four.wav", ItemState.DONE)
    assert bench.lines("four.wav")


def test_volume_survives_a_restart(qtbot: QtBot, bench: Bench, desktop: Desktop) -> None:
    desktop.player.controls.volume.setValue(30)
    bench.stop()  # before the slider has rested
    assert bench.start().player.options.volume == 0.3
