"""The one list of everything: what is being recognised on top, below it the history by day.

In: items of the library, and events of the running one. Out: rows for a view; a row is a heading or
an item. The whole list is built anew only when items come, go or change their section; progress
touches one row. 5,000 items take some 20 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
)

from app.gui.sidebar.rows import (
    OPEN_STATES,
    Entry,
    Heading,
    Row,
    all_rows,
    local_date,
    section_of,
    status_text,
)
from app.gui.threads.events import JobProgress
from app.store.types import Item, ItemState

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(slots=True)
class _Found:
    snippets: dict[int, tuple[str, int | None]] = field(default_factory=dict)


class SidebarModel(QAbstractListModel):
    """Rows of the sidebar.

    Signals:
        rename_requested(int, str): a person typed another title for an item.
    """

    rename_requested = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: dict[int, Item] = {}
        self._progress: dict[int, JobProgress] = {}
        self._found: _Found | None = None
        self._rows: list[Row] = []
        self._row_of: dict[int, int] = {}
        self._past: dict[int, tuple[Entry, date]] = {}  # made once: there may be thousands
        self._make_file: Callable[[int], Path | None] = lambda _item_id: None

    def set_items(self, items: Iterable[Item]) -> None:
        """Show these items, newest first."""
        self._items = {item.id: item for item in items}
        self._past = {n: known for n, known in self._past.items() if n in self._items}
        self._found = None
        self._rebuild()

    def set_found(self, found: Iterable[tuple[Item, str, int | None]]) -> None:
        """Show only what a search found: (item, snippet, line id), best first."""
        hits = list(found)
        self._found = _Found({item.id: (snippet, line) for item, snippet, line in hits})
        for item, _, _ in hits:
            self._items[item.id] = item
        self._rebuild()

    def clear_found(self) -> None:
        """Show everything again."""
        self._found = None
        self._rebuild()

    def put(self, item: Item) -> None:
        """Take the newest state of one item; a new one is added."""
        before = self._items.get(item.id)
        self._items[item.id] = item
        if item.state is not ItemState.RUNNING:
            self._progress.pop(item.id, None)
        same_place = before is not None and section_of(before) == section_of(item)
        if same_place and item.id in self._row_of:
            self._touch(item.id)
        else:
            self._rebuild()

    def remove(self, ids: Iterable[int]) -> None:
        """Take items away."""
        for item_id in ids:
            self._items.pop(item_id, None)
            self._progress.pop(item_id, None)
        self._rebuild()

    def set_progress(self, progress: JobProgress) -> None:
        """Show how far the running item is."""
        self._progress[progress.item_id] = progress
        if progress.item_id in self._row_of:
            self._touch(progress.item_id)

    def set_drag_source(self, make_file: Callable[[int], Path | None]) -> None:
        """Let items be dragged out as files.

        Args:
            make_file: writes the transcript of an item and gives its path.
        """
        self._make_file = make_file

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """Files, for every program that takes them."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """Write the dragged transcripts as files."""
        entries = (self.entry(index) for index in indexes)
        files = (self._make_file(entry.item.id) for entry in entries if entry is not None)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files if file is not None])
        return mime

    def retranslate(self) -> None:
        """Make all headings anew in the current language."""
        self._rebuild()

    def row_of(self, item_id: int) -> int | None:
        """Find the row of an item."""
        return self._row_of.get(item_id)

    def entry(self, index: Index) -> Entry | None:
        """Give the item of a row, None for a heading."""
        row = self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None
        return row if isinstance(row, Entry) else None

    def item(self, item_id: int) -> Item | None:
        """Give an item by its id."""
        return self._items.get(item_id)

    @property
    def n_open(self) -> int:
        """Items that wait or run."""
        return sum(item.state in OPEN_STATES[:2] for item in self._items.values())

    def is_heading(self, row: int) -> bool:
        """Whether a row is a heading; quicker than to ask for its data."""
        return 0 <= row < len(self._rows) and isinstance(self._rows[row], Heading)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """Count the rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what a view or a screen reader asks for."""
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if isinstance(row, Heading):
            return row.text if role == Qt.ItemDataRole.DisplayRole else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.item.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.item.title}, {status_text(row)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.item.path or row.item.title
        return None

    def setData(  # noqa: N802
        self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Take a new title."""
        entry = self.entry(index)
        title = str(value).strip()
        if entry is None or role != Qt.ItemDataRole.EditRole or not title:
            return False
        if title != entry.item.title:
            self.rename_requested.emit(entry.item.id, title)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings can be neither chosen nor edited."""
        if self.entry(index) is None:
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return (
            flag.ItemIsEnabled
            | flag.ItemIsSelectable
            | flag.ItemIsEditable
            | flag.ItemIsDragEnabled
        )

    def _touch(self, item_id: int) -> None:
        row = self._row_of[item_id]
        old = self._rows[row]
        assert isinstance(old, Entry)
        self._rows[row] = Entry(
            self._items[item_id], self._progress.get(item_id), old.snippet, old.line_id
        )
        index = self.index(row)
        self.dataChanged.emit(index, index)

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._rows = self._make_rows()
        self._row_of = {
            row.item.id: number for number, row in enumerate(self._rows) if isinstance(row, Entry)
        }
        self.endResetModel()

    def _make_rows(self) -> list[Row]:
        if self._found is not None:
            return [
                self._entry(self._items[item_id], snippet, line_id)
                for item_id, (snippet, line_id) in self._found.snippets.items()
                if item_id in self._items
            ]
        today = datetime.now().astimezone().date()
        return list(all_rows(self._items.values(), today, self._entry, self._past_entry))

    def _past_entry(self, item: Item) -> tuple[Entry, date]:
        known = self._past.get(item.id)
        if known is None or known[0].item is not item:
            known = self._past[item.id] = self._entry(item), local_date(item)
        return known

    def _entry(self, item: Item, snippet: str = "", line_id: int | None = None) -> Entry:
        return Entry(item, self._progress.get(item.id), snippet, line_id)
