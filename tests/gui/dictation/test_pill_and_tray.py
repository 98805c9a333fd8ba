"""What pill and tray show and say, without a screen; the focus is in test_desktop_dictation.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QToolButton
from pytestqt.qtbot import QtBot

from app.dictation.parts import News, Notice, State
from app.errors import NoOutputDeviceError
from app.gui.dictation.live_line import MESSAGE_WIDTH, WIDTH, LiveLine
from app.gui.dictation.pill import HEIGHT, Pill, outline
from app.gui.dictation.tray import Tray, tray_icon
from app.gui.dictation.words import describe, describe_state, is_bad
from app.gui.recording.level_bars import LOUD_DBFS, N_BARS, QUIET_DBFS, LevelBars
from app.gui.widgets.style import LIGHT, colors_of
from app.gui.wording.trouble import describe_trouble

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise")  # offscreen has neither


@pytest.fixture
def pill(qtbot: QtBot) -> Pill:
    pill = Pill()
    qtbot.addWidget(pill)
    return pill


def test_pill_says_to_the_system_that_it_wants_no_focus(pill: Pill) -> None:
    flags = pill.windowFlags()
    for flag in (
        Qt.WindowType.WindowDoesNotAcceptFocus,
        Qt.WindowType.WindowStaysOnTopHint,
        Qt.WindowType.FramelessWindowHint,
    ):
        assert flags & flag
    assert pill.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert all(
        button.focusPolicy() is Qt.FocusPolicy.NoFocus for button in pill.findChildren(QToolButton)
    )


def test_pill_comes_and_goes_with_the_dictation(pill: Pill) -> None:
    assert not pill.isVisible()
    pill.show_state(State.RECORDING)
    assert pill.isVisible()
    assert pill.height() == HEIGHT
    assert (pill.stop.isVisible(), pill.level.isVisible()) == (True, True)
    pill.show_state(State.FINISHING)
    assert (pill.stop.isVisible(), pill.cancel.isVisible()) == (False, True)
    assert pill.line.text == "Recognising…"
    pill.show_state(State.IDLE)
    assert not pill.isVisible()


def test_message_outlives_the_dictation_and_goes(qtbot: QtBot, pill: Pill) -> None:
    pill.show_state(State.RECORDING)
    pill.show_notice(Notice(news=News.CANCELLED))
    pill.show_state(State.IDLE)
    assert pill.isVisible()
    assert not pill.cancel.isVisible()
    assert pill.line.text == "Cancelled."
    qtbot.waitUntil(lambda: not pill.isVisible(), timeout=10_000)


def test_next_dictation_takes_the_place_of_a_message(pill: Pill) -> None:
    pill.show_notice(Notice(news=News.CANCELLED))
    pill.show_state(State.RECORDING)
    pill.show_live("", "")
    assert pill.line.text == ""
    assert pill.stop.isVisible()


def test_clock_runs_from_the_start_of_each_dictation(qtbot: QtBot, pill: Pill) -> None:
    pill.show_state(State.RECORDING)
    pill.show_begun()
    qtbot.waitUntil(lambda: pill.time.text() == "0:01", timeout=10_000)
    pill.show_state(State.IDLE)
    pill.show_state(State.RECORDING)
    pill.on_clock()
    assert pill.time.text() == "0:00"


def border(pill: Pill) -> QColor:
    """The colour in the middle of its upper edge."""
    return pill.grab().toImage().pixelColor(pill.width() // 2, 1)


def test_pill_lights_up_with_the_first_sound_and_not_before(pill: Pill) -> None:
    hue = QColor(colors_of(pill).accent).hue()
    pill.show_state(State.RECORDING)
    pill.show_status("Preparing the microphone…", is_warning=False)
    assert pill.line.text == "Preparing the microphone…"
    before = border(pill)
    pill.show_begun()
    lit = border(pill)
    assert abs(lit.hue() - hue) < 8
    assert lit.saturation() > 2 * before.saturation()


def test_words_take_the_place_of_what_is_waited_for(pill: Pill) -> None:
    pill.show_state(State.RECORDING)
    pill.show_status("Listening…", is_warning=False)
    pill.show_live("", "some words")
    assert pill.line.text == "some words"
    pill.show_status("Listening…", is_warning=False)
    assert pill.line.text == "some words"


def test_warning_hides_the_words_while_it_lasts(pill: Pill) -> None:
    pill.show_state(State.RECORDING)
    pill.show_live("", "some")
    pill.show_status("The disk is full.", is_warning=True)
    pill.show_live("", "some words")
    assert pill.line.text == "The disk is full."
    pill.show_status("Listening…", is_warning=False)
    assert pill.line.text == "some words"


def test_passing_message_gives_way_to_the_words_again(qtbot: QtBot, pill: Pill) -> None:
    pill.show_state(State.RECORDING)
    pill.show_live("", "some")
    pill.show_passing("Now recording: headset.", is_bad=False)
    pill.show_live("", "some words")
    assert pill.line.text == "Now recording: headset."
    qtbot.waitUntil(lambda: pill.line.text == "some words", timeout=10_000)
    assert pill.isVisible()


def test_pill_without_words_says_only_what_is_wrong(pill: Pill) -> None:
    pill.with_text = False
    pill.show_state(State.RECORDING)
    pill.show_status("Listening…", is_warning=False)
    assert pill.line.text == ""
    pill.show_status("Hardly anything is to be heard.", is_warning=True)
    assert pill.line.text == "Hardly anything is to be heard."


def test_words_can_be_left_out(pill: Pill) -> None:
    pill.show_state(State.RECORDING)
    pill.show_live("settled", " unsettled")
    assert pill.line.text == "settled unsettled"
    pill.with_text = False
    pill.show_live("", "")
    assert pill.line.text == "settled unsettled"


def test_pill_stays_on_a_screen(pill: Pill) -> None:
    area = QApplication.primaryScreen().availableGeometry()
    for place, expected in (
        (QPoint(40, 50), QPoint(40, 50)),
        (QPoint(area.right() - 5, 50), None),
        (QPoint(-9000, -9000), None),
        (None, None),
    ):
        pill.set_place(place)
        pill.show_state(State.RECORDING)
        assert area.contains(pill.geometry())
        assert expected is None or pill.pos() == expected
        pill.show_state(State.IDLE)


def test_pill_that_grows_stays_in_the_middle(pill: Pill) -> None:
    pill.show_state(State.RECORDING)
    middle = QApplication.primaryScreen().availableGeometry().center().x()
    for words in ("a", "a longer text", "a much longer text than before, really", ""):
        pill.show_live(words, "")
        assert abs(pill.geometry().center().x() - middle) <= 1


def test_pill_has_names_for_screen_readers_in_each_language(pill: Pill) -> None:
    for part in (pill, pill.cancel, pill.stop, pill.level):
        assert part.accessibleName()
    pill.show_state(State.RECORDING)
    pill.show_live("Hello", "")
    assert pill.line.accessibleName() == "Hello"
    assert pill.accessibleDescription() == "Listening"
    QApplication.sendEvent(pill, QEvent(QEvent.Type.LanguageChange))


def test_level_is_shown_between_quiet_and_loud(qtbot: QtBot) -> None:
    bars = LevelBars()
    qtbot.addWidget(bars)
    for level in (-200.0, QUIET_DBFS, (QUIET_DBFS + LOUD_DBFS) / 2, LOUD_DBFS, 0.0):
        bars.add(level)
    assert bars.shares[-5:] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert len(bars.shares) == N_BARS
    bars.clear()
    assert bars.shares == [0.0] * N_BARS


def test_line_shows_the_end_of_long_words_and_is_no_wider(qtbot: QtBot) -> None:
    line = LiveLine()
    qtbot.addWidget(line)
    assert line.sizeHint().width() == 0
    line.show_words("word " * 100, "the\nend")
    assert line.sizeHint().width() == WIDTH
    assert line.text.endswith("the end")
    assert len(line.text) == 200
    line.show_words("x" * 300, "y" * 300)
    assert line.text == "y" * 200
    line.resize(line.sizeHint())
    assert not line.grab().isNull()


def test_line_shows_the_beginning_of_a_long_message(qtbot: QtBot) -> None:
    line = LiveLine()
    qtbot.addWidget(line)
    line.show_message("What happened. " * 30, is_bad=True)
    line.resize(line.sizeHint())
    assert line.width() == MESSAGE_WIDTH
    assert line.toolTip() == line.text == "What happened. " * 30
    bad = line.grab().toImage()
    line.show_message("What happened. " * 30, is_bad=False)
    assert line.grab().toImage() != bad
    line.show_words("x")
    assert line.toolTip() == ""


@pytest.mark.parametrize("news", list(News))
def test_every_news_has_words(news: News) -> None:
    assert describe(Notice(news=news))


def test_error_speaks_for_itself() -> None:
    error = NoOutputDeviceError("none")
    notice = Notice(news=News.FAILED, error=error)
    assert describe(notice) == describe_trouble(error)
    assert is_bad(notice)
    assert not is_bad(Notice(news=News.CANCELLED))


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_words_and_an_icon_of_its_own(qtbot: QtBot, state: State) -> None:
    assert describe_state(state)
    pictures = {s: tray_icon(s).pixmap(32, 32).toImage() for s in State}
    same = [other for other in State if pictures[other] == pictures[state]]
    assert same == [state]


@pytest.fixture
def tray(qtbot: QtBot) -> Iterator[Tray]:
    tray = Tray()
    yield tray
    tray.icon.hide()
    tray.menu.deleteLater()


def test_menu_asks_for_each_thing(qtbot: QtBot, tray: Tray) -> None:
    tray.show_state(State.RECORDING)
    for action, signal in (
        (tray.flip, tray.flip_requested),
        (tray.cancel, tray.cancel_requested),
        (tray.again, tray.again_requested),
        (tray.window, tray.window_requested),
        (tray.settings, tray.settings_requested),
        (tray.quit, tray.quit_requested),
    ):
        assert action.text()
        with qtbot.waitSignal(signal):
            action.trigger()


def test_menu_follows_the_state(tray: Tray) -> None:
    assert (tray.flip.text(), tray.cancel.isEnabled()) == ("Start dictation", False)
    tray.show_state(State.RECORDING)
    assert (tray.flip.text(), tray.cancel.isEnabled()) == ("Stop and insert", True)
    assert "Listening" in tray.icon.toolTip()
    assert not QIcon(tray.icon.icon()).isNull()


@pytest.mark.parametrize(
    ("reason", "opens"),
    [
        (QSystemTrayIcon.ActivationReason.Trigger, True),
        (QSystemTrayIcon.ActivationReason.Context, False),
    ],
)
def test_click_opens_the_window(
    qtbot: QtBot, tray: Tray, reason: QSystemTrayIcon.ActivationReason, opens: bool
) -> None:
    told: list[bool] = []
    tray.window_requested.connect(lambda: told.append(True))
    tray.icon.activated.emit(reason)
    assert bool(told) is opens


def test_icon_shows_that_the_window_records(tray: Tray) -> None:
    idle = tray.icon.toolTip()
    tray.show_window_recording(True)
    assert tray.icon.toolTip().endswith("Listening")
    assert tray.icon.icon().pixmap(64).toImage().pixelColor(48, 48) == QColor(LIGHT.danger)
    assert not tray.cancel.isEnabled()  # of a dictation
    tray.show_window_recording(False)
    assert tray.icon.toolTip() == idle


@pytest.mark.parametrize("width", [HEIGHT, 200, 401])
def test_corners_of_the_pill_are_no_part_of_it(width: int) -> None:
    rect = QRect(0, 0, width, HEIGHT)
    region = outline(rect)
    for corner in (rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight()):
        assert not region.contains(corner)
    for edge in (QPoint(width // 2, 0), QPoint(0, HEIGHT // 2), QPoint(width // 2, HEIGHT - 1)):
        assert region.contains(edge)


def test_icon_turns_red_with_the_first_sound(tray: Tray) -> None:
    def dot() -> QColor:
        return tray.icon.icon().pixmap(64).toImage().pixelColor(48, 48)

    tray.show_state(State.RECORDING)
    assert dot() != QColor(LIGHT.danger)
    tray.show_begun()
    assert dot() == QColor(LIGHT.danger)
