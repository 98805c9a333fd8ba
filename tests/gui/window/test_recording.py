"""Recording in the window: one button, text while one speaks, and nothing lost."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.audio.journal import Journal
from app.audio.resample import FloatArray
from app.gui.sidebar.rows import Entry, status_text
from app.gui.window.closing import ask_to_close
from app.gui.wording.record_words import describe
from app.store.library import Library
from app.store.types import Item, ItemKind, ItemState, JobOptions
from tests.audio.fake_microphone import microphone, sound
from tests.gui.bench import JOB_MS, SAMPLES, STARTER, Bench, no_size_hints

pytestmark = no_size_hints
QUIET = np.full((50_000, 1), 1e-4, np.float32)  # -80 dBFS, 3 s


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(qtbot, tmp_path)
    yield bench
    bench.stop()


def speak(
    bench: Bench, samples: FloatArray, speed: float = 4.0, n_before: int = 0
) -> threading.Thread:
    stream = bench.microphones.stream(n_before)
    thread = threading.Thread(target=stream.give_at, args=(samples, speed))
    thread.start()
    return thread


def only_item(bench: Bench) -> Item:
    (item,) = bench.items()
    return item


def test_record_button_fills_the_page_while_one_speaks(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    window, bar = desktop.window, desktop.speech.in_window.bar
    assert not bar.isVisible()
    qtbot.mouseClick(window.idle.record, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.page
    assert bar.isVisible()
    assert not desktop.player.isVisible()
    assert bar.note.text() == "Preparing the microphone…"  # whoever speaks now speaks too early
    said = speak(bench, np.concatenate([sound(SAMPLES[2]), QUIET, sound(SAMPLES[1])]))
    qtbot.waitUntil(lambda: bool(window.page.model.lines), timeout=JOB_MS)
    assert only_item(bench).state is ItemState.RUNNING  # still recording
    assert status_text(Entry(only_item(bench))) == "Recording…"
    assert bar.note.text() != "Preparing the microphone…"
    said.join()
    qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: only_item(bench).state is ItemState.DONE, timeout=JOB_MS)
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=JOB_MS)
    text = " ".join(line.text for line in window.page.model.lines)
    assert "raining" in text
    assert "Thursday" in text
    assert desktop.player.isVisible()
    assert only_item(bench).kind is ItemKind.DICTATION


def test_shortcut_starts_and_stops(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    in_window = desktop.speech.in_window
    desktop.window.activateWindow()
    qtbot.waitUntil(desktop.window.isActiveWindow)
    qtbot.keyClick(desktop.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert in_window.is_recording
    speak(bench, sound(SAMPLES[1]), 50.0).join()
    qtbot.keyClick(desktop.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: only_item(bench).state is ItemState.DONE, timeout=JOB_MS)
    assert not in_window.is_recording


def test_pause_records_nothing(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    in_window = desktop.speech.in_window
    in_window.on_record_wanted()
    speak(bench, sound(SAMPLES[1]), 50.0).join()
    qtbot.mouseClick(in_window.bar.pause, Qt.MouseButton.LeftButton)
    assert in_window.bar.is_paused
    qtbot.waitUntil(lambda: not bench.microphones.streams[0].is_running, timeout=JOB_MS)
    bench.microphones.streams[0].give(sound(SAMPLES[2]))  # nobody listens
    qtbot.mouseClick(in_window.bar.pause, Qt.MouseButton.LeftButton)
    assert not in_window.bar.is_paused
    in_window.on_stop_wanted()
    qtbot.waitUntil(lambda: only_item(bench).state is ItemState.DONE, timeout=JOB_MS)
    assert only_item(bench).duration_s == pytest.approx(len(sound(SAMPLES[1])) / 16_000, abs=0.1)


def test_no_microphone_is_said(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    bench.microphones.plugged.clear()
    in_window = desktop.speech.in_window
    in_window.on_record_wanted()
    qtbot.waitUntil(lambda: "no microphone" in desktop.window.undo_bar.text, timeout=JOB_MS)
    qtbot.waitUntil(lambda: not bench.items(), timeout=JOB_MS)
    assert not in_window.bar.isVisible()
    window = desktop.window
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.idle)  # no page of nothing
    assert window.page.item is None
    bench.microphones.plugged.append(microphone("new"))
    in_window.on_record_wanted()
    speak(bench, sound(SAMPLES[1]), 50.0).join()
    in_window.on_stop_wanted()
    qtbot.waitUntil(lambda: only_item(bench).state is ItemState.DONE, timeout=JOB_MS)


def test_silence_is_said_while_it_lasts(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    in_window = desktop.speech.in_window
    in_window.on_record_wanted()
    speak(bench, QUIET, 50.0).join()
    qtbot.waitUntil(lambda: "to be heard" in in_window.bar.note.text(), timeout=JOB_MS)
    speak(bench, sound(SAMPLES[1]), 50.0).join()
    qtbot.waitUntil(lambda: "to be heard" not in in_window.bar.note.text(), timeout=JOB_MS)
    in_window.on_stop_wanted()
    qtbot.waitUntil(lambda: only_item(bench).state is ItemState.DONE, timeout=JOB_MS)


def test_stop_in_the_list_stops_the_recording(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    desktop.speech.in_window.on_record_wanted()
    speak(bench, sound(SAMPLES[1]), 50.0).join()
    desktop.window.sidebar.action_requested.emit("cancel", only_item(bench).id)
    qtbot.waitUntil(lambda: only_item(bench).state is ItemState.DONE, timeout=JOB_MS)
    assert "Thursday" in bench.library.lines(only_item(bench).id)[0].text


def test_deleting_what_is_recorded_stops_it(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    desktop.speech.in_window.on_record_wanted()
    speak(bench, sound(SAMPLES[1]), 50.0).join()
    desktop.window.actions_on_items.delete([only_item(bench).id])
    qtbot.waitUntil(lambda: desktop.speech.recordings.recording is None, timeout=JOB_MS)
    assert not bench.items()
    (item,) = bench.library.items(deleted=True)
    qtbot.waitUntil(lambda: Path(bench.library.item(item.id).path).suffix == ".wav")
    bench.library.purge([item.id])
    assert not list((bench.folder / "recordings").iterdir())


def test_file_of_the_person_survives_a_purge(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    own = bench.folder / "mine.wav"
    shutil.copy(SAMPLES[1], own)
    desktop.window.intake.take_paths([own])
    qtbot.waitUntil(lambda: bool(bench.items()), timeout=JOB_MS)
    bench.wait_for("mine.wav", ItemState.DONE)
    bench.library.purge_all()
    assert own.exists()


def test_closing_while_it_records_asks_and_keeps_what_was_said(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    asked: list[bool] = []

    def answer(_window: QWidget, is_recording: bool) -> bool:
        asked.append(is_recording)
        return len(asked) > 1

    desktop.window._confirm_close = answer
    desktop.speech.in_window.on_record_wanted()
    speak(bench, sound(SAMPLES[1]), 50.0).join()
    assert not desktop.window.close()
    assert desktop.speech.in_window.is_recording
    assert desktop.window.close()
    assert asked == [True, True]
    bench.stop()
    bench.start()
    qtbot.waitUntil(lambda: only_item(bench).state is ItemState.DONE, timeout=JOB_MS)
    assert only_item(bench).duration_s == pytest.approx(len(sound(SAMPLES[1])) / 16_000, abs=0.1)


@pytest.mark.parametrize("is_recording", [True, False])
def test_question_names_what_would_end(qtbot: QtBot, is_recording: bool) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    seen: list[str] = []

    def press() -> None:
        box = window.findChild(QMessageBox)
        assert box is not None
        seen.append(box.text())
        box.buttons()[0].click()

    QTimer.singleShot(0, press)
    assert ask_to_close(window, is_recording)
    assert ("is recording" in seen[0]) is is_recording


def test_cut_recording_is_rescued_and_recognised(qtbot: QtBot, bench: Bench) -> None:
    folder = bench.folder / "recordings"
    folder.mkdir()
    journal = Journal(folder)
    journal.append(sound(SAMPLES[1])[:, 0])
    left = journal.path.read_bytes()
    journal.finish()
    for path in folder.iterdir():
        path.unlink()
    journal.path.with_name("2026-11-25 10.00.00.wav.part").write_bytes(left)
    desktop = bench.start()
    assert "saved" in desktop.window.undo_bar.text
    qtbot.waitUntil(lambda: only_item(bench).state is ItemState.DONE, timeout=JOB_MS)
    item = only_item(bench)
    assert "Thursday" in bench.library.lines(item.id)[0].text
    assert [path.name for path in folder.iterdir()] == ["2026-11-25 10.00.00.wav"]
    assert item.path == str(folder / "2026-11-25 10.00.00.wav")


def test_recording_that_was_finished_in_the_moment_of_the_crash_is_found(
    qtbot: QtBot, bench: Bench
) -> None:
    folder = bench.folder / "recordings"
    folder.mkdir()
    journal = Journal(folder)
    part = journal.path
    journal.append(sound(SAMPLES[1])[:, 0])
    recording = journal.finish()
    assert recording is not None
    with Library.open(bench.folder / "songshu.db") as library:
        options = JobOptions(pack=str(STARTER), n_threads=1)
        library.add_dictation(part, options, title="cut")  # running, as the crash left it
    bench.start()
    item = bench.wait_for("cut", ItemState.DONE)
    assert item.path == str(recording.path)
    assert item.duration_s == pytest.approx(recording.duration_s)


def test_next_microphone_is_remembered(qtbot: QtBot, bench: Bench) -> None:
    desktop = bench.start()
    bench.microphones.plugged.append(microphone("headset"))
    in_window = desktop.speech.in_window
    in_window.on_microphone_chosen(microphone("headset"))
    in_window.on_record_wanted()
    qtbot.waitUntil(lambda: bool(bench.microphones.streams), timeout=JOB_MS)
    assert bench.microphones.streams[0].microphone.name == "headset"
    bench.stop()
    assert bench.start().settings.settings.microphone == ("headset", "Fake")


def test_every_notice_has_words() -> None:
    from typing import get_args

    from app.audio import notices
    from app.errors import RecordingFullError

    mic = microphone()
    facts = {
        notices.Started: (mic,),
        notices.DeviceLost: (1.0, mic, None),
        notices.DeviceFound: (1.0, mic),
        notices.NoSound: (1.0, True),
        notices.Overflow: (1.0, 1),
        notices.DiskFull: (1.0, RecordingFullError(Path("disk"))),
        notices.Failed: (1.0, RecordingFullError(Path("disk"))),
        notices.Finished: (None, 3.0),
    }
    quiet = {notices.Started, notices.Paused, notices.Resumed, notices.SoundAgain, notices.DiskFree}
    for kind in get_args(notices.Notice):
        text, _ = describe(kind(*facts.get(kind, (1.0,))))
        assert bool(text) == (kind not in quiet), kind
