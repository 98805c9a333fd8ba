"""The lines of the open transcript, and below them the text that is still being recognised.

The rows are the lines of the store, in order; while the item runs, one more row holds the live
text. Changes come in as whole lines, so that undo can put back exactly what was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.gui.threads.events import LiveText
from app.gui.wording import words
from app.store.types import Line

Index = QModelIndex | QPersistentModelIndex
LINE_ROLE = Qt.ItemDataRole.UserRole + 1  # Line or LiveText


class LinesModel(QAbstractListModel):
    """Rows of a transcript.

    Signals:
        text_changed(int, str): a person typed another text for the line of this id.
    """

    text_changed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []
        self._live: LiveText | None = None

    @property
    def lines(self) -> list[Line]:
        """The lines, in order."""
        return list(self._lines)

    @property
    def live(self) -> LiveText | None:
        """What is being recognised."""
        return self._live

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; rows that stay the same are left alone."""
        new = list(lines)
        if len(new) == len(self._lines):
            old, self._lines = self._lines, new
            for row, (before, after) in enumerate(zip(old, new, strict=True)):
                if before is not after and before != after:
                    self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.beginResetModel()
        self._lines = new
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._lines, self._live = [], None
        self.endResetModel()

    def add_line(self, line: Line) -> None:
        """Append a finished line; the live text that it was goes."""
        self.set_live(None)
        if any(line.id == known.id for known in self._lines[-4:]):
            return
        row = len(self._lines)
        self.beginInsertRows(QModelIndex(), row, row)
        self._lines.append(line)
        self.endInsertRows()

    def set_live(self, live: LiveText | None) -> None:
        """Show the text that is being recognised; None takes it away."""
        row = len(self._lines)
        if live is not None and not live.text:
            live = None
        if live is None and self._live is not None:
            self.beginRemoveRows(QModelIndex(), row, row)
            self._live = None
            self.endRemoveRows()
        elif live is not None and self._live is None:
            self.beginInsertRows(QModelIndex(), row, row)
            self._live = live
            self.endInsertRows()
        elif live is not None:
            self._live = live
            self.dataChanged.emit(self.index(row), self.index(row))

    def line(self, row: int) -> Line | None:
        """Give the line of a row; None for the live text."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def text_at(self, row: int) -> str:
        """Give the text of a row, also of the live one; "" if there is no such row."""
        if row < len(self._lines):
            return self._lines[row].text
        return self._live.text if self._live is not None else ""

    def row_of(self, line_id: int) -> int | None:
        """Find the row of a line."""
        return next((row for row, line in enumerate(self._lines) if line.id == line_id), None)

    def row_at(self, position_s: float) -> int | None:
        """Find the row that is spoken at a position."""
        for row, line in enumerate(self._lines):
            if line.start_s <= position_s < line.end_s:
                return row
        return None

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """Count the rows."""
        if parent is not None and parent.isValid():
            return 0
        return len(self._lines) + (self._live is not None)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what a view or a screen reader asks for."""
        row = index.row()
        if not 0 <= row < self.rowCount():
            return None
        line = self._lines[row] if row < len(self._lines) else self._live
        assert line is not None
        if role == LINE_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return line.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{words.clock(line.start_s)} {line.text}"
        return None

    def setData(  # noqa: N802
        self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Take the text that a person typed."""
        line = self.line(index.row())
        if line is None or role != Qt.ItemDataRole.EditRole:
            return False
        text = " ".join(str(value).split())
        if text != line.text:
            self.text_changed.emit(line.id, text)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The live text cannot be edited."""
        flag = Qt.ItemFlag
        if self.line(index.row()) is None:
            return flag.ItemIsEnabled
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable
