"""Windows are never larger than their screen."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.gui.widgets.fitting import FRAME, fit
from app.gui.window.idle_page import IdlePage
from tests.gui.bench import no_size_hints
from tests.packs import ROOT

pytestmark = no_size_hints
SIZES = """
import json, sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
from PySide6.QtCore import QSize
from app.gui.widgets.fitting import fit
window = QWidget()
fit(window, QSize(1120, 720), QSize(880, 600))
room = window.screen().availableGeometry()
print(json.dumps([window.width(), window.height(), window.minimumWidth(), window.minimumHeight(),
                  room.width(), room.height()]))
"""


def test_window_has_the_size_it_is_made_for_where_there_is_room(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    fit(window, QSize(300, 200), QSize(200, 100))
    assert window.size() == QSize(300, 200)
    assert window.minimumSize() == QSize(200, 100)


@pytest.mark.parametrize("scale", ["1", "1.5", "2"])
def test_window_fits_a_screen_of_any_scale(scale: str) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": scale}
    told = subprocess.run(
        [sys.executable, "-c", SIZES],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    width, height, least_width, least_height, room_width, room_height = map(
        int, told.strip("[]\n ").split(",")
    )
    assert (width, height) == (
        min(1120, room_width - FRAME.width()),
        min(720, room_height - FRAME.height()),
    )
    assert least_width <= width
    assert least_height <= height
    assert width < room_width
    assert height < room_height


def test_enter_presses_the_button_that_has_the_focus(qtbot: QtBot) -> None:
    page = IdlePage()
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    for button, signal in (
        (page.choose, page.files_requested),
        (page.record, page.record_requested),
    ):
        button.setFocus()
        with qtbot.waitSignal(signal):
            QTest.keyClick(button, Qt.Key.Key_Return)
