"""Another program that something is dropped on: a mail that is being written, say.

    python -m tests.desktop.drop_target

It prints one line for everything that happens: ``hovering`` when it would take what is above it,
and ``dropped`` with the dropped addresses as JSON.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel


class Target(QLabel):
    """A window that takes files."""

    def __init__(self) -> None:
        super().__init__("drop here")
        self.setWindowTitle("Drop target")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.resize(200, 160)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            print("hovering", flush=True)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        urls = [url.toString() for url in event.mimeData().urls()]
        print("dropped", json.dumps(urls), flush=True)


def main() -> int:
    """Show the window until we are killed."""
    app = QApplication([])
    target = Target()
    target.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
