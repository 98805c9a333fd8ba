"""The replacements: a table of rules, buttons to order them, and a field to try them at once.

A rule that cannot be used is kept in the table and explained below it, but never stored: a typing
error must not keep recordings from being finished.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import ReplacementError
from app.gui.settings_sheet.list_buttons import ListButtons
from app.gui.settings_sheet.rules_table import Pair, RulesTable
from app.gui.widgets.card import Message, muted_label
from app.gui.widgets.icons import icon
from app.gui.widgets.style import GRID
from app.text.replacements import MAX_RULES, Replacer


class Replacements(QWidget):
    """Edits rules (find, put).

    Signals:
        changed(tuple): the rules that can be used, in their order.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules: tuple[Pair, ...] = ()
        self.table, self.buttons = RulesTable(), ListButtons()
        self.add = QPushButton()
        self.add.setIcon(icon("plus"))
        self.add.setAutoDefault(False)
        self.trial = QLineEdit()
        self._trial_label = QLabel()
        self._trial_label.setBuddy(self.trial)
        self.outcome = muted_label()
        self.problem = Message()
        self.setFocusProxy(self.table)
        self.table.edited.connect(self.on_edited)
        self.table.currentCellChanged.connect(self.on_row_changed)
        self.add.clicked.connect(self.on_add)
        self.buttons.remove_requested.connect(self.on_remove)
        self.buttons.moved.connect(self.on_moved)
        self.trial.textChanged.connect(self.on_trial)
        self._lay_out()
        self.retranslate()
        self.on_row_changed()

    @property
    def rules(self) -> tuple[Pair, ...]:
        """The rules that can be used."""
        return self._rules

    def show_rules(self, rules: tuple[Pair, ...]) -> None:
        """Show rules that come from elsewhere."""
        if rules != self._rules:
            self._fill(list(rules), self.table.currentRow())
            self._judge()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.table.setAccessibleName(self.tr("Replacements"))
        self.add.setText(self.tr("Add"))
        self.add.setAccessibleName(self.tr("Add a replacement"))
        self._trial_label.setText(self.tr("Try it"))
        self.trial.setPlaceholderText(self.tr("Type a sentence to see what becomes of it"))
        self.trial.setAccessibleName(self.tr("A sentence to try the replacements"))
        self._judge()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_edited(self) -> None:
        """Judge the rules and tell them if they are others."""
        before = self._rules
        self._judge()
        if self._rules != before:
            self.changed.emit(self._rules)

    @Slot()
    def on_row_changed(self) -> None:
        """Offer what can be done with the row."""
        self.buttons.show_row(self.table.currentRow(), self.table.rowCount())

    @Slot()
    def on_add(self) -> None:
        """Add an empty row and begin to type in it."""
        rows = self.table.rows
        self._fill([*rows, ("", "")], len(rows))
        self.table.edit_row(len(rows))

    @Slot()
    def on_remove(self) -> None:
        """Remove the row."""
        rows, row = self.table.rows, self.table.currentRow()
        del rows[row]
        self._fill(rows, min(row, len(rows) - 1))
        self.on_edited()

    @Slot(int)
    def on_moved(self, by: int) -> None:
        """Move the row."""
        rows, row = self.table.rows, self.table.currentRow()
        rows.insert(row + by, rows.pop(row))
        self._fill(rows, row + by)
        self.on_edited()

    @Slot()
    def on_trial(self) -> None:
        """Show what becomes of the sentence."""
        self.outcome.setText(Replacer(self._rules).apply(self.trial.text()))
        self.outcome.setAccessibleName(self.tr("Result: {text}").format(text=self.outcome.text()))
        self.outcome.setVisible(bool(self.trial.text()))

    def _judge(self) -> None:
        """Keep the rules that can be used, and explain the first that cannot."""
        usable: list[Pair] = []
        problem = ""
        for number, rule in enumerate(self.table.rows, 1):
            if not rule[0]:
                continue
            try:
                Replacer([rule])
            except ReplacementError as exc:
                text = self.tr("Row {number} is not used: {reason}.")
                problem = problem or text.format(number=number, reason=exc.reason)
            else:
                usable.append(rule)
        self._rules = tuple(usable[:MAX_RULES])
        self.problem.tell(problem, "bad")
        self.on_trial()

    def _fill(self, rows: list[Pair], current: int) -> None:
        self.table.fill(rows, current)
        self.on_row_changed()

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
        layout.addWidget(self.problem)
        layout.addLayout(trial)
        layout.addWidget(self.outcome)
