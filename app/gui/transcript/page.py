"""The page of one item: its text while it comes, and afterwards everything to correct it.

    store -> lines;  worker events -> live text, new lines;  corrections -> editor -> store -> lines

The page knows nothing of files, players and other pages: clicking a line, exporting and recognising
again go out as signals.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.gui.threads.events import LineAdded, LiveText
from app.gui.transcript.editor import TranscriptEditor
from app.gui.transcript.find_bar import FindBar
from app.gui.transcript.find_controller import FindController
from app.gui.transcript.line_actions import LineActions
from app.gui.transcript.line_list import LineList
from app.gui.transcript.lines_model import LinesModel
from app.gui.transcript.toolbar import TranscriptToolbar
from app.gui.widgets.card import muted_label
from app.gui.widgets.error_panel import ErrorPanel
from app.gui.wording import words
from app.gui.wording.languages import language_names
from app.store.library import Library
from app.store.types import Item, ItemState, Line
from app.text.timing import time_at

_ENDED = (ItemState.DONE, ItemState.FAILED, ItemState.CANCELLED)


class TranscriptPage(QWidget):
    """Shows one item.

    Args:
        library: where items and lines are.

    Signals:
        play_requested(int, float): play an item from a position in seconds.
        lines_changed(object): the lines that are shown now, for the player.
        export_requested(int): export an item.
        again_requested(int): recognise an item again.
        anyway_requested(int): recognise it again without the speech gate.
        lines_again_requested(list[LineRequest]): recognise lines again.
        retry_requested(int): go on with a failed item.
        model_requested(): choose another model.
        locate_requested(int): say where the recording of an item is now.
    """

    play_requested = Signal(int, float)
    lines_changed = Signal(object)
    export_requested = Signal(int)
    again_requested = Signal(int)
    anyway_requested = Signal(int)
    lines_again_requested = Signal(object)
    retry_requested = Signal(int)
    model_requested = Signal()
    locate_requested = Signal(int)

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._item: Item | None = None
        self.model = LinesModel(self)
        self.list = LineList(self.model)
        self.editor = TranscriptEditor(library, self)
        self.toolbar = TranscriptToolbar()
        self.find_bar = FindBar()
        self.line_actions = LineActions(self.toolbar, self.list, self.model, self.editor)
        self.finder = FindController(self.find_bar, self.list, self.editor)
        self.error = ErrorPanel()
        self.notice = muted_label()
        self.notice.hide()
        self._note = QLabel()
        self._note.setObjectName("muted")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setWordWrap(True)
        self._anyway = QPushButton()
        self._anyway.setObjectName("link")
        self._connect()
        self._lay_out()
        self.retranslate()

    @property
    def item(self) -> Item | None:
        """The item that is shown."""
        return self._item

    def show_item(self, item: Item, line_id: int | None = None) -> None:
        """Show an item.

        Args:
            item: the newest state of it.
            line_id: a line to go to.
        """
        is_same = self._item is not None and self._item.id == item.id
        live = self.model.live if is_same and item.state is ItemState.RUNNING else None
        self._set_item(item)
        self.model.clear()
        self.list.set_playing(None)
        self._take_lines(self._library.lines(item.id))
        self.model.set_live(live)  # words that were shown stay until there are more
        self.list.begin(follow=item.state not in _ENDED and not item.is_redone)
        self._show_state()
        row = self.model.row_of(line_id) if line_id is not None else None
        if row is not None:
            self.list.show_row(row)

    def update_item(self, item: Item) -> None:
        """Take the newest state of the item, if it is the one that is shown."""
        if self._item is None or item.id != self._item.id:
            return
        before = self._item
        self._set_item(item)
        if (before.state, before.again) != (item.state, item.again):
            self.model.set_live(None)
            self._take_lines(self._library.lines(item.id))
        self._show_state()

    def take_focus(self) -> None:
        """Let keys go to the lines, now or as soon as there are any."""
        (self.list if self.list.isVisibleTo(self) else self).setFocus()

    def close_item(self) -> None:
        """Show nothing."""
        self._set_item(None)
        self.model.clear()
        self.lines_changed.emit([])

    @Slot(object)
    def on_live_text_changed(self, live: LiveText) -> None:
        """Show text that may still change."""
        item = self._item
        if item is None or item.is_redone or item.state is not ItemState.RUNNING:
            return
        if live.item_id == item.id:
            self.model.set_live(live)
            self._show_note()

    @Slot(object)
    def on_line_added(self, added: LineAdded) -> None:
        """Show a finished line."""
        if self._item is not None and added.item_id == self._item.id:
            self.model.add_line(added.line)
            self._show_note()
            self.line_actions.on_state_changed()
            self.lines_changed.emit(self.model.lines)

    @Slot(float)
    def on_position_changed(self, position_s: float, follow: bool = True) -> None:
        """Mark the line that is heard, and keep it in view if wished."""
        self.list.set_playing(self.model.row_at(position_s), scroll=follow)

    @Slot(object)
    def on_lines_changed(self, lines: Sequence[Line]) -> None:
        """Show what the store holds after a correction."""
        self._take_lines(lines)
        self.finder.refresh()

    @Slot(int, str)
    def on_text_changed(self, line_id: int, text: str) -> None:
        """Store what was typed."""
        self.editor.set_text(line_id, text)

    @Slot(int, int)
    def on_played(self, row: int, character: int) -> None:
        """Play from the word that was clicked."""
        line = self.model.line(row)
        if self._item is not None and line is not None:
            start_s = time_at(line.text, character, line.start_s, line.end_s)
            self.play_requested.emit(self._item.id, start_s if character else line.start_s)

    @Slot()
    def on_anyway(self) -> None:
        """Recognise also what the speech gate took for silence."""
        if self._item is not None:
            self.anyway_requested.emit(self._item.id)

    @Slot()
    def on_retry(self) -> None:
        """Go on with the failed item."""
        if self._item is not None:
            self.retry_requested.emit(self._item.id)

    @Slot()
    def on_locate(self) -> None:
        """Ask where the recording of the failed item is."""
        if self._item is not None:
            self.locate_requested.emit(self._item.id)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self._anyway.setText(self.tr("Recognise it anyway"))
        if self._item is not None:
            self._show_state()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _set_item(self, item: Item | None) -> None:
        self._item = item
        self.line_actions.set_item(item)
        self.editor.open(item)

    def _take_lines(self, lines: Sequence[Line]) -> None:
        chosen = self.list.currentIndex().row()
        self.model.set_lines(lines)
        if not self.list.currentIndex().isValid() and 0 <= chosen < len(lines):
            self.list.setCurrentIndex(self.model.index(chosen))
        self._show_note()
        self.line_actions.on_state_changed()
        self.lines_changed.emit(self.model.lines)

    def _show_state(self) -> None:
        item = self._item
        if item is None:
            return
        self.toolbar.set_title(item.title, _facts(item))
        notice = self._notice_for(item)
        self.notice.setText(notice)
        self.notice.setVisible(bool(notice))
        if item.state is ItemState.FAILED:
            kept = self.tr("The text up to {time} is kept.").format(time=words.clock(item.done_s))
            some = kept if self.model.lines else ""
            self.error.show_error(item.error_type, item.error_message, some)
        else:
            self.error.hide()
        self._show_note()
        self.line_actions.on_state_changed()

    def _notice_for(self, item: Item) -> str:
        if item.is_redone and self.model.rowCount() > 0:
            return self.tr("It is being recognised again. This is the text from before until then.")
        if item.state is ItemState.DONE and item.error_type:
            return words.sound_words(item.error_type)
        return ""

    def _show_note(self) -> None:
        item = self._item
        empty = item is not None and self.model.rowCount() == 0
        note = ""
        if item is not None and empty:
            note = {
                ItemState.WAITING: self.tr("Waiting for its turn."),
                ItemState.RUNNING: self.tr("Listening…"),
                ItemState.PAUSED: self.tr("Paused before the first words."),
                ItemState.CANCELLED: self.tr("Stopped before the first words."),
                ItemState.DONE: self.tr("Nobody seems to speak in this recording."),
            }.get(item.state, "")
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._anyway.setVisible(
            empty and item is not None and item.state is ItemState.DONE and item.options.use_gate
        )
        self.list.setVisible(not note)
        if not note and self.hasFocus():
            self.list.setFocus()

    def _connect(self) -> None:
        self.list.played.connect(self.on_played)
        self.list.delegate.split_requested.connect(self.editor.split)
        self.model.text_changed.connect(self.on_text_changed)
        self.editor.lines_changed.connect(self.on_lines_changed)
        self.error.retry_requested.connect(self.on_retry)
        self.error.model_requested.connect(self.model_requested)
        self.error.locate_requested.connect(self.on_locate)
        self._anyway.clicked.connect(self.on_anyway)
        self.toolbar.actions_by_name["find"].triggered.connect(self.find_bar.start)
        for ours, theirs in (
            (self.line_actions.export_requested, self.export_requested),
            (self.line_actions.again_requested, self.again_requested),
            (self.line_actions.lines_again_requested, self.lines_again_requested),
        ):
            ours.connect(theirs)

    def _lay_out(self) -> None:
        margins = QVBoxLayout()
        margins.setContentsMargins(24, 16, 24, 0)
        margins.addWidget(self.error)
        margins.addWidget(self.notice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.find_bar)
        layout.addLayout(margins)
        layout.addWidget(self.list, 1)
        layout.addStretch()
        layout.addWidget(self._note)
        layout.addWidget(self._anyway, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()


def _facts(item: Item) -> str:
    """Say in one line what an item is."""
    parts = []
    if item.duration_s:
        parts.append(words.clock(item.duration_s))
    if item.language:
        parts.append(language_names(item.language))
    if item.pack:
        parts.append(item.pack)
    if item.rtf:
        parts.append(words.speed(1 / item.rtf))
    return " · ".join(parts)
