"""The favourite languages: they stand first wherever a language is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.settings_sheet.list_buttons import ListButtons
from app.gui.widgets.fields import Choice
from app.gui.widgets.style import GRID
from app.gui.wording.languages import language_name


class Favourites(QWidget):
    """A list to add to, to order and to remove from.

    Args:
        languages: canonical names of all that can be chosen.

    Signals:
        changed(tuple): canonical names, in their order.
    """

    changed = Signal(object)

    def __init__(self, languages: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._languages = list(languages)
        self._chosen: tuple[str, ...] = ()
        self.list = QListWidget()
        self.list.setObjectName("boxed")
        self.list.setFixedHeight(112)
        self.buttons = ListButtons()
        self.add = Choice()
        self.add.setMinimumWidth(200)
        self.setFocusProxy(self.list)
        self.list.currentRowChanged.connect(self.on_row_changed)
        self.add.activated.connect(self.on_add)
        self.buttons.remove_requested.connect(self.on_remove)
        self.buttons.moved.connect(self.on_moved)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.list, 1)
        top.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.retranslate()

    def set_languages(self, languages: Sequence[str]) -> None:
        """Offer other languages."""
        self._languages = list(languages)
        self.retranslate()

    def show_chosen(self, chosen: tuple[str, ...]) -> None:
        """Show favourites that come from elsewhere."""
        if chosen != self._chosen:
            self._fill(chosen, self.list.currentRow())

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.list.setAccessibleName(self.tr("Favourite languages"))
        self.add.setAccessibleName(self.tr("Add a favourite language"))
        self._fill(self._chosen, self.list.currentRow())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def on_row_changed(self) -> None:
        """Offer what can be done with the row."""
        self.buttons.show_row(self.list.currentRow(), self.list.count())

    @Slot(int)
    def on_add(self, index: int) -> None:
        """Add the language that was picked."""
        name = self.add.itemData(index)
        if name is not None:
            self._change([*self._chosen, name], len(self._chosen))

    @Slot()
    def on_remove(self) -> None:
        """Remove the row."""
        rows, row = list(self._chosen), self.list.currentRow()
        del rows[row]
        self._change(rows, min(row, len(rows) - 1))

    @Slot(int)
    def on_moved(self, by: int) -> None:
        """Move the row."""
        rows, row = list(self._chosen), self.list.currentRow()
        rows.insert(row + by, rows.pop(row))
        self._change(rows, row + by)

    def _change(self, chosen: list[str], current: int) -> None:
        self._fill(tuple(chosen), current)
        self.changed.emit(self._chosen)

    def _fill(self, chosen: tuple[str, ...], current: int) -> None:
        self._chosen = chosen
        self.list.clear()
        for name in chosen:
            self.list.addItem(QListWidgetItem(language_name(name)))
        self.list.setCurrentRow(min(current, len(chosen) - 1))
        self.add.clear()
        self.add.addItem(self.tr("Add a language…"), None)
        for name in self._languages:
            if name not in chosen:
                self.add.addItem(language_name(name), name)
        self.on_row_changed()
