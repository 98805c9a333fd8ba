"""What a system tells the application itself: files to open, and the wish that it ends.

macOS does not name files on the command line: "Open with" and the Dock send an event for each. Its
Quit, in the menu or the Dock, closes the window first, which must not be taken for a click on the
window's cross. Elsewhere such events never come, so nothing here asks which system it is.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication


class FileOpenFilter(QObject):
    """Turns the system's wishes into signals.

    Args:
        app: whose events are watched; it also becomes the parent.

    Signals:
        files_opened(object): a list of one ``Path``; web addresses are left alone.
        quit_wanted(): the program is to end; its window is closed next.
    """

    files_opened = Signal(object)
    quit_wanted = Signal()

    def __init__(self, app: QGuiApplication) -> None:
        super().__init__(app)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the files, and tell of the end, which goes on as usual."""
        if event.type() is QEvent.Type.Quit and watched is self.parent():
            self.quit_wanted.emit()
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return super().eventFilter(watched, event)
        self.files_opened.emit([Path(event.file())])
        return True
