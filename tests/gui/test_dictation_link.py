"""Dictation with the app's own recordings and the real starter; keyboard, microphone are fakes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.dictation.parts import News, Notice, State
from app.gui.dictation.service import CANCEL_COMMAND, TOGGLE_COMMAND, DictationService
from app.store.types import ItemKind, ItemState
from tests.audio.fake_microphone import microphone
from tests.gui.bench import JOB_MS, SAMPLES, Bench
from tests.gui.test_recordings import sound

# the offscreen platform says so of every window that is to stay on top, such as the pill
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(qtbot, tmp_path)
    bench.start()
    yield bench
    bench.stop()


@pytest.fixture
def service(bench: Bench) -> DictationService:
    assert bench.desktop is not None
    return bench.desktop.speech.dictation.service


@pytest.fixture
def told(service: DictationService) -> list[Notice]:
    told: list[Notice] = []
    service.noticed.connect(told.append)
    return told


def say(bench: Bench, sample: Path, number: int = 0) -> None:
    device = threading.Thread(
        target=bench.microphones.stream(number).give_at, args=(sound(sample), 4.0)
    )
    device.start()
    device.join()


def test_toggle_command_dictates_onto_the_clipboard_and_into_the_history(
    qtbot: QtBot, bench: Bench, service: DictationService, told: list[Notice]
) -> None:
    live: list[str] = []
    service.live_changed.connect(lambda settled, open_: live.append(settled + open_))
    service.take_command(TOGGLE_COMMAND)
    say(bench, SAMPLES[1])
    service.take_command(TOGGLE_COMMAND)
    qtbot.waitUntil(lambda: service.dictation.state is State.IDLE, timeout=JOB_MS)
    text = QGuiApplication.clipboard().text()
    assert "Thursday" in text
    assert [notice.news for notice in told] == [News.ON_CLIPBOARD]  # nobody can be typed to here
    (item,) = bench.items()
    assert (item.kind, item.state) == (ItemKind.DICTATION, ItemState.DONE)
    assert text.strip() == " ".join(line.text for line in bench.lines(item.title))
    assert any("Let" in words for words in live)
    assert bench.desktop is not None
    assert bench.desktop.window.pages.currentWidget() is bench.desktop.window.idle


def test_cancelled_dictation_inserts_nothing_and_stays_in_the_history(
    qtbot: QtBot, bench: Bench, service: DictationService, told: list[Notice]
) -> None:
    QGuiApplication.clipboard().setText("before")
    service.take_command(TOGGLE_COMMAND)
    say(bench, SAMPLES[1])
    service.take_command(CANCEL_COMMAND)
    qtbot.waitUntil(lambda: bench.items()[0].state is ItemState.CANCELLED, timeout=JOB_MS)
    assert QGuiApplication.clipboard().text() == "before"
    assert [notice.news for notice in told] == [News.CANCELLED]
    assert Path(bench.items()[0].path).stat().st_size > 32_000


def test_dictation_without_a_microphone_ends_with_the_reason(
    qtbot: QtBot, bench: Bench, service: DictationService, told: list[Notice]
) -> None:
    bench.microphones.plugged.clear()
    service.take_command(TOGGLE_COMMAND)
    qtbot.waitUntil(lambda: service.dictation.state is State.IDLE, timeout=JOB_MS)
    assert "no microphone" in str(told[0].error)
    qtbot.waitUntil(lambda: not bench.items(), timeout=JOB_MS)
    bench.microphones.plugged.append(microphone())
    service.take_command(TOGGLE_COMMAND)
    say(bench, SAMPLES[1])
    service.take_command(TOGGLE_COMMAND)
    qtbot.waitUntil(lambda: "Thursday" in QGuiApplication.clipboard().text(), timeout=JOB_MS)


def test_one_microphone_serves_one_recording_at_a_time(
    qtbot: QtBot, bench: Bench, service: DictationService, told: list[Notice]
) -> None:
    assert bench.desktop is not None
    in_window = bench.desktop.speech.in_window
    in_window.on_record_wanted()
    service.take_command(TOGGLE_COMMAND)
    assert "already" in str(told[0].error)
    say(bench, SAMPLES[1])
    in_window.on_stop_wanted()
    qtbot.waitUntil(lambda: bench.items()[0].state is ItemState.DONE, timeout=JOB_MS)
    service.take_command(TOGGLE_COMMAND)
    in_window.on_record_wanted()
    assert "already" in bench.desktop.window.undo_bar.text
    assert not in_window.is_recording
