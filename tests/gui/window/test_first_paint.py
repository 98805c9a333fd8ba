"""What waits for the window begins when it is drawn."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.gui.window.first_paint import FirstPaint


def test_first_paint_is_told_once(qtbot: QtBot) -> None:
    window = QLabel("text")
    qtbot.addWidget(window)
    told: list[bool] = []
    first = FirstPaint(window)
    first.painted.connect(lambda: told.append(window.isVisible()))
    QApplication.processEvents()
    assert told == []
    with qtbot.waitSignal(first.painted):
        window.show()
    window.repaint()
    QApplication.processEvents()
    assert told == [True]
