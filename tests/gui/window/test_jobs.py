"""Jobs that fail, are stopped, or run while the window is closed; what is remembered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.engine.pack_library import pack_mark
from app.engine.types import Segment
from app.gui.threads.events import LiveText
from app.gui.window.main_window import MainWindow
from app.store.types import ItemState, JobOptions
from tests.gui.bench import CLIP, STARTER, Bench, Recorder, long_recording, no_size_hints
from tests.packs import PACKS

pytestmark = no_size_hints


def test_failed_item_says_what_happened_and_what_was_kept(
    qtbot: QtBot, bench: Bench, window: MainWindow
) -> None:
    (item,) = bench.library.add_files(["bad.mp3"], JobOptions())
    segment = Segment(start_s=0, end_s=65, text="Some.", language="English", avg_logprob=0)
    bench.library.add_line(item.id, segment, 65)
    bench.library.fail(item.id, "CorruptAudioError", "frame 17 is broken")
    window.sidebar.reload()
    window.show_item(item.id)
    error = window.page.error
    assert error.isVisible()
    assert "1:05" in error._kept
    error._toggle.click()
    assert "frame 17" in error.details
    error._copy.click()
    assert "CorruptAudioError" in QGuiApplication.clipboard().text()
    with qtbot.waitSignal(window.page.retry_requested):
        error._action.click()
    assert bench.item("bad.mp3").state is ItemState.WAITING


def test_escape_stops_the_running_item_and_continue_finishes_it(
    qtbot: QtBot, bench: Bench, tmp_path: Path
) -> None:
    recording = long_recording(tmp_path / "long.wav")
    desktop = bench.start()
    heard = Recorder(qtbot, desktop.engine.worker)
    desktop.window.add_paths([recording])
    heard.wait(LiveText)
    desktop.window.on_escape()
    bench.wait_for("long.wav", ItemState.CANCELLED)
    assert "kept" in desktop.window.undo_bar.text
    desktop.window.undo_bar.on_undo_clicked()
    bench.wait_for("long.wav", ItemState.DONE)


@pytest.mark.parametrize("close", [True, False])
def test_closing_during_a_job_asks(qtbot: QtBot, bench: Bench, tmp_path: Path, close: bool) -> None:
    recording = long_recording(tmp_path / "long.wav")
    desktop = bench.start()
    asked: list[bool] = []
    desktop.window._confirm_close = lambda _window, is_recording: (
        asked.append(is_recording) or close  # type: ignore[func-returns-value]
    )
    heard = Recorder(qtbot, desktop.engine.worker)
    desktop.window.add_paths([recording])
    heard.wait(LiveText)
    assert desktop.window.close() is close
    assert asked == [False]
    assert bench.item("long.wav").state is ItemState.RUNNING
    bench.stop()
    bench.start()
    bench.wait_for("long.wav", ItemState.DONE)


def test_geometry_is_kept(bench: Bench, window: MainWindow) -> None:
    window.resize(1000, 650)
    window.close()
    bench.stop()
    assert bench.start(with_model=False).window.height() == 650


def test_options_of_the_player_are_remembered(bench: Bench) -> None:
    desktop = bench.start(with_model=False)
    desktop.player.options.on_speed_chosen(1.5)
    bench.stop()
    assert bench.start(with_model=False).player.options.speed == 1.5


def test_condemned_model_starts_nothing_until_another_is_chosen(
    qtbot: QtBot, bench: Bench, tmp_path: Path
) -> None:
    recording = shutil.copy(CLIP, tmp_path / "talk.wav")
    desktop = bench.start()
    settings, window = desktop.settings, desktop.window
    settings.change(settings.settings.with_damaged(str(STARTER), pack_mark(STARTER)))
    desktop.models.refresh()
    assert not desktop.engine.is_ready
    assert "model" in window.idle.choose.text()
    window.add_paths([recording])
    assert bench.wait_for("talk.wav", ItemState.WAITING).options.pack == str(STARTER)
    desktop.models.on_chosen(str(PACKS / "tiny"))
    done = bench.wait_for("talk.wav", ItemState.DONE)
    assert (done.options.pack, done.pack) == (str(PACKS / "tiny"), "tiny")
