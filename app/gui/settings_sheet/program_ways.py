"""How single programs get their texts: a table of programs, each with its own way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QToolButton, QWidget

from app.dictation.options import Way
from app.gui.widgets.card import fill_choices
from app.gui.widgets.fields import Choice
from app.gui.widgets.icons import icon
from app.gui.widgets.style import GRID

_PROGRAM_WIDTH = 220


class ProgramWays(QWidget):
    """A row for each program, and one to add another.

    Signals:
        changed(tuple): pairs of (program, Way).
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ways: tuple[tuple[str, Way], ...] = ()
        self._seen: tuple[str, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self._grid.setColumnStretch(2, 1)
        self._rows: list[tuple[QLabel, Choice, QToolButton]] = []
        self.program, self.add = Choice(), QPushButton()
        self.program.setEditable(True)
        self.program.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.program.setMinimumWidth(_PROGRAM_WIDTH)
        self.add.clicked.connect(self.on_add)
        self.setFocusProxy(self.program)
        self._build()

    @property
    def rows(self) -> Sequence[tuple[QLabel, Choice, QToolButton]]:
        """Name, way and the button that removes, for each program."""
        return tuple(self._rows)

    def show_ways(self, ways: tuple[tuple[str, Way], ...], seen: tuple[str, ...]) -> None:
        """Show the programs.

        Args:
            ways: pairs of (program, way).
            seen: programs that are offered.
        """
        if (ways, seen) != (self._ways, self._seen):
            self._ways, self._seen = ways, seen
            self._build()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.add.setText(self.tr("Add"))
        self.program.setAccessibleName(self.tr("Program"))
        line = self.program.lineEdit()
        if line is not None:
            line.setPlaceholderText(self.tr("Name of a program"))
            line.setAccessibleName(self.tr("Name of a program"))
        for label, way, remove in self._rows:
            way.setAccessibleName(self.tr("Way for {program}").format(program=label.text()))
            text = self.tr("Remove {program}").format(program=label.text())
            remove.setAccessibleName(text)
            remove.setToolTip(text)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._build()
        super().changeEvent(event)

    @Slot()
    def on_add(self) -> None:
        """Add the program that is named, or do nothing if it is there."""
        name = self.program.currentText().strip()
        known = {program.casefold() for program, _way in self._ways}
        if name and name.casefold() not in known:
            self._tell((*self._ways, (name, Way.TYPE)))

    @Slot()
    def on_way(self) -> None:
        """Take another way for a program."""
        ways = [(label.text(), Way(way.currentData())) for label, way, _ in self._rows]
        self._tell(tuple(ways))

    @Slot()
    def on_remove(self) -> None:
        """Forget a program."""
        gone = next(at for at, row in enumerate(self._rows) if row[2] is self.sender())
        self._tell(self._ways[:gone] + self._ways[gone + 1 :])

    def _tell(self, ways: tuple[tuple[str, Way], ...]) -> None:
        self._ways = ways
        self._build()
        self.changed.emit(ways)

    def _build(self) -> None:
        """Make the rows anew; there are few."""
        for row in self._rows:
            for part in row:
                self._grid.removeWidget(part)
                part.deleteLater()
        self._rows = [self._make_row(program, way) for program, way in self._ways]
        for at, (label, way, remove) in enumerate(self._rows):
            self._grid.addWidget(label, at, 0)
            self._grid.addWidget(way, at, 1)
            self._grid.addWidget(remove, at, 2, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self.program, len(self._rows), 0)
        self._grid.addWidget(self.add, len(self._rows), 1, Qt.AlignmentFlag.AlignLeft)
        used = {program for program, _way in self._ways}
        offered = [(name, name) for name in self._seen if name not in used]
        fill_choices(self.program, offered, None)
        self.program.setCurrentIndex(-1)
        self.program.setEditText("")
        self.retranslate()

    def _make_row(self, program: str, way: Way) -> tuple[QLabel, Choice, QToolButton]:
        choice, remove = Choice(), QToolButton()
        fill_choices(choice, way_names(), way)
        choice.activated.connect(self.on_way)
        remove.setIcon(icon("trash"))
        remove.setObjectName("flat")
        remove.clicked.connect(self.on_remove)
        return QLabel(program), choice, remove


def way_names() -> list[tuple[object, str]]:
    """Name the ways, in the language of now."""
    return [
        (Way.PASTE, QCoreApplication.translate("ways", "Paste (Ctrl+V)")),
        (Way.TERMINAL, QCoreApplication.translate("ways", "Paste (Shift+Insert)")),
        (Way.TYPE, QCoreApplication.translate("ways", "Type key by key")),
        (Way.CLIPBOARD, QCoreApplication.translate("ways", "Only copy")),
    ]
