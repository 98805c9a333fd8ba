"""What a person does in the window, and what is in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.engine.types import Segment
from app.gui.sidebar.model import SidebarModel
from app.gui.window.main_window import MainWindow
from app.store.library import Library
from app.store.types import Item, JobOptions


def add_done(library: Library, name: str, *texts: str) -> Item:
    (item,) = library.add_files([name], JobOptions())
    for number, text in enumerate(texts):
        start_s = 5.0 * number
        segment = Segment(
            start_s=start_s, end_s=start_s + 5, text=text, language="English", avg_logprob=-0.1
        )
        library.add_line(item.id, segment, start_s + 5)
    library.set_progress(item.id, 5.0 * len(texts), 5.0 * len(texts))
    return library.finish(item.id, language="English", pack="starter", device="CPU", rtf=0.1)


def rows(model: SidebarModel) -> list[str]:
    found = []
    for number in range(model.rowCount()):
        entry = model.entry(model.index(number))
        found.append(model.index(number).data() if entry is None else entry.item.title)
    return found


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    qtbot.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


def edit_line(window: MainWindow, row: int) -> QPlainTextEdit:
    """Open the editor of a line."""
    lines = window.page.list
    lines.setCurrentIndex(window.page.model.index(row))
    lines.edit_current()
    editor = lines.findChild(QPlainTextEdit)
    assert editor is not None
    return editor
