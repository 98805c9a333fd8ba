"""Dictation with the app's own recordings and the real starter; keyboard, microphone are fakes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.audio.notices import DeviceLost, DiskFree, DiskFull, NoSound, SoundAgain, Started
from app.dictation.options import DictationOptions
from app.dictation.parts import News, Notice, State
from app.errors import RecordingFullError
from app.gui.dictation.service import CANCEL_COMMAND, TOGGLE_COMMAND, DictationService
from app.gui.threads.events import LiveText
from app.store.types import ItemKind, ItemState
from tests.audio.fake_microphone import microphone, sound
from tests.gui.bench import JOB_MS, SAMPLES, Bench

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


def test_pill_says_what_is_waited_for_and_what_is_wrong(
    qtbot: QtBot, bench: Bench, service: DictationService
) -> None:
    assert bench.desktop is not None
    recordings, line = bench.desktop.speech.recordings, service.pill.line
    service.take_command(TOGGLE_COMMAND)
    assert line.text == "Preparing the microphone…"
    recordings.noticed.emit(1, Started(microphone()))
    recordings.loading_changed.emit(True)
    assert "Your speech is being saved" in line.text
    recordings.loading_changed.emit(False)
    assert line.text == "Listening…"
    recordings.noticed.emit(1, NoSound(0.0, is_zero=False))
    assert "to be heard" in line.text
    recordings.noticed.emit(1, SoundAgain(3.0))
    words = LiveText(item_id=1, start_s=0, end_s=1, text="Let us", n_settled=0, session=1)
    recordings.live_text_changed.emit(words)
    assert line.text == "Let us"
    full = RecordingFullError(Path("disk"))
    recordings.noticed.emit(1, DiskFull(4.0, full))
    assert "disk is full" in line.text
    recordings.noticed.emit(1, DiskFree(5.0))
    assert "Let" in line.text
    recordings.stalled_changed.emit(1, True)
    assert "does not get on" in line.text
    recordings.stalled_changed.emit(2, False)  # of another one
    assert "does not get on" in line.text
    recordings.noticed.emit(1, DeviceLost(5.0, microphone(), microphone("headset")))
    assert "headset" in line.text
    service.take_command(CANCEL_COMMAND)
    qtbot.waitUntil(lambda: service.dictation.state is State.IDLE, timeout=JOB_MS)


def test_without_the_pill_only_what_is_wrong_is_shown(
    qtbot: QtBot, bench: Bench, service: DictationService
) -> None:
    assert bench.desktop is not None
    store = bench.desktop.settings
    store.change(replace(store.settings, dictation=DictationOptions(pill=False)))
    service.take_command(TOGGLE_COMMAND)
    say(bench, SAMPLES[1])
    assert not service.pill.isVisible()
    full = RecordingFullError(Path("disk"))
    bench.desktop.speech.recordings.noticed.emit(1, DiskFull(4.0, full))
    assert service.pill.isVisible()
    assert "disk is full" in service.pill.line.text
    service.take_command(TOGGLE_COMMAND)
    qtbot.waitUntil(lambda: service.dictation.state is State.IDLE, timeout=JOB_MS)


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
