"""The widgets of the window and how they are laid out; what they do is wired in main_window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.gui.sidebar.sidebar import Sidebar
from app.gui.transcript.page import TranscriptPage
from app.gui.widgets.error_panel import ErrorPanel
from app.gui.widgets.undo_bar import UndoBar
from app.gui.window.idle_page import IdlePage
from app.gui.window.status_line import StatusLine
from app.store.library import Library

_WIDTHS = [288, 832]  # of sidebar and page at the default size


class WindowParts:
    """Makes the widgets and puts them into a window.

    Attributes:
        sidebar: jobs and transcripts; pages: either idle or page.
        problem: why nothing can be recognised; undo_bar: what was just done.
        above: the place over the pages, for the tour; below: the one under them, for the player.
    """

    def __init__(self, window: QMainWindow, library: Library) -> None:
        self.sidebar = Sidebar(library)
        self.idle = IdlePage()
        self.page = TranscriptPage(library)
        self.problem = ErrorPanel()
        self.status = StatusLine()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.idle)
        self.pages.addWidget(self.page)
        self.content = QWidget()
        self.above, self.below = QVBoxLayout(), QVBoxLayout()
        self._lay_out(window)
        self.undo_bar = UndoBar(self.content, above=self.pages)

    def _lay_out(self, window: QMainWindow) -> None:
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.problem)
        layout.addLayout(self.above)
        layout.addWidget(self.pages, 1)
        layout.addLayout(self.below)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        for number, side in enumerate((self.sidebar, self.content)):
            splitter.addWidget(side)
            splitter.setCollapsible(number, False)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes(_WIDTHS)
        window.setCentralWidget(splitter)
        window.setStatusBar(self.status)
