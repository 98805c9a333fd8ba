"""The table of replacements: what is found, what is put in its place, and a field to try it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.card import muted_label
from app.gui.icons import icon
from app.gui.settings_pages.list_buttons import ListButtons
from app.gui.style import GRID
from app.gui.text_rules import replace_terms

Pair = tuple[str, str]


class Replacements(QWidget):
    """Edits pairs of (find, put); rows that find nothing yet are not told.

    Signals:
        changed(tuple): all pairs, in their order.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget(0, 2)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.setMinimumHeight(150)
        self.buttons = ListButtons()
        self.add = QPushButton()
        self.add.setIcon(icon("plus"))
        self.trial = QLineEdit()
        self.trial.setClearButtonEnabled(True)
        self._trial_label = QLabel()
        self._trial_label.setBuddy(self.trial)
        self.outcome = muted_label()
        self.setFocusProxy(self.table)
        self.table.itemChanged.connect(self.on_edited)
        self.table.currentCellChanged.connect(self.on_row_changed)
        self.add.clicked.connect(self.on_add)
        self.buttons.remove_requested.connect(self.on_remove)
        self.buttons.moved.connect(self.on_moved)
        self.trial.textChanged.connect(self.on_trial)
        self._lay_out()
        self.retranslate()
        self.on_row_changed()

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs that find something."""
        return tuple(pair for pair in self._rows() if pair[0])

    def show_pairs(self, pairs: tuple[Pair, ...]) -> None:
        """Show pairs that come from elsewhere."""
        if pairs != self.pairs:
            self._fill(pairs, self.table.currentRow())

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.table.setHorizontalHeaderLabels([self.tr("Find"), self.tr("Put instead")])
        self.table.setAccessibleName(self.tr("Replacements"))
        self.add.setText(self.tr("Add"))
        self.add.setAccessibleName(self.tr("Add a replacement"))
        self._trial_label.setText(self.tr("Try it"))
        self.trial.setPlaceholderText(self.tr("Type a sentence to see what becomes of it"))
        self.trial.setAccessibleName(self.tr("A sentence to try the replacements"))
        self.on_trial()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_edited(self) -> None:
        """Tell a change."""
        self.on_trial()
        self.changed.emit(self.pairs)

    @Slot()
    def on_row_changed(self) -> None:
        """Offer what can be done with the row."""
        self.buttons.show_row(self.table.currentRow(), self.table.rowCount())

    @Slot()
    def on_add(self) -> None:
        """Add an empty row and begin to type in it."""
        row = self.table.rowCount()
        self._fill([*self._rows(), ("", "")], row)
        self.table.setFocus()
        self.table.edit(self.table.model().index(row, 0))

    @Slot()
    def on_remove(self) -> None:
        """Remove the row."""
        rows, row = self._rows(), self.table.currentRow()
        del rows[row]
        self._fill(rows, min(row, len(rows) - 1))
        self.on_edited()

    @Slot(int)
    def on_moved(self, by: int) -> None:
        """Move the row."""
        rows, row = self._rows(), self.table.currentRow()
        rows.insert(row + by, rows.pop(row))
        self._fill(rows, row + by)
        self.on_edited()

    @Slot()
    def on_trial(self) -> None:
        """Show what becomes of the sentence."""
        self.outcome.setText(replace_terms(self.trial.text(), self.pairs))
        self.outcome.setAccessibleName(self.tr("Result: {text}").format(text=self.outcome.text()))

    def _rows(self) -> list[Pair]:
        return [
            (self._cell(row, 0).strip(), self._cell(row, 1)) for row in range(self.table.rowCount())
        ]

    def _cell(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text() if item is not None else ""

    def _fill(self, rows: Iterable[Pair], current: int) -> None:
        rows = list(rows)
        blocked = self.table.blockSignals(True)
        self.table.setRowCount(len(rows))
        for row, pair in enumerate(rows):
            for column, text in enumerate(pair):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.setCurrentCell(min(current, len(rows) - 1), 0)
        self.table.blockSignals(blocked)
        self.on_row_changed()
        self.on_trial()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.table, 1)
        top.addWidget(self.buttons)
        trial = QHBoxLayout()
        trial.setSpacing(GRID)
        trial.addWidget(self.add)
        trial.addSpacing(GRID)
        trial.addWidget(self._trial_label)
        trial.addWidget(self.trial, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addLayout(trial)
        layout.addWidget(self.outcome)
