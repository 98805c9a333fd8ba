"""The line at the bottom says what a person can use: names, no paths."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.gui.threads.events import EnginePhase, EngineState
from app.gui.window.status_line import StatusLine


def test_model_that_is_being_loaded_has_its_name_not_its_path(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.set_engine(EngineState(phase=EnginePhase.LOADING, pack="/home/anna/packs/starter"))
    assert line.text == "Loading the model… · starter · offline"
    line.set_engine(EngineState(phase=EnginePhase.READY, pack="starter", device="CPU"))
    assert line.text == "Ready · starter · CPU · offline"
