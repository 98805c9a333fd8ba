"""The bar that says what was done: its buttons, what they do, and in which language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.gui.translation import Translations
from app.gui.widgets.undo_bar import UndoBar


@pytest.fixture
def bar(qtbot: QtBot) -> UndoBar:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(800, 600)
    parent.show()
    return UndoBar(parent)


@pytest.fixture
def translations(qapp: QApplication) -> Iterator[Translations]:
    translations = Translations(qapp)
    yield translations
    translations.use("en")


def words(bar: UndoBar, *, hidden: bool = False) -> list[str]:
    buttons = bar.findChildren(QPushButton)
    assert all(button.accessibleName() == button.text() for button in buttons)
    return [button.text() for button in buttons if hidden or button.isVisible()]


def test_buttons_are_shown_that_a_message_has(bar: UndoBar) -> None:
    bar.tell("Only this.")
    assert words(bar) == []
    bar.tell("Deleted.", lambda: None)
    assert words(bar) == ["Undo"]
    bar.tell("Queued.", lambda: None, button="Stop", more=("Settings…", lambda: None))
    assert words(bar) == ["Stop", "Settings…"]
    bar.tell("Deleted.", lambda: None)
    assert words(bar, hidden=True) == ["Undo", "More…"]


def test_each_button_does_its_own_once(bar: UndoBar) -> None:
    done: list[str] = []
    for slot in (bar.on_undo_clicked, bar.on_more_clicked):
        bar.tell("Queued.", lambda: done.append("undo"), more=("More", lambda: done.append("more")))
        slot()
        assert bar.text == ""
        slot()
    assert done == ["undo", "more"]


def test_words_follow_the_language_unless_they_are_the_message_s_own(
    bar: UndoBar, translations: Translations
) -> None:
    bar.tell("Deleted.", lambda: None)
    translations.use("zh_CN")
    QApplication.processEvents()  # Qt tells it to the widgets then
    assert words(bar, hidden=True) == ["撤销", "更多…"]
    bar.tell("Queued.", lambda: None, button="Stop")
    translations.use("en")
    QApplication.processEvents()
    assert words(bar, hidden=True) == ["Stop", "More…"]
