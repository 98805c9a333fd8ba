"""A chosen device that fails its test is told in the window, and the work goes on."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from app.engine.outcome import Outcome, Refusal
from app.gui.threads.events import EnginePhase, EngineState
from app.gui.window.device_notices import DeviceNotices
from app.gui.window.status_line import StatusLine
from app.gui.wording import words

REFUSAL = Refusal(device="vulkan:0", name="RTX 9", outcome=Outcome.CRASH)
LOADING = EngineState(phase=EnginePhase.LOADING, pack="starter")
READY = EngineState(phase=EnginePhase.READY, pack="starter", device="CPU, 2 threads")


@pytest.fixture
def line(qtbot: QtBot) -> StatusLine:
    line = StatusLine()
    qtbot.addWidget(line)
    return line


def test_status_line_names_the_device_that_is_tested(line: StatusLine) -> None:
    line.set_engine(LOADING)
    line.set_testing("RTX 9")
    assert line.text.startswith("Testing RTX 9…")
    line.set_engine(READY)
    assert line.text.startswith("Ready")


def test_status_line_keeps_saying_what_is_not_used_until_another_model_is_loaded(
    line: StatusLine,
) -> None:
    line.set_engine(LOADING)
    line.set_refused("RTX 9", "why")
    line.set_engine(READY)
    assert "CPU, 2 threads · without RTX 9" in line.text
    assert line.engine.toolTip() == "why"
    line.set_engine(LOADING)
    assert "RTX 9" not in line.text
    assert line.engine.toolTip() == ""


class Window(QMainWindow):
    """The two parts of the window that are told."""

    def __init__(self) -> None:
        super().__init__()
        self.status = StatusLine()
        self.setStatusBar(self.status)
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        self.told.append(text)


def test_what_the_engine_thread_says_reaches_the_window(qtbot: QtBot) -> None:
    window, notices = Window(), DeviceNotices()
    qtbot.addWidget(window)
    notices.show_in(window)  # type: ignore[arg-type]
    guard = notices.guard
    told = (guard._on_testing, guard._on_refused)
    thread = threading.Thread(target=lambda: (told[0]("RTX 9"), told[1](REFUSAL)))
    thread.start()
    thread.join()
    assert window.told == []  # nothing is touched in another thread
    qtbot.waitUntil(lambda: bool(window.told))
    assert window.told == [
        "The driver of RTX 9 crashed in its test. The processor recognises instead."
    ]
    assert "without RTX 9" in window.status.text


@pytest.mark.parametrize("outcome", [item for item in Outcome if item is not Outcome.GOOD])
def test_every_way_to_fail_has_words(outcome: Outcome) -> None:
    assert "RTX 9" in words.device_reason(outcome, "RTX 9")
