"""The waveform seeks, zooms, tells screen readers where it is, and paints only what changes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QImage, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.audio.waveform_peaks import FULL_SCALE, PER_S, Peaks
from app.gui.player.waveform import Waveform
from app.gui.widgets.style import DARK, LIGHT, apply_style

HEAD = range(2, 7)  # px: the playhead at the start


class Paints(QObject):
    """Notes what is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.areas: list[QRect] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            self.areas.append(QRect(event.rect()))
        return False


def peaks_of(duration_s: float) -> Peaks:
    """Return peaks that are loud in the first half and quiet in the second."""
    finest = np.zeros((round(duration_s * PER_S), 2), np.int16)
    finest[: len(finest) // 2] = (-FULL_SCALE // 2, FULL_SCALE // 2)
    return Peaks.of(finest)


@pytest.fixture
def light(qapp: QApplication) -> Iterator[QApplication]:
    palette, sheet, font = qapp.palette(), qapp.styleSheet(), qapp.font()
    apply_style(qapp, dark=False)
    yield qapp
    qapp.setPalette(palette)
    qapp.setStyleSheet(sheet)
    qapp.setFont(font)


@pytest.fixture
def waveform(qtbot: QtBot, light: QApplication) -> Waveform:
    shown = Waveform()
    qtbot.addWidget(shown)
    shown.resize(408, 64)  # 400 without the margins: 4 px a second
    shown.clear(100.0)
    shown.set_peaks(peaks_of(100.0))
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def sought(waveform: Waveform) -> list[float]:
    positions: list[float] = []
    waveform.sought.connect(positions.append)
    return positions


def image_of(waveform: Waveform) -> QImage:
    return waveform.grab().toImage()


def test_click_seeks_to_its_time(waveform: Waveform, qtbot: QtBot) -> None:
    positions = sought(waveform)
    qtbot.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=QPoint(4 + 200, 30))
    assert positions == [pytest.approx(50.0)]
    assert waveform.position_s == pytest.approx(50.0)


def test_drag_seeks_all_the_way_and_playback_does_not_pull(
    waveform: Waveform, qtbot: QtBot
) -> None:
    positions = sought(waveform)
    qtbot.mousePress(waveform, Qt.MouseButton.LeftButton, pos=QPoint(104, 30))
    qtbot.mouseMove(waveform, QPoint(204, 30))
    waveform.set_position(3.0)
    assert waveform.position_s == pytest.approx(50.0)
    qtbot.mouseMove(waveform, QPoint(900, 30))
    qtbot.mouseRelease(waveform, Qt.MouseButton.LeftButton, pos=QPoint(900, 30))
    assert positions == [pytest.approx(25.0), pytest.approx(50.0), 100.0]
    waveform.set_position(3.0)
    assert waveform.position_s == 3.0


@pytest.mark.parametrize(
    ("key", "expected_s"),
    [
        (Qt.Key.Key_Left, 45.0),
        (Qt.Key.Key_Right, 55.0),
        (Qt.Key.Key_Home, 0.0),
        (Qt.Key.Key_End, 100.0),
        (Qt.Key.Key_PageUp, 80.0),
        (Qt.Key.Key_PageDown, 20.0),
    ],
)
def test_keys_seek(waveform: Waveform, qtbot: QtBot, key: Qt.Key, expected_s: float) -> None:
    waveform.set_position(50.0)
    positions = sought(waveform)
    qtbot.keyClick(waveform, key)
    assert positions == [pytest.approx(expected_s)]


def test_keys_with_ctrl_are_left_to_the_window(waveform: Waveform, qtbot: QtBot) -> None:
    positions = sought(waveform)
    qtbot.keyClick(waveform, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(waveform, Qt.Key.Key_Space)
    assert positions == []


def wheel(waveform: Waveform, x: float, notches: int, modifier: Qt.KeyboardModifier) -> bool:
    event = QWheelEvent(
        QPointF(x, 30),
        QPointF(waveform.mapToGlobal(QPoint(round(x), 30))),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    event.ignore()
    QApplication.sendEvent(waveform, event)
    return event.isAccepted()


def test_ctrl_wheel_zooms_around_the_mouse(waveform: Waveform) -> None:
    assert wheel(waveform, 104, 3, Qt.KeyboardModifier.ControlModifier)
    assert waveform.view.span_s == pytest.approx(100 * 0.8**3)
    assert waveform.view.time_at(100) == pytest.approx(25.0)
    assert wheel(waveform, 104, -3, Qt.KeyboardModifier.ControlModifier)
    assert not waveform.view.is_zoomed


def test_wheel_scrolls_only_what_is_zoomed(waveform: Waveform) -> None:
    assert not wheel(waveform, 104, 1, Qt.KeyboardModifier.NoModifier)
    waveform.zoom(0.1, 200)
    before = waveform.view.start_s
    assert wheel(waveform, 104, -1, Qt.KeyboardModifier.NoModifier)
    assert waveform.view.start_s == pytest.approx(before + 1)


def test_page_turns_while_it_plays_zoomed(waveform: Waveform) -> None:
    waveform.zoom(0.1, 0)
    waveform.set_position(9.9)
    waveform.set_position(10.1)
    assert waveform.view.start_s > 9


def test_screen_readers_know_a_slider_with_a_value(waveform: Waveform) -> None:
    waveform.set_position(61.5)
    interface = QAccessible.queryAccessibleInterface(waveform)
    assert interface.role() == QAccessible.Role.Slider
    assert interface.text(QAccessible.Text.Name) == "Position in the recording"
    assert interface.text(QAccessible.Text.Description) == "1:01 of 1:40"
    assert waveform.value() == 61_500
    assert waveform.maximum() == 100_000


def test_moving_playhead_paints_a_few_columns(waveform: Waveform, qtbot: QtBot) -> None:
    waveform.set_position(50.0)
    image_of(waveform)
    paints = Paints()
    QApplication.processEvents()
    waveform.installEventFilter(paints)
    waveform.set_position(50.5)  # 2 px
    qtbot.waitUntil(lambda: bool(paints.areas))
    waveform.removeEventFilter(paints)
    assert max(area.width() for area in paints.areas) < 20


def test_slow_playhead_arrives(waveform: Waveform, qtbot: QtBot) -> None:
    """Steps of less than a pixel add up to a repaint."""
    image_of(waveform)
    paints = Paints()
    QApplication.processEvents()
    waveform.installEventFilter(paints)
    for step in range(100):
        waveform.set_position(step * 0.005)  # 0.02 px each
    qtbot.waitUntil(lambda: bool(paints.areas))
    waveform.removeEventFilter(paints)


@pytest.mark.parametrize("dark", [False, True])
def test_colors_follow_the_theme(waveform: Waveform, light: QApplication, dark: bool) -> None:
    apply_style(light, dark=dark)
    waveform.set_position(25.0)
    image, colors = image_of(waveform), DARK if dark else LIGHT
    heard = {image.pixelColor(x, 28).name() for x in range(10, 90)}
    ahead = {image.pixelColor(x, 28).name() for x in range(120, 200)}
    assert colors.accent in heard
    assert colors.accent not in ahead
    assert colors.muted in ahead


def test_bars_are_high_where_it_is_loud(waveform: Waveform) -> None:
    image = image_of(waveform)
    row = [image.pixelColor(x, 10).name() == LIGHT.muted for x in range(image.width())]
    assert any(row[20:190])
    assert not any(row[215:400])


def test_segments_are_marked_below(waveform: Waveform) -> None:
    def marked() -> list[int]:
        image = image_of(waveform)
        ground = image.pixelColor(300, 55)
        return [x for x in range(4, 404) if image.pixelColor(x, 59) != ground and x not in HEAD]

    assert marked() == []
    waveform.set_segments([(10.0, 20.0), (50.0, 60.0)])
    columns = marked()
    assert {44, 80, 204, 240} - set(columns) <= {44, 204}  # round ends
    assert not set(columns) & set(range(90, 200))


def test_thousands_of_segments_are_painted(waveform: Waveform) -> None:
    waveform.set_segments([(index * 0.02, index * 0.02 + 0.01) for index in range(5000)])
    assert not image_of(waveform).isNull()


def test_hover_shows_the_time_and_goes(waveform: Waveform, qtbot: QtBot) -> None:
    before = image_of(waveform)
    qtbot.mouseMove(waveform, QPoint(204, 30))
    assert image_of(waveform) != before
    QApplication.sendEvent(waveform, QEvent(QEvent.Type.Leave))
    assert image_of(waveform) == before


def test_picture_is_as_sharp_as_the_screen(qtbot: QtBot, light: QApplication) -> None:
    class Sharp(Waveform):
        def devicePixelRatioF(self) -> float:  # noqa: N802 - a screen of 200 %
            return 2.0

    shown = Sharp()
    qtbot.addWidget(shown)
    shown.resize(408, 64)
    shown.clear(10.0)
    assert shown._picture(is_heard=True).width() == 816


def test_empty_waveform_takes_clicks_and_keys(qtbot: QtBot, light: QApplication) -> None:
    shown = Waveform()
    qtbot.addWidget(shown)
    shown.clear(0.0)
    positions = sought(shown)
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton)
    qtbot.keyClick(shown, Qt.Key.Key_Right)
    assert positions == [0.0, 0.0]
    assert not image_of(shown).isNull()


def test_position_in_a_recording_of_unknown_length_is_taken(qtbot: QtBot) -> None:
    """Its view is empty, so that any time lies more pixels away than fit into a C int."""
    shown = Waveform()
    qtbot.addWidget(shown)
    shown.set_position(5_000.0)
    assert shown._position_s == 5_000.0
