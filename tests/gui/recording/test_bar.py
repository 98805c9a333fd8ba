"""The bar's menu of microphones, and what is made ready before the first recording."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.gui.recording.bar import RecordBar
from tests.audio.fake_microphone import microphone

DESK, HEADSET = microphone("desk"), microphone("head & set")
PLAYED = replace(microphone("played"), is_loopback=True, label="Monitor of Speakers")


@pytest.fixture
def bar(qtbot: QtBot) -> RecordBar:
    bar = RecordBar()
    qtbot.addWidget(bar)
    return bar


def menu(bar: RecordBar) -> QMenu:
    found = bar.microphone.menu()
    assert isinstance(found, QMenu)
    return found


def test_microphones_and_what_the_computer_plays_can_be_chosen(bar: RecordBar) -> None:
    bar.set_microphones([DESK, HEADSET, PLAYED], ("desk", "Fake"))
    actions = menu(bar).actions()
    assert [action.text() for action in actions] == [
        "The system's microphone",
        "desk",
        "head && set",
        "What the computer plays",
        "Monitor of Speakers",
    ]
    assert [action.isChecked() for action in actions] == [False, True, False, False, False]
    told: list[object] = []
    bar.microphone_chosen.connect(told.append)
    for action in (actions[4], actions[0]):
        action.trigger()
    assert told == [PLAYED, None]


def test_menu_asks_for_the_list_when_it_opens_and_replaces_it(bar: RecordBar) -> None:
    asked: list[None] = []
    bar.microphones_wanted.connect(lambda: asked.append(None))
    menu(bar).aboutToShow.emit()
    assert len(asked) == 1
    bar.set_microphones([DESK, PLAYED], None)
    bar.set_microphones([HEADSET], None)
    texts = [action.text() for action in menu(bar).actions()]
    assert texts == ["The system's microphone", "head && set"]
    assert menu(bar).actions()[0].isChecked()


def test_looking_for_microphones_loads_what_opens_one() -> None:
    """Else the first recording of a process would begin a quarter of a second late."""
    code = (
        "import sys; from app.gui.window.recording import _look_for_microphones as look;"
        "assert 'sounddevice' not in sys.modules; look(); assert 'sounddevice' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
