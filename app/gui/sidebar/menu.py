"""What can be done with the marked items of the list: keys, and the menu of a right click.

It only asks; the names of the actions are those of ``ItemActions.on_action``.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QListView, QMenu

from app.gui.sidebar.delegate import BUTTONS
from app.gui.sidebar.model import SidebarModel
from app.gui.widgets.icons import icon
from app.store.types import ItemState

_ENDED = (ItemState.DONE, ItemState.FAILED, ItemState.CANCELLED)


class SidebarMenu(QObject):
    """Keys and menu of the list.

    Args:
        view: the list; model: its rows.

    Signals:
        action_requested(str, int): "pause", "resume", "cancel", "retry" or "again" for an item.
        delete_requested(object), export_requested(object): for the ids that are marked.
    """

    action_requested = Signal(str, int)
    delete_requested = Signal(object)
    export_requested = Signal(object)

    def __init__(self, view: QListView, model: SidebarModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._rename = QAction(self)
        self._rename.setShortcut(QKeySequence(Qt.Key.Key_F2))
        self._rename.triggered.connect(self.on_rename_triggered)
        self._delete = QAction(icon("trash"), "", self)
        self._delete.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        self._delete.triggered.connect(self.on_delete_triggered)
        self._export = QAction(icon("export"), "", self)
        self._export.triggered.connect(self.on_export_triggered)
        for action in (self._rename, self._delete):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            view.addAction(action)
        view.customContextMenuRequested.connect(self.on_menu_requested)
        self.retranslate()

    def marked_ids(self) -> list[int]:
        """Give the items that are marked."""
        entries = (self._model.entry(index) for index in self._view.selectedIndexes())
        return [entry.item.id for entry in entries if entry is not None]

    def make_menu(self, index: QModelIndex) -> QMenu | None:
        """Make the context menu of a row; None for a heading."""
        entry = self._model.entry(index)
        if entry is None:
            return None
        names = {
            "pause": self.tr("Pause"),
            "resume": self.tr("Continue"),
            "cancel": self.tr("Stop"),
            "retry": self.tr("Continue from where it stopped"),
        }
        menu = QMenu(self._view)
        for button in BUTTONS[entry.item.state]:
            action = menu.addAction(icon(button.icon), names[button.action])
            action.setData((button.action, entry.item.id))
        if not BUTTONS[entry.item.state] or entry.item.state in _ENDED:
            again = menu.addAction(icon("retry"), self.tr("Recognise again…"))
            again.setData(("again", entry.item.id))
        if entry.item.state in _ENDED:
            menu.addAction(self._export)
        menu.addSeparator()
        menu.addActions([self._rename, self._delete])
        menu.triggered.connect(self.on_menu_triggered)
        return menu

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self._rename.setText(self.tr("Rename"))
        self._export.setText(self.tr("Export…"))
        self._delete.setText(self.tr("Delete"))

    @Slot(QPoint)
    def on_menu_requested(self, where: QPoint) -> None:
        """Show what can be done with the item."""
        index = self._view.indexAt(where)
        if not index.isValid() and self._view.selectedIndexes():
            index = self._view.selectedIndexes()[0]
        menu = self.make_menu(index)
        if menu is not None:
            menu.exec(self._view.viewport().mapToGlobal(where))
            menu.deleteLater()

    @Slot(QAction)
    def on_menu_triggered(self, action: QAction) -> None:
        """Ask for what was chosen in the menu."""
        if isinstance(action.data(), tuple):
            self.action_requested.emit(*action.data())

    @Slot()
    def on_delete_triggered(self) -> None:
        """Ask for what is marked to be put into the trash."""
        if ids := self.marked_ids():
            self.delete_requested.emit(ids)

    @Slot()
    def on_export_triggered(self) -> None:
        """Ask for what is marked to be exported."""
        if ids := self.marked_ids():
            self.export_requested.emit(ids)

    @Slot()
    def on_rename_triggered(self) -> None:
        """Open the field for another title."""
        indexes = self._view.selectedIndexes()
        if len(indexes) == 1:
            self._view.edit(indexes[0])
