"""Corrections of the open transcript: each one is a step that can be undone.

Merging, splitting and replacing lines wait until the item is finished or paused: while it runs the
engine appends lines, and a step must never meet one that it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.gui.transcript import line_edits
from app.gui.transcript.finding import Place, replace_all, replace_at
from app.gui.transcript.line_edits import ChangeLines
from app.store.library import Library
from app.store.types import Item, ItemState, Line

STEP_S = 0.5  # what Ctrl+arrow moves the start of a line


class TranscriptEditor(QObject):
    """Changes the lines of one item at a time.

    Args:
        library: where lines are stored.

    Signals:
        lines_changed(list[Line]): the lines as they are stored now.
        state_changed(): other things can be done or undone than before.
    """

    lines_changed = Signal(object)
    state_changed = Signal()

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._item: Item | None = None
        self.stack = QUndoStack(self)
        self.stack.indexChanged.connect(self.state_changed)

    def open(self, item: Item | None) -> None:
        """Work on another item; what was done to the last one cannot be undone any more."""
        before, could = self._item, self.can_reshape
        self._item = item
        other = item is None or before is None or item.id != before.id
        if not other and item is not None and before is not None:  # its lines are others now
            exchanged = before.again != item.again or before.is_redone != item.is_redone
            other = exchanged or (could and not self.can_reshape)
        if other:
            self.stack.clear()
        self.state_changed.emit()

    @property
    def can_reshape(self) -> bool:
        """Whether lines may be merged, split and exchanged."""
        running = (ItemState.RUNNING, ItemState.WAITING)
        return self._item is not None and self._item.state not in running

    def set_text(self, line_id: int, text: str, language: str | None = None) -> None:
        """Correct the text of a line, and its language if it is given."""
        lines = self._lines()
        row = _row(lines, line_id)
        if row is None:
            return
        after = line_edits.with_text(lines, row, text, language)
        if after != lines:
            self._push(self.tr("Correct"), lines, after)

    def restore(self, line_ids: Sequence[int]) -> None:
        """Give lines the text again that was recognised."""
        lines = self._lines()
        rows = [row for row, line in enumerate(lines) if line.id in line_ids and line.edited]
        if rows:
            name = self.tr("Restore the original")
            self._push(name, lines, line_edits.with_originals(lines, rows))

    def merge(self, line_ids: Sequence[int]) -> None:
        """Join lines that follow each other; a single one with the next."""
        lines = self._lines()
        rows = [row for row, line in enumerate(lines) if line.id in line_ids]
        if not rows or not self.can_reshape:
            return
        first, n = rows[0], max(1, rows[-1] - rows[0])
        after = lines
        for _ in range(min(n, len(lines) - 1 - first)):
            after = line_edits.merged_with_next(after, first)
        if after is not lines:
            self._push(self.tr("Merge lines"), lines, after)

    def split(self, line_id: int, text: str, at_char: int) -> None:
        """Cut a line in two.

        Args:
            line_id: which one.
            text: its text as it is being typed.
            at_char: number of characters that stay in the first line.
        """
        lines = self._lines()
        row = _row(lines, line_id)
        if row is None or not self.can_reshape or not text[:at_char].strip():
            return
        if text[at_char:].strip():
            typed = line_edits.with_text(lines, row, text) if text != lines[row].text else lines
            self._push(self.tr("Split the line"), lines, line_edits.split_at(typed, row, at_char))

    def nudge(self, line_id: int, steps: int) -> None:
        """Move the start of a line by half seconds."""
        lines = self._lines()
        row = _row(lines, line_id)
        if row is not None:
            after = line_edits.nudged(lines, row, steps * STEP_S)
            if after != lines:
                self._push(self.tr("Move the start"), lines, after)

    def replace_place(self, place: Place, put: str) -> None:
        """Replace one place that was found."""
        lines = self._lines()
        after = [*lines]
        after[place.row] = replace_at(lines[place.row], place, put)
        self._push(self.tr("Replace"), lines, after)

    def replace_everywhere(self, needle: str, put: str) -> None:
        """Replace a text wherever it stands, in one step."""
        lines = self._lines()
        after = replace_all(lines, needle, put)
        if after != lines:
            self._push(self.tr("Replace all"), lines, after)

    def _lines(self) -> list[Line]:
        return self._library.lines(self._item.id) if self._item is not None else []

    def _push(self, text: str, before: list[Line], after: list[Line]) -> None:
        assert self._item is not None
        self.stack.push(
            ChangeLines(text, self._library, self._item.id, before, after, self._on_written)
        )

    def _on_written(self, item_id: int, lines: list[Line]) -> None:
        if self._item is not None and self._item.id == item_id:
            self.lines_changed.emit(lines)


def _row(lines: Sequence[Line], line_id: int) -> int | None:
    return next((row for row, line in enumerate(lines) if line.id == line_id), None)
