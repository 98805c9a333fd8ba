"""Another program that something is dragged out of: a file manager or a browser.

    python -m tests.desktop.drag_source '{"text/uri-list": "file:///a.wav\\r\\n", …}'

Its window begins a drag of exactly these formats when the mouse is moved with the button down. It
prints one line for everything that happens: ``pressed``, ``dragging``, ``accepted`` (somebody under
the mouse would take it), ``refused``, ``dropped copy``, and ``finished`` when the other program has
fetched the data. Until then it must live: at the drop, only the offer has crossed the X server.
"""

from __future__ import annotations

import base64
import json
import sys

from PySide6.QtCore import QByteArray, QMimeData, Qt, Slot
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

_NAMES = {
    Qt.DropAction.CopyAction: "copy",
    Qt.DropAction.MoveAction: "move",
    Qt.DropAction.LinkAction: "link",
    Qt.DropAction.IgnoreAction: "nothing",
}


class Source(QLabel):
    """A window that can be dragged from.

    Args:
        formats: mime type -> data.
    """

    def __init__(self, formats: dict[str, bytes]) -> None:
        super().__init__("drag me")
        self.setWindowTitle("Drag source")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.resize(160, 120)
        self._formats = formats
        self._dragging = False

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        _say("pressed")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._dragging or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        self._dragging = True
        mime = QMimeData()
        for name, data in self._formats.items():
            mime.setData(name, QByteArray(data))
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.actionChanged.connect(self.on_action_changed)
        drag.destroyed.connect(self.on_finished)
        _say("dragging")
        actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction | Qt.DropAction.LinkAction
        result = drag.exec(actions, Qt.DropAction.CopyAction)
        _say(f"dropped {_NAMES[result]}")

    @Slot(Qt.DropAction)
    def on_action_changed(self, action: Qt.DropAction) -> None:
        _say("refused" if action is Qt.DropAction.IgnoreAction else "accepted")

    @Slot()
    def on_finished(self) -> None:
        _say("finished")


def _say(word: str) -> None:
    print(word, flush=True)


def main(argument: str) -> int:
    """Show the window until we are killed."""
    app = QApplication([])
    formats = {name: base64.b64decode(data) for name, data in json.loads(argument).items()}
    source = Source(formats)
    source.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
