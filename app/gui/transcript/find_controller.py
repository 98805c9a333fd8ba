"""Find and replace in the open transcript: from what the bar asks to marks, places and steps."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.gui.transcript.editor import TranscriptEditor
from app.gui.transcript.find_bar import FindBar
from app.gui.transcript.finding import Place, find_places
from app.gui.transcript.line_list import LineList


class FindController(QObject):
    """Connects the bar with the list and the editor.

    Args:
        bar: asks.
        lines: shows the places.
        editor: replaces.
    """

    def __init__(self, bar: FindBar, lines: LineList, editor: TranscriptEditor) -> None:
        super().__init__(bar)
        self._bar = bar
        self._list = lines
        self._editor = editor
        self._places: list[Place] = []
        self._place = 0
        bar.needle_changed.connect(self.on_needle_changed)
        bar.moved.connect(self.on_moved)
        bar.replace_requested.connect(self.on_replace)
        bar.replace_all_requested.connect(self.on_replace_all)

    def refresh(self) -> None:
        """Find again, after the lines have changed."""
        if self._bar.isVisible():
            self._places = find_places(self._list.lines.lines, self._bar.needle.text())
            self._go_to(self._place)

    @Slot(str)
    def on_needle_changed(self, needle: str) -> None:
        """Mark a text wherever it stands, and go to its first place from here on."""
        self._list.delegate.needle = needle
        self._places = find_places(self._list.lines.lines, needle)
        row = max(0, self._list.currentIndex().row())
        later = (number for number, place in enumerate(self._places) if place.row >= row)
        self._go_to(next(later, 0))

    @Slot(int)
    def on_moved(self, step: int) -> None:
        """Go to another place."""
        self._go_to(self._place + step)

    @Slot(str)
    def on_replace(self, put: str) -> None:
        """Replace the chosen place."""
        if self._places:
            self._editor.replace_place(self._places[self._place], put)

    @Slot(str)
    def on_replace_all(self, put: str) -> None:
        """Replace all places."""
        self._editor.replace_everywhere(self._bar.needle.text(), put)

    def _go_to(self, number: int) -> None:
        delegate = self._list.delegate
        delegate.found = None
        if self._places:
            self._place = number % len(self._places)
            place = self._places[self._place]
            line = self._list.lines.line(place.row)
            delegate.found = (line.id, place.start) if line is not None else None
            self._list.show_row(place.row)
        self._bar.set_count(self._place + 1 if self._places else 0, len(self._places))
        self._list.viewport().update()
