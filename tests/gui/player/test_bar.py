"""The player bar on a device that a test drives: what a person does, sees and hears."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMainWindow, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from app.audio.sink import FillFunction
from app.errors import AudioNotFoundError, NoOutputDeviceError
from app.gui.player.bar import PlayerBar
from app.gui.player.controls import SPEEDS
from tests.audio.fake_sink import FakeSink
from tests.audio.media import wav_bytes

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none

RATE = 16_000
SEGMENTS = [(0.5, 2.0), (2.5, 5.0), (6.0, 9.0)]


def write_ramp(path: Path, duration_s: float = 10.0) -> Path:
    """Write a recording whose every sample tells its position."""
    ramp = np.linspace(0, 0.9, round(duration_s * RATE), endpoint=False).astype(np.float32)
    path.write_bytes(wav_bytes(ramp, RATE, format_tag=3))
    return path


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_ramp(tmp_path / "会议 1.wav")


@pytest.fixture
def sink() -> FakeSink:
    return FakeSink(RATE)


@pytest.fixture
def bar(qtbot: QtBot, sink: FakeSink, tmp_path: Path) -> Iterator[PlayerBar]:
    shown = PlayerBar(tmp_path / "cache", sink)
    qtbot.addWidget(shown)
    shown.resize(832, 120)
    with qtbot.waitExposed(shown):
        shown.show()
    yield shown
    shown.close_player()


@pytest.fixture
def loaded(bar: PlayerBar, recording: Path, qtbot: QtBot) -> PlayerBar:
    bar.load(recording)
    bar.set_segments(SEGMENTS)
    qtbot.waitUntil(lambda: bar.controls.time.text() == "0:00 / 0:10")
    return bar


def hear(bar: PlayerBar, sink: FakeSink, duration_s: float) -> list[float]:
    """Let the device take a span of time; return the positions that the samples tell."""
    n_left, heard = round(duration_s * RATE), []
    while n_left > 0:
        assert bar._player.wait_until_fed()
        heard.append(sink.take(min(n_left, 400))[:, 0])
        n_left -= 400
    assert bar._player.wait_until_fed()
    return list(np.concatenate(heard) / 0.9 * 10)


def test_empty_bar_offers_nothing(bar: PlayerBar) -> None:
    assert not bar.controls.play.isEnabled()
    assert not bar.waveform.isEnabled()
    assert not bar.keys.play.isEnabled()
    bar.play()
    assert not bar.is_playing


def test_button_plays_and_pauses(loaded: PlayerBar, sink: FakeSink, qtbot: QtBot) -> None:
    with qtbot.waitSignal(loaded.playing_changed) as played:
        qtbot.mouseClick(loaded.controls.play, Qt.MouseButton.LeftButton)
    assert played.args == [True]
    assert loaded.controls.play.accessibleName() == "Pause"
    hear(loaded, sink, 2)
    qtbot.waitUntil(lambda: loaded.controls.time.text() == "0:02 / 0:10")
    qtbot.mouseClick(loaded.controls.play, Qt.MouseButton.LeftButton)
    assert loaded.controls.play.accessibleName() == "Play"
    assert not loaded.is_playing
    assert loaded.current_position() == pytest.approx(2.0)


def test_position_is_told_while_it_plays(loaded: PlayerBar, sink: FakeSink, qtbot: QtBot) -> None:
    told: list[float] = []
    loaded.position_changed.connect(told.append)
    loaded.play()
    hear(loaded, sink, 1)
    qtbot.waitUntil(lambda: bool(told) and told[-1] == pytest.approx(1.0))
    assert loaded.waveform.position_s == pytest.approx(1.0)


def test_end_shows_play_again(loaded: PlayerBar, sink: FakeSink, qtbot: QtBot) -> None:
    loaded.play_from(9.5)
    with qtbot.waitSignal(loaded.playing_changed, check_params_cb=lambda is_on: not is_on):
        hear(loaded, sink, 1)
    assert loaded.controls.play.accessibleName() == "Play"
    assert loaded.current_position() == pytest.approx(10.0)


def test_play_from_is_heard_there(loaded: PlayerBar, sink: FakeSink) -> None:
    loaded.play_from(6.25)
    assert hear(loaded, sink, 0.5)[0] == pytest.approx(6.25, abs=0.001)


def test_click_on_the_waveform_goes_there(loaded: PlayerBar, sink: FakeSink, qtbot: QtBot) -> None:
    x = round(4 + loaded.waveform.view.x_of(5.0))
    qtbot.mouseClick(loaded.waveform, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))
    assert loaded.current_position() == pytest.approx(5.0, abs=0.02)
    assert not loaded.is_playing


def test_loop_button_repeats_the_line_that_is_heard(
    loaded: PlayerBar, sink: FakeSink, qtbot: QtBot
) -> None:
    loaded.play_from(3.0)
    hear(loaded, sink, 0.1)
    qtbot.mouseClick(loaded.controls.loop, Qt.MouseButton.LeftButton)
    heard = hear(loaded, sink, 5)
    assert max(heard) < 5.001
    for n_rounds in (0, 1):  # 1.9 s to the end of the line, 2.5 s for each round
        at = round((1.9 + 2.5 * n_rounds + 0.5) * RATE)
        assert heard[at] == pytest.approx(3.0, abs=0.001)
    qtbot.mouseClick(loaded.controls.loop, Qt.MouseButton.LeftButton)
    assert max(hear(loaded, sink, 3)) > 5.1


def test_another_line_is_repeated_after_a_click_on_it(loaded: PlayerBar, sink: FakeSink) -> None:
    loaded.loop(*SEGMENTS[1])
    hear(loaded, sink, 1)
    loaded.play_from(6.5)
    heard = hear(loaded, sink, 4)
    assert heard[0] == pytest.approx(6.5, abs=0.001)
    assert max(heard) < 9.001
    assert heard[round(3.0 * RATE)] == pytest.approx(6.5, abs=0.001)


def test_loop_of_nothing_switches_itself_off(bar: PlayerBar, recording: Path) -> None:
    bar.load(recording)
    bar.controls.loop.click()
    assert not bar.controls.loop.isChecked()


@pytest.mark.parametrize("speed", SPEEDS)
def test_speed_menu_changes_the_speed(loaded: PlayerBar, sink: FakeSink, speed: float) -> None:
    changed: list[bool] = []
    loaded.options.changed.connect(lambda: changed.append(True))
    menu = loaded.controls.speed.menu()
    (action,) = [action for action in menu.actions() if action.data() == speed]
    action.trigger()
    assert changed == [True]
    assert loaded.options.speed == speed
    assert loaded.controls.speed.text() == f"{speed:g}×"
    loaded.play()
    hear(loaded, sink, 2)
    assert loaded.current_position() == pytest.approx(2 * speed, abs=0.01)


def test_options_of_the_settings_are_taken_silently(loaded: PlayerBar, sink: FakeSink) -> None:
    changed: list[bool] = []
    loaded.options.changed.connect(lambda: changed.append(True))
    loaded.options.take(speed=1.5, skips_silence=True, follows=False)
    assert changed == []
    assert (loaded.options.speed, loaded.options.skips_silence, loaded.options.follows) == (
        1.5,
        True,
        False,
    )
    loaded.controls.follow.click()
    loaded.controls.skip.click()
    assert changed == [True, True]
    assert (loaded.options.skips_silence, loaded.options.follows) == (False, True)


def test_options_stay_for_the_next_recording(
    loaded: PlayerBar, sink: FakeSink, tmp_path: Path
) -> None:
    loaded.options.take(speed=2.0, skips_silence=False, follows=True)
    loaded.load(write_ramp(tmp_path / "second.wav"))
    loaded.play()
    hear(loaded, sink, 2)
    assert loaded.current_position() == pytest.approx(4.0, abs=0.01)


def test_mute_and_back(loaded: PlayerBar, sink: FakeSink, qtbot: QtBot) -> None:
    loaded.controls.volume.setValue(50)
    qtbot.mouseClick(loaded.controls.mute, Qt.MouseButton.LeftButton)
    loaded.play_from(5.0)
    assert max(hear(loaded, sink, 0.2)) == 0.0
    qtbot.mouseClick(loaded.controls.mute, Qt.MouseButton.LeftButton)
    assert loaded.controls.volume.value() == 50
    assert hear(loaded, sink, 0.2)[0] == pytest.approx(5.2 / 4, abs=0.01)


def test_missing_file_is_said_in_the_bar(bar: PlayerBar, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.failed) as failed:
        bar.load(tmp_path / "gone.wav")
    assert isinstance(failed.args[0], AudioNotFoundError)
    assert bar.problem.isVisible()
    assert bar.problem._what.text() == "The file is no longer where it was."
    assert "gone.wav" in bar.problem.details
    with qtbot.waitSignal(bar.locate_requested):
        bar.problem._action.click()
    bar.play()
    qtbot.waitUntil(lambda: not bar.is_playing)


def test_missing_loudspeaker_is_said_and_can_come(
    loaded: PlayerBar, sink: FakeSink, qtbot: QtBot
) -> None:
    sink.is_missing = True
    with qtbot.waitSignal(loaded.failed) as failed:
        loaded.play()
    assert isinstance(failed.args[0], NoOutputDeviceError)
    assert "loudspeaker" in loaded.problem._what.text()
    assert loaded.controls.play.accessibleName() == "Play"
    sink.is_missing = False
    loaded.problem._action.click()
    assert not loaded.problem.isVisible()
    assert hear(loaded, sink, 0.5)[-1] == pytest.approx(0.5, abs=0.01)


def test_lost_loudspeaker_is_said(loaded: PlayerBar, sink: FakeSink, qtbot: QtBot) -> None:
    loaded.play()
    hear(loaded, sink, 1)
    with qtbot.waitSignal(loaded.failed):
        sink.lose()
    assert "went away" in loaded.problem._what.text()
    assert loaded.current_position() == pytest.approx(1.0)


def test_event_of_an_earlier_recording_is_dropped(
    bar: PlayerBar, recording: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    bar.load(tmp_path / "gone.wav")
    assert bar._player.wait_until_fed()  # its error waits in the event queue
    bar.load(recording)
    qtbot.waitUntil(lambda: bar.controls.time.text() == "0:00 / 0:10")
    assert not bar.problem.isVisible()


def test_file_that_can_be_read_again_is_opened_again(
    bar: PlayerBar, recording: Path, qtbot: QtBot
) -> None:
    content = recording.read_bytes()
    recording.write_bytes(b"")
    with qtbot.waitSignal(bar.failed):
        bar.load(recording)
    bar.set_segments(SEGMENTS)
    assert "empty" in bar.problem._what.text()
    recording.write_bytes(content)
    bar.problem._action.click()
    qtbot.waitUntil(lambda: bar.controls.time.text() == "0:00 / 0:10")
    assert not bar.problem.isVisible()
    assert bar._segments == tuple(SEGMENTS)


def test_volume_is_told_once_when_the_slider_rests(loaded: PlayerBar, qtbot: QtBot) -> None:
    told: list[float] = []
    loaded.options.changed.connect(lambda: told.append(loaded.options.volume))
    with qtbot.waitSignal(loaded.options.changed):
        for value in (80, 60, 40):
            loaded.controls.volume.setValue(value)
    assert told == [0.4]


def test_volume_of_the_settings_is_taken(loaded: PlayerBar, sink: FakeSink) -> None:
    loaded.options.take(speed=1.0, skips_silence=False, follows=True, volume=0.5)
    assert loaded.options.volume == 0.5
    loaded.play_from(5.0)
    assert hear(loaded, sink, 0.2)[0] == pytest.approx(5.0 / 4, abs=0.01)


def test_waveform_is_drawn_and_kept(loaded: PlayerBar, tmp_path: Path, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: any((tmp_path / "cache").glob("*.npy")))
    qtbot.waitUntil(lambda: loaded.waveform._peaks is not None)


def test_recording_that_replaces_one_being_read_gets_its_own_waveform(
    bar: PlayerBar, tmp_path: Path, qtbot: QtBot
) -> None:
    for number, duration_s in enumerate((600.0, 300.0, 3.0)):
        bar.load(write_ramp(tmp_path / f"{number}.wav", duration_s))
    peaks = bar._loader
    with qtbot.waitSignal(peaks.loaded, check_params_cb=lambda _peaks, is_whole: is_whole):
        pass
    assert bar.waveform.maximum() == 3000


class SlowSink(FakeSink):
    """A device whose driver takes long to start."""

    def __init__(self) -> None:
        super().__init__(RATE)
        self.may_start = threading.Event()

    def start(self, fill: FillFunction, on_lost: object) -> None:
        assert self.may_start.wait(10)
        super().start(fill, on_lost)  # type: ignore[arg-type]


def test_nothing_waits_for_a_slow_device(recording: Path, qtbot: QtBot) -> None:
    sink = SlowSink()
    bar = PlayerBar(None, sink)
    qtbot.addWidget(bar)
    bar.load(recording)
    bar.play()
    bar.play_from(3.0)
    bar.pause()
    assert bar.current_position() == 3.0
    bar.play()
    sink.may_start.set()
    assert hear(bar, sink, 0.1)[0] == pytest.approx(3.0, abs=0.001)
    bar.close_player()


def test_hidden_bar_falls_silent(loaded: PlayerBar) -> None:
    loaded.play()
    loaded.hide()
    assert not loaded.is_playing


@pytest.fixture
def window(loaded: PlayerBar, qtbot: QtBot) -> Iterator[QMainWindow]:
    window = QMainWindow()
    window.setCentralWidget(loaded)
    window.addActions(loaded.keys.all)
    button, field = QPushButton("x", window), QLineEdit(window)
    button.setObjectName("button")
    field.setObjectName("field")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    yield window
    window.takeCentralWidget()


def test_space_plays_and_pauses(window: QMainWindow, loaded: PlayerBar, qtbot: QtBot) -> None:
    loaded.waveform.setFocus()
    qtbot.keyClick(loaded.waveform, Qt.Key.Key_Space)
    assert loaded.is_playing
    qtbot.keyClick(loaded.waveform, Qt.Key.Key_Space)
    assert not loaded.is_playing


def test_space_presses_a_button_that_has_the_focus(
    window: QMainWindow, loaded: PlayerBar, qtbot: QtBot
) -> None:
    button = window.findChild(QPushButton, "button")
    button.setFocus()
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, Qt.Key.Key_Space)
    assert not loaded.is_playing


def test_space_is_a_space_in_a_field(window: QMainWindow, loaded: PlayerBar, qtbot: QtBot) -> None:
    field = window.findChild(QLineEdit, "field")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Space)
    assert field.text() == " "
    assert not loaded.is_playing


def test_alt_arrows_go_five_seconds(window: QMainWindow, loaded: PlayerBar, qtbot: QtBot) -> None:
    loaded.waveform.setFocus()
    for key, expected_s in (
        (Qt.Key.Key_Right, 5.0),
        (Qt.Key.Key_Right, 10.0),
        (Qt.Key.Key_Left, 5.0),
    ):
        qtbot.keyClick(loaded.waveform, key, Qt.KeyboardModifier.AltModifier)
        assert loaded.current_position() == pytest.approx(expected_s, abs=0.01)


def test_every_control_has_a_name_and_can_be_reached(loaded: PlayerBar) -> None:
    controls = [*loaded.findChildren(QAbstractButton), *loaded.findChildren(QSlider)]
    assert len(controls) >= 7
    for control in [*controls, loaded.waveform]:
        text = control.text() if isinstance(control, QAbstractButton) else ""
        assert control.accessibleName() or text
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_bar_fits_the_smallest_window(loaded: PlayerBar) -> None:
    assert loaded.minimumSizeHint().width() <= 880 - 288


def test_language_change_keeps_names(loaded: PlayerBar, qtbot: QtBot) -> None:
    loaded.controls.play.setAccessibleName("")
    qapp_event = QEvent(QEvent.Type.LanguageChange)
    loaded.controls.changeEvent(qapp_event)
    assert loaded.controls.play.accessibleName() == "Play"
