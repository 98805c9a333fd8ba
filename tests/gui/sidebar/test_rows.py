"""The list with a long history: a row that comes or goes costs little, and heights follow the font.

Without this, 5,000 transcripts stopped the window for 0.1–0.2 s whenever a file began or ended.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QListView
from pytestqt.qtbot import QtBot

from app.gui.sidebar.delegate import SidebarDelegate
from app.gui.sidebar.model import Index, SidebarModel
from app.gui.sidebar.sidebar import Sidebar
from app.gui.widgets.style import apply_style
from app.store.library import Library
from app.store.types import Item, JobOptions
from tests.gui.bench import no_size_hints

pytestmark = no_size_hints
N_PAST = 2000


class CountingModel(SidebarModel):
    """Counts how often somebody asks for data."""

    n_asked = 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        self.n_asked += 1
        return super().data(index, role)


def make_items(folder: Path) -> list[Item]:
    """Make a history, and one item that waits, newest first."""
    with Library.open(folder / "songshu.db") as library:
        for item in library.add_files([f"/{n}.wav" for n in range(N_PAST)], JobOptions()):
            library.cancel(item.id)
        library.add_files(["/new.wav"], JobOptions())
        return library.items()


def test_item_that_changes_its_place_asks_only_for_what_is_seen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    model, view = CountingModel(), QListView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.setItemDelegate(SidebarDelegate(view, model))
    items = make_items(tmp_path)
    model.set_items(items)
    with qtbot.waitExposed(view):
        view.show()
    view.doItemsLayout()
    view.grab()
    before = [model.entry(model.index(row)) for row in range(model.rowCount())]
    model.n_asked = 0
    model.put(replace(items[0], state=items[1].state))  # it ends, and goes to the history
    view.doItemsLayout()
    view.grab()
    assert 0 < model.n_asked < N_PAST / 4
    after = [model.entry(model.index(row)) for row in range(model.rowCount())]
    assert len(after) == len(before) - 1  # the heading of what is in progress has gone
    assert all(a is b for a, b in zip(after[2:], before[3:], strict=True))  # nothing is made anew


def test_rows_are_as_high_as_the_text_size_needs(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "songshu.db") as library:
        library.add_files(["/a.wav"], JobOptions())
        sidebar = Sidebar(library)
        qtbot.addWidget(sidebar)
        sidebar.reload()
        sidebar.show()
        heights = []
        for text_size in ("S", "L"):
            apply_style(qapp, dark=False, text_size=text_size)
            sidebar.view.doItemsLayout()
            heights.append(
                [sidebar.view.visualRect(sidebar.model.index(n)).height() for n in (0, 1)]
            )
    small, large = heights
    assert small[0] < large[0]
    assert small[1] < large[1]
