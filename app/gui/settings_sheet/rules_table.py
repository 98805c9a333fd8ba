"""The table of replacements: find, put, and how "find" is meant.

A stored rule says in ``find`` itself how it is meant (see ``app.text.replacements``); here that is
a column of its own, and the text stands there without quotes or slashes.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.gui.widgets.card import fill_choices
from app.gui.widgets.fields import Choice

Pair = tuple[str, str]
FIND, PUT, KIND = range(3)
WORDS, EXACT, PATTERN, PATTERN_ANY_CASE = "words", "exact", "pattern", "pattern any case"
_MARKS = {WORDS: ("", ""), EXACT: ('"', '"'), PATTERN: ("/", "/"), PATTERN_ANY_CASE: ("/", "/i")}
_KIND_WIDTH, _ROW_HEIGHT = 170, 40


def split_find(find: str) -> tuple[str, str]:
    """Return the kind of a rule and its text without marks."""
    for kind in (PATTERN_ANY_CASE, PATTERN, EXACT):
        before, after = _MARKS[kind]
        if len(find) > 2 and find.startswith(before) and find.endswith(after):
            return kind, find[len(before) : -len(after)]
    return WORDS, find


def join_find(kind: str, text: str) -> str:
    """Return ``find`` as it is stored; "" if there is no text."""
    before, after = _MARKS[kind]
    return f"{before}{text}{after}" if text.strip() else ""


class RulesTable(QTableWidget):
    """Edits rules; every row is kept, also one that cannot be used yet.

    Signals:
        edited(): the person changed something.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(KIND, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(KIND, _KIND_WIDTH)
        header.setHighlightSections(False)
        self.setMinimumHeight(180)
        self.itemChanged.connect(self.edited)
        self.retranslate()

    @property
    def rows(self) -> list[Pair]:
        """All rows as rules, in order."""
        return [
            (join_find(self._kind(row), self._text(row, FIND)), self._text(row, PUT).strip())
            for row in range(self.rowCount())
        ]

    def fill(self, rules: Iterable[Pair], current: int) -> None:
        """Show other rules, in silence, with one row as the current one."""
        rules = list(rules)
        blocked = self.blockSignals(True)
        self.setRowCount(len(rules))
        for row, (find, put) in enumerate(rules):
            kind, text = split_find(find)
            self.setItem(row, FIND, QTableWidgetItem(text))
            self.setItem(row, PUT, QTableWidgetItem(put))
            self.setCellWidget(row, KIND, self._make_choice(kind))
        self.setCurrentCell(min(current, len(rules) - 1), FIND)
        self.blockSignals(blocked)

    def edit_row(self, row: int) -> None:
        """Begin to type what is to be found."""
        self.setCurrentCell(row, FIND)
        self.setFocus()
        self.edit(self.model().index(row, FIND))

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setHorizontalHeaderLabels(
            [self.tr("Find"), self.tr("Put instead"), self.tr("Find it as")]
        )
        for row in range(self.rowCount()):
            choice = self.cellWidget(row, KIND)
            if isinstance(choice, Choice):
                fill_choices(choice, self._kinds(), choice.currentData())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_kind(self) -> None:
        """Tell that another kind was chosen."""
        self.edited.emit()

    def _make_choice(self, kind: str) -> Choice:
        choice = Choice()
        fill_choices(choice, self._kinds(), kind)
        choice.setAccessibleName(self.tr("Find it as"))
        choice.activated.connect(self.on_kind)
        return choice

    def _kinds(self) -> list[tuple[object, str]]:
        return [
            (WORDS, self.tr("Whole words")),
            (EXACT, self.tr("Exactly so")),
            (PATTERN, self.tr("Pattern")),
            (PATTERN_ANY_CASE, self.tr("Pattern, aA alike")),
        ]

    def _kind(self, row: int) -> str:
        choice = self.cellWidget(row, KIND)
        return str(choice.currentData()) if isinstance(choice, Choice) else WORDS

    def _text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return item.text() if item is not None else ""
