"""macOS does not name files on the command line: "Open with" and the Dock send an event for each.

Elsewhere such an event never comes, so nothing here asks which system it is.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication


class FileOpenFilter(QObject):
    """Turns the system's wishes to open a file into a signal.

    Args:
        app: whose events are watched; it also becomes the parent.

    Signals:
        files_opened(object): a list of one ``Path``; web addresses are left alone.
    """

    files_opened = Signal(object)

    def __init__(self, app: QGuiApplication) -> None:
        super().__init__(app)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the files."""
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return super().eventFilter(watched, event)
        self.files_opened.emit([Path(event.file())])
        return True
