"""The drop-down of microphones: what comes and goes, and a choice that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.audio.microphones import Microphone
from app.gui.recording.microphone_choice import MicrophoneChoice
from tests.audio.fake_microphone import microphone
from tests.gui.bench import JOB_MS

DESK, HEADSET = microphone("desk"), microphone("headset")
PLAYED = replace(microphone("played"), is_loopback=True)


class Plugs:
    """What is plugged in now."""

    def __init__(self, *there: Microphone) -> None:
        self.there = list(there)

    def __call__(self) -> list[Microphone]:
        return list(self.there)


@pytest.fixture
def plugs() -> Plugs:
    return Plugs(DESK)


@pytest.fixture
def choice(qtbot: QtBot, plugs: Plugs) -> Iterator[MicrophoneChoice]:
    choice = MicrophoneChoice(plugs)
    qtbot.addWidget(choice)
    yield choice
    choice.close_tasks()


def entries(choice: MicrophoneChoice) -> list[str]:
    return [choice.itemText(index) for index in range(choice.count())]


@pytest.mark.qt_log_ignore("raise", "grabbing the keyboard", "propagateSizeHints")
def test_what_is_plugged_in_appears_when_the_list_is_opened(
    qtbot: QtBot, choice: MicrophoneChoice, plugs: Plugs
) -> None:
    choice.show()
    qtbot.waitUntil(lambda: "desk" in entries(choice), timeout=JOB_MS)
    plugs.there = [HEADSET, PLAYED]
    choice.showPopup()
    qtbot.waitUntil(lambda: "headset" in entries(choice), timeout=JOB_MS)
    choice.hidePopup()
    assert entries(choice) == ["The system's microphone", "headset", "", "played"]


def test_choice_that_is_not_connected_stays_the_choice(
    qtbot: QtBot, choice: MicrophoneChoice, plugs: Plugs
) -> None:
    choice.show_choice(("headset", "Fake"))
    assert choice.currentText() == "headset (not connected)"
    plugs.there = [DESK, HEADSET]
    choice.look_again()
    qtbot.waitUntil(lambda: choice.currentText() == "headset", timeout=JOB_MS)
    choice.show_choice(None)
    assert choice.currentIndex() == 0


def test_line_between_them_is_no_choice(choice: MicrophoneChoice) -> None:
    choice.on_found([DESK, PLAYED])
    told: list[object] = []
    choice.chosen.connect(told.append)
    for index, text in enumerate(entries(choice)):
        if text:
            choice.on_activated(index)
    assert told == [None, ("desk", "Fake"), ("played", "Fake")]
