"""What is done with items: queue, stop, go on, delete; each with its way back.

Nothing asks before; the undo bar offers to take back what was done. The window shows the results.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.engine.pack_library import is_there
from app.gui.items.intake import FileIntake, Intake, describe
from app.gui.threads.engine import Engine
from app.gui.widgets.undo_bar import UndoBar
from app.store.library import Library
from app.store.types import Item, ItemState


class ItemActions(QObject):
    """Carries out what people want done with items.

    Args:
        library: items and lines.
        engine: recognises them.
        intake: queues files.
        undo_bar: says what was done.

    Attributes:
        act_live: does an action to an item that is being recorded, and tells whether it was one.

    Signals:
        opened(int): show this item.
        changed(int): an item is different.
        list_changed(): items came or went.
        gone(object): these ids are in the trash.
        models_requested(): a model is needed.
        again_requested(int): ask how to recognise this item again.
        change_requested(object): ask how these ids, which were just queued, are to be recognised.
    """

    opened = Signal(int)
    changed = Signal(int)
    list_changed = Signal()
    gone = Signal(object)
    models_requested = Signal()
    again_requested = Signal(int)
    change_requested = Signal(object)

    def __init__(
        self,
        library: Library,
        engine: Engine,
        intake: FileIntake,
        undo_bar: UndoBar,
    ) -> None:
        super().__init__(undo_bar)
        self._library = library
        self._engine = engine
        self._intake = intake
        self._undo_bar = undo_bar
        self.act_live: Callable[[str, int], bool] = lambda _action, _item_id: False

    @Slot(object)
    def on_taken(self, intake: Intake) -> None:
        """Show what was queued, and offer to take it back."""
        self.list_changed.emit()
        shown = intake.items or intake.known
        if shown:
            self.opened.emit(shown[0].id)
        text = describe(intake)
        if intake.items and not self._engine.is_ready:
            waits = self.tr("It waits for a model.")
            models = self.tr("Models")
            self._undo_bar.tell(f"{text} · {waits}", self.models_requested.emit, button=models)
        elif intake.items:
            ids = [item.id for item in intake.items]
            change = self.tr("Change…"), lambda: self.change_requested.emit(ids)
            self._undo_bar.tell(text, lambda: self.take_back(ids), more=change)
        elif intake.known:
            again = self.tr("Recognise again")
            self._undo_bar.tell(text, lambda: self.add_again(intake.known), button=again)
        else:
            self._undo_bar.tell(text)
        self._engine.wake()

    @Slot(str, int)
    def on_action(self, action: str, item_id: int) -> None:
        """Do what a button or a menu of the list says."""
        if self.act_live(action, item_id):
            return
        if action == "pause":
            self._engine.pause(item_id)
        elif action == "resume":
            self._engine.resume(item_id)
        elif action == "retry":
            self._engine.retry(item_id)
        elif action == "again":
            self.again_requested.emit(item_id)
        elif action == "cancel":
            self._cancel(item_id)

    @Slot(object)
    def delete(self, ids: Sequence[int]) -> None:
        """Put items into the trash, and offer to take them out."""
        for item_id in ids:
            self.act_live("delete", item_id)
        self._engine.trash(ids)
        self.gone.emit(ids)
        self.list_changed.emit()
        n = len(ids)
        text = self.tr("Deleted") if n == 1 else self.tr("{n} deleted").format(n=n)
        self._undo_bar.tell(text, lambda: self._restore(ids))

    @Slot(int, str)
    def rename(self, item_id: int, title: str) -> None:
        """Give an item another title."""
        self._library.rename(item_id, title)
        self.changed.emit(item_id)

    def take_back(self, ids: Sequence[int]) -> None:
        """Undo that items were added."""
        self._engine.trash(ids)
        self.gone.emit(ids)
        self.list_changed.emit()

    def add_again(self, known: Sequence[Item]) -> None:
        """Queue files that were recognised before."""
        items = self._intake.add_again(known)
        self.list_changed.emit()
        if items:
            self.opened.emit(items[0].id)
        self._engine.wake()

    def exchange_model(self, path: str, *, failed: bool, unusable: Collection[str] = ()) -> None:
        """Give a new model to everything that waits in vain for another one, also what is paused.

        Args:
            path: of the new one.
            failed: the old one could not be loaded.
            unusable: paths of packs that must not be used.
        """
        paused = [item for item in self._library.items() if item.state is ItemState.PAUSED]
        for item in (*self._library.queue(), *paused):
            old = item.options.pack
            lost = old is None or old in unusable or not is_there(Path(old))
            if item.state is ItemState.RUNNING or old == path or not (failed or lost):
                continue
            options = replace(item.options, pack=path)
            self._engine.cancel(item.id)
            if item.is_redone:
                self._engine.recognize_again(item.id, options)
            else:
                self._engine.retry(item.id, options=options)
            if item.state is ItemState.PAUSED:
                self._engine.pause(item.id)

    def _cancel(self, item_id: int) -> None:
        is_redone = self._library.item(item_id).is_redone
        self._engine.cancel(item_id)
        if is_redone:
            self._undo_bar.tell(self.tr("Stopped. The text is as it was."))
            return
        self._undo_bar.tell(
            self.tr("Stopped. What was recognised is kept."),
            lambda: self._engine.retry(item_id),
            button=self.tr("Continue"),
        )

    def _restore(self, ids: Sequence[int]) -> None:
        self._engine.restore(ids)
        self.list_changed.emit()
