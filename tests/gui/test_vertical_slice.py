"""A file goes in, text comes out, and it is there again after a restart."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.gui.threads.events import LiveText
from app.store.types import ItemState
from tests.gui.bench import CLIP, JOB_MS, STARTER, Bench, drop, file_mime, make_bench, no_size_hints

pytestmark = no_size_hints


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


def test_dropped_file_becomes_text_and_is_there_after_a_restart(
    bench: Bench, tmp_path: Path
) -> None:
    clip = tmp_path / "会议 meeting 🐿.wav"
    shutil.copy(CLIP, clip)
    desktop = bench.start()
    live: list[LiveText] = []
    desktop.engine.worker.live_text_changed.connect(live.append)
    assert drop(desktop.window, file_mime(clip))
    item = bench.wait_for(clip.name, ItemState.DONE)
    lines = bench.library.lines(item.id)
    assert "meeting" in " ".join(line.text for line in lines).lower()
    assert live
    assert lines[0].text.startswith(live[0].text.split()[0])
    assert desktop.window.page.item is not None
    assert desktop.window.page.item.id == item.id
    bench.stop()

    again = bench.start()
    row = again.window.sidebar.model.row_of(item.id)
    assert row is not None
    again.window.sidebar.view.setCurrentIndex(again.window.sidebar.model.index(row))
    assert again.window.page.model.lines == lines


def test_page_shows_what_the_store_holds(bench: Bench, qtbot: QtBot) -> None:
    window = bench.start().window
    window.add_paths([CLIP])
    bench.wait_for(CLIP.name, ItemState.DONE)
    qtbot.waitUntil(lambda: window.page.model.lines == bench.lines(CLIP.name), timeout=JOB_MS)
    qtbot.waitUntil(lambda: "Ready" in window.status.text and "real time" in window.status.text)
    assert window.page.model.live is None


def test_sample_is_recognised_by_one_click(bench: Bench, qtbot: QtBot) -> None:
    window = bench.start().window
    qtbot.mouseClick(window.idle.sample, Qt.MouseButton.LeftButton)
    bench.wait_for("squirrel.wav", ItemState.DONE)
    assert "squirrel" in bench.lines("squirrel.wav")[0].text.lower()


def test_several_files_run_one_after_the_other_with_one_model(bench: Bench, tmp_path: Path) -> None:
    clips = [tmp_path / f"{number}.wav" for number in range(3)]
    for clip in clips:
        shutil.copy(CLIP, clip)
    desktop = bench.start()
    states: list[str] = []
    desktop.engine.worker.engine_changed.connect(lambda state: states.append(state.phase))
    desktop.window.add_paths([tmp_path / "0.wav", tmp_path / "1.wav", tmp_path / "2.wav"])
    for clip in clips:
        bench.wait_for(clip.name, ItemState.DONE)
    assert states == ["loading", "ready"]
    assert len({bench.lines(clip.name)[0].text for clip in clips}) == 1


def test_without_a_model_nothing_starts_and_the_files_wait(bench: Bench, qtbot: QtBot) -> None:
    window = bench.start(with_model=False).window
    window.add_paths([CLIP])
    qtbot.waitUntil(lambda: bool(bench.items()))
    assert "model" in window.undo_bar.text
    assert "model" in window.idle.choose.text()
    assert bench.item(CLIP.name).state is ItemState.WAITING
    window.model.take(str(STARTER), "starter", ("English",))
    bench.wait_for(CLIP.name, ItemState.DONE)
