"""What the toolbar and the line menu do with the chosen lines: copy, edit, merge, move, and so on.

action -> editor (a step that can be undone), clipboard, or a wish that goes out as a signal
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication

from app.gui.threads.control import LineRequest
from app.gui.transcript.editor import TranscriptEditor
from app.gui.transcript.line_list import LineList
from app.gui.transcript.lines_model import LinesModel
from app.gui.transcript.toolbar import TranscriptToolbar
from app.gui.wording import words
from app.store.types import Item, ItemState, Line

_ENDED = (ItemState.DONE, ItemState.FAILED, ItemState.CANCELLED)


class LineActions(QObject):
    """Carries out the actions of one page.

    Args:
        toolbar: has the actions.
        lines: the list, with what is chosen.
        model: its lines.
        editor: changes them.

    Signals:
        export_requested(int): export an item.
        again_requested(int): recognise an item again.
        lines_again_requested(list[LineRequest]): recognise lines again.
    """

    export_requested = Signal(int)
    again_requested = Signal(int)
    lines_again_requested = Signal(object)

    def __init__(
        self,
        toolbar: TranscriptToolbar,
        lines: LineList,
        model: LinesModel,
        editor: TranscriptEditor,
    ) -> None:
        super().__init__(toolbar)
        self.toolbar, self.list, self.model, self.editor = toolbar, lines, model, editor
        self._item: Item | None = None
        self._connect()

    def set_item(self, item: Item | None) -> None:
        """Work on the lines of another item, or on another state of it."""
        self._item = item

    @Slot()
    def on_state_changed(self) -> None:
        """Enable what can be done now."""
        actions, rows = self.toolbar.actions_by_name, self._chosen()
        stack, shape = self.editor.stack, self.editor.can_reshape
        some = bool(self.model.lines)
        ended = self._item is not None and self._item.state in _ENDED
        for name, possible in {
            "copy": some,
            "copy_times": some,
            "export": some,
            "find": some,
            "undo": stack.canUndo(),
            "redo": stack.canRedo(),
            "edit": bool(rows),
            "merge": bool(rows) and shape,
            "split": False,
            "earlier": bool(rows),
            "later": bool(rows),
            "restore": any(line.edited for line in rows),
            "line_again": bool(rows) and bool(self._item and self._item.path),
            "again": ended,
        }.items():
            actions[name].setEnabled(possible)

    @Slot()
    def on_copy(self) -> None:
        """Copy the chosen lines, or all."""
        self._copy(with_times=False)

    @Slot()
    def on_copy_times(self) -> None:
        """Copy the chosen lines, or all, with their times."""
        self._copy(with_times=True)

    @Slot()
    def on_export(self) -> None:
        """Ask for the export."""
        if self._item is not None:
            self.export_requested.emit(self._item.id)

    @Slot()
    def on_edit(self) -> None:
        """Correct the chosen line."""
        self.list.edit_current()

    @Slot()
    def on_merge(self) -> None:
        """Merge the chosen lines, or the chosen one with the next."""
        self.editor.merge([line.id for line in self._chosen()])

    @Slot()
    def on_restore(self) -> None:
        """Give the chosen lines their original text."""
        self.editor.restore([line.id for line in self._chosen()])

    @Slot()
    def on_earlier(self) -> None:
        """Let the chosen line start half a second earlier."""
        self._nudge(-1)

    @Slot()
    def on_later(self) -> None:
        """Let the chosen line start half a second later."""
        self._nudge(1)

    @Slot()
    def on_line_again(self) -> None:
        """Recognise the chosen lines again."""
        item = self._item
        if item is None:
            return
        requests = [
            LineRequest(
                item_id=item.id,
                line_id=line.id,
                path=item.path,
                start_s=line.start_s,
                end_s=line.end_s,
                options=item.options,
            )
            for line in self._chosen()
        ]
        self.lines_again_requested.emit(requests)

    @Slot()
    def on_again(self) -> None:
        """Recognise the whole item again."""
        if self._item is not None:
            self.again_requested.emit(self._item.id)

    @Slot(bool)
    def on_times_toggled(self, shown: bool) -> None:
        """Show or hide the times."""
        self.list.delegate.show_times = shown
        self.list.scheduleDelayedItemsLayout()

    @Slot(QPoint)
    def on_menu_requested(self, where: QPoint) -> None:
        """Show what can be done with a line."""
        self.toolbar.line_menu.popup(self.list.viewport().mapToGlobal(where))

    def _chosen(self) -> list[Line]:
        lines = (self.model.line(row) for row in self.list.chosen_rows())
        return [line for line in lines if line is not None]

    def _nudge(self, steps: int) -> None:
        for line in self._chosen()[:1]:
            self.editor.nudge(line.id, steps)

    def _copy(self, *, with_times: bool) -> None:
        chosen = self._chosen()
        lines = chosen if len(chosen) > 1 else self.model.lines
        texts = [f"{words.clock(line.start_s)}\t{line.text}" for line in lines]
        plain = [line.text for line in lines]
        QGuiApplication.clipboard().setText("\n".join(texts if with_times else plain))

    def _connect(self) -> None:
        actions = self.toolbar.actions_by_name
        for name, slot in {
            "copy": self.on_copy,
            "copy_times": self.on_copy_times,
            "export": self.on_export,
            "undo": self.editor.stack.undo,
            "redo": self.editor.stack.redo,
            "edit": self.on_edit,
            "merge": self.on_merge,
            "earlier": self.on_earlier,
            "later": self.on_later,
            "restore": self.on_restore,
            "line_again": self.on_line_again,
            "again": self.on_again,
        }.items():
            actions[name].triggered.connect(slot)
        actions["times"].toggled.connect(self.on_times_toggled)
        self.list.customContextMenuRequested.connect(self.on_menu_requested)
        self.list.selectionModel().selectionChanged.connect(self.on_state_changed)
        self.editor.state_changed.connect(self.on_state_changed)
