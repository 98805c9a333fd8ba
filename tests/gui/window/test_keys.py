"""Every key that is promised: what it does, wherever the focus is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.gui.window.main_window import MainWindow
from tests.gui.bench import Bench, no_size_hints

pytestmark = no_size_hints
CONTROL = Qt.KeyboardModifier.ControlModifier


def press(
    key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> QWidget | None:
    """Press a key where the focus is; returns what has it then."""
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, key, modifier)
    return QApplication.focusWidget()


def test_ctrl_o_asks_for_files_and_escape_closes_that(qtbot: QtBot, window: MainWindow) -> None:
    seen = []

    def close_dialog() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(10, close_dialog)
            return
        seen.append(dialog)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    QTimer.singleShot(0, close_dialog)
    press(Qt.Key.Key_O, CONTROL)
    assert isinstance(seen[0], QFileDialog)


@pytest.mark.parametrize("place", [lambda w: w.page.list, lambda w: w.sidebar.view])
def test_keys_work_wherever_the_focus_is(
    bench: Bench, window: MainWindow, place: Callable[[MainWindow], QWidget]
) -> None:
    place(window).setFocus()
    assert press(Qt.Key.Key_F, CONTROL) is window.page.find_bar.needle
    press(Qt.Key.Key_Escape)
    assert not window.page.find_bar.isVisible()
    press(Qt.Key.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert window.sidebar.search.hasFocus()
    place(window).setFocus()
    press(Qt.Key.Key_E, CONTROL)
    assert bench.desktop is not None
    assert bench.desktop._export is not None
    assert bench.desktop._export.isVisible()
    bench.desktop._export.close()
    place(window).setFocus()
    press(Qt.Key.Key_N, CONTROL)
    assert window.pages.currentWidget() is window.idle


def test_arrows_choose_lines_and_ctrl_arrows_move_their_start(
    bench: Bench, window: MainWindow
) -> None:
    window.page.list.setFocus()
    window.page.list.setCurrentIndex(window.page.model.index(0))
    press(Qt.Key.Key_Down)
    assert window.page.list.chosen_rows() == [1]
    press(Qt.Key.Key_Right, CONTROL)
    press(Qt.Key.Key_Right, CONTROL)
    press(Qt.Key.Key_Left, CONTROL)
    assert bench.lines("first.wav")[1].start_s == 5.5
    press(Qt.Key.Key_Up)
    assert window.page.list.chosen_rows() == [0]
    press(Qt.Key.Key_Return)
    assert isinstance(QApplication.focusWidget(), QPlainTextEdit)
    press(Qt.Key.Key_Escape)
    assert window.page.list.hasFocus()


def test_f2_renames_and_delete_removes_what_is_chosen_in_the_list(
    qtbot: QtBot, bench: Bench, window: MainWindow
) -> None:
    window.sidebar.view.setFocus()
    assert isinstance(press(Qt.Key.Key_F2), QLineEdit)
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(window.sidebar.view.hasFocus)
    press(Qt.Key.Key_Delete)
    assert [item.title for item in bench.items()] == ["second.wav"]


def test_space_plays_and_ctrl_r_records(qtbot: QtBot, bench: Bench, window: MainWindow) -> None:
    """That they do so is shown where players and recordings are tested; here they are wired."""
    assert bench.desktop is not None
    keys = {action.shortcut().toString() for action in window.actions()}
    assert {"Space", "Ctrl+R", "Esc", "Ctrl+O", "Ctrl+L"} <= keys
    player = bench.desktop.player
    assert player.keys.play in window.actions()
    assert player.keys.play.isEnabled()
