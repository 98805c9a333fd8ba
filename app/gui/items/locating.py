"""Finds recordings that were moved: a person shows where one is, and its neighbours follow.

"Locate…" -> file dialog -> library -> player, failed items

Text and recording are kept apart, so nothing but the path changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.cli.sources import MEDIA_SUFFIXES
from app.gui.threads.engine import Engine
from app.gui.widgets.undo_bar import UndoBar
from app.store.library import Library
from app.store.types import Item, ItemState

Ask = Callable[[QWidget, Path], Path | None]


class Locator(QObject):
    """Gives items their new path.

    Args:
        library: the items.
        engine: goes on with those that had failed for it.
        undo_bar: says what was done; the dialog stands over its window.
        ask: asks for the new place of a file; another one serves tests.

    Signals:
        located(int): the recording of this item lies elsewhere now.
    """

    located = Signal(int)

    def __init__(
        self, library: Library, engine: Engine, undo_bar: UndoBar, ask: Ask | None = None
    ) -> None:
        super().__init__(undo_bar)
        self._library = library
        self._engine = engine
        self._undo_bar = undo_bar
        self._ask = ask or self._ask_for_file

    @Slot(int)
    def locate(self, item_id: int) -> None:
        """Ask where the recording of an item is, and take whatever else went there with it."""
        item = self._library.item(item_id)
        old = Path(item.path)
        new = self._ask(self._undo_bar.window(), old)
        if new is None:
            return
        moved = [(item, new), *self._neighbours(old, new)]
        self._move([(item.id, path) for item, path in moved])
        n = len(moved) - 1
        text = self.tr("The recording was found.")
        if n:
            text = self.tr("The recording was found, and {n} more beside it.").format(n=n)
        before = [(item.id, Path(item.path)) for item, _ in moved]
        self._undo_bar.tell(text, lambda: self._move(before))
        for item, _ in moved:
            if item.state is ItemState.FAILED and item.error_type == "AudioNotFoundError":
                self._engine.retry(item.id)

    def _neighbours(self, old: Path, new: Path) -> list[tuple[Item, Path]]:
        """Find the items whose recordings lay beside the old place and are beside the new one."""
        found = []
        for item in self._library.items():
            path = Path(item.path)
            there = new.parent / path.name
            beside = bool(item.path) and path.parent == old.parent and path != old
            if beside and not path.exists() and there.is_file():
                found.append((item, there))
        return found

    def _move(self, moves: Sequence[tuple[int, Path]]) -> None:
        for item_id, path in moves:
            self._library.relocate(item_id, path)
            self.located.emit(item_id)

    def _ask_for_file(self, parent: QWidget, old: Path) -> Path | None:
        folder = next((str(place) for place in old.parents if place.is_dir()), "")
        media, everything = self.tr("Audio and video"), self.tr("All files")
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(MEDIA_SUFFIXES))
        kinds = f"{media} ({suffixes});;{everything} (*)"
        title = self.tr("Where is {name}?").format(name=old.name)
        name, _ = QFileDialog.getOpenFileName(parent, title, folder, kinds)
        return Path(name) if name else None
