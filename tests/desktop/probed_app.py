"""Songshu as it is started by a double click, plus an ear for the test: what a screen reader sees.

    python -m tests.desktop.probed_app SOCKET [FILES…]

The app itself is untouched. Beside it a local socket answers the line ``look`` with the
accessible tree of all windows as JSON: role, name, value, rectangle on the screen, states;
``under mouse`` with the window that a click would reach; and ``picture FILE`` by writing what the
screen shows where the main window is. ``person.py`` asks. SIGUSR1 writes the stacks of all threads.
"""

from __future__ import annotations

import faulthandler
import json
import signal
import sys
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAccessible, QAccessibleInterface, QCursor
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

_MANY = 200  # children of a list that are looked at; the tests' lists are short


class Probe(QObject):
    """Answers questions about the windows.

    Args:
        name: path of the socket.
    """

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        QAccessible.setActive(True)  # as a screen reader does; else lists do not tell of new rows
        self._server = QLocalServer(self)
        self._server.newConnection.connect(self.on_new_connection)
        if not self._server.listen(name):
            raise OSError(self._server.errorString())

    @Slot()
    def on_new_connection(self) -> None:
        """Take whoever asks."""
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self.on_ready_read)
            socket.disconnected.connect(socket.deleteLater)

    @Slot()
    def on_ready_read(self) -> None:
        """Answer."""
        socket = self.sender()
        if isinstance(socket, QLocalSocket) and socket.canReadLine():
            question = bytes(socket.readAll().data()).decode().strip()
            socket.write(json.dumps(answer(question)).encode() + b"\n")
            socket.flush()


def answer(question: str) -> Any:
    """Answer what ``person.py`` asks."""
    match question.split(" ", 1):
        case ["look"]:
            return tree()
        case ["under", "mouse"]:
            return window_under_mouse()
        case ["picture", file]:
            return take_picture(file)
    raise ValueError(question)


def take_picture(file: str) -> bool:
    """Write what the X server shows there, dialogs and frame of the window manager included."""
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMainWindow))
    frame = window.frameGeometry()
    screen = window.screen()
    shot = screen.grabWindow(0, frame.x(), frame.y(), frame.width(), frame.height())
    return shot.save(file)


def window_under_mouse() -> int | None:
    """Give the id of the window of this app there, as the X server stacks and maps them now."""
    window = QApplication.topLevelAt(QCursor.pos())
    return None if window is None else int(window.winId())


def tree() -> list[dict[str, Any]]:
    """List everything that is visible, window by window, from the outside in."""
    found: list[dict[str, Any]] = []
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            root = QAccessible.queryAccessibleInterface(window)
            if root is not None:
                found += [{**node, **_name_window(window)} for node in _walk(root)]
    focus = QApplication.focusWidget()  # an editor inside a list is told by its focus only
    node = QAccessible.queryAccessibleInterface(focus) if focus is not None else None
    if focus is not None and node is not None:
        found.append({**_describe(node), **_name_window(focus.window())})
    return found


def _name_window(window: QWidget) -> dict[str, Any]:
    return {"window": window.windowTitle(), "window_id": int(window.winId())}


def _walk(node: QAccessibleInterface) -> Iterator[dict[str, Any]]:
    if not node.isValid() or node.state().invisible:
        return
    yield _describe(node)
    for number in range(min(node.childCount(), _MANY)):
        child = node.child(number)
        if child is not None:
            yield from _walk(child)


def _describe(node: QAccessibleInterface) -> dict[str, Any]:
    rect, state = node.rect(), node.state()
    return {
        "role": node.role().name,
        "name": node.text(QAccessible.Text.Name),
        "value": node.text(QAccessible.Text.Value),
        "rect": [rect.x(), rect.y(), rect.width(), rect.height()],
        "focused": bool(state.focused),
        "disabled": bool(state.disabled),
    }


def main(socket: str, files: list[str]) -> int:
    """Run the app with the probe."""
    faulthandler.register(signal.SIGUSR1)
    from app.gui import application

    make = application.make_application

    def make_with_probe() -> QApplication:
        qt = make()
        Probe(socket, qt)
        return qt

    application.make_application = make_with_probe
    from app.__main__ import main as run

    return run(files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
