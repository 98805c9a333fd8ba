"""One window per user: a second start hands its files, or a command, to the first and ends.

The meeting point is a QLocalServer: a socket file of the user's own on Linux and macOS, a named
pipe on Windows; nothing that another computer could reach. A message is one JSON line: a list of
absolute paths, where an empty one only raises the window, or a command as a string, such as
"toggle". A socket file that a crash left behind answers to nobody and is replaced.

Whoever is about to end answers no more, but keeps the meeting point until the library is closed: a
start in that moment waits for it, finds that nobody has taken its message, and opens the window.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_log = logging.getLogger(__name__)
_CONNECT_MS = 500  # the first window answers in its event loop, which is never blocked for 50 ms
_ANSWER_MS = 30_000  # an instance that ends may wait so long for a model that is being read
_MAX_MESSAGE_BYTES = 1 << 22  # 500 long paths need 2 MB; more is nothing of ours


def server_name(data_folder: Path) -> str:
    """Name the meeting point of all instances that share a data folder."""
    digest = hashlib.sha256(str(data_folder.absolute()).encode()).hexdigest()
    return f"songshu-{digest[:16]}"


def hand_over(name: str, paths: Sequence[Path], command: str = "") -> bool:
    """Give paths, or a command, to a running instance.

    Args:
        name: see ``server_name``.
        paths: files and folders.
        command: what it is to do instead.

    Returns:
        False if there is none, or it has just ended: this one should open the window.
    """
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_CONNECT_MS):
        return False
    message = json.dumps(command or [str(path) for path in paths]) + "\n"
    socket.write(message.encode("utf-8", "surrogateescape"))
    return _is_taken(socket)


def _is_taken(socket: QLocalSocket) -> bool:
    """Wait for the "ok"; one that is only slow will read what lies in the socket."""
    while socket.bytesToWrite():
        if not socket.waitForBytesWritten(_ANSWER_MS):
            return False
    if socket.waitForReadyRead(_ANSWER_MS):
        return True
    return socket.state() is QLocalSocket.LocalSocketState.ConnectedState


class InstanceServer(QObject):
    """Listens for later starts.

    Args:
        name: see ``server_name``.

    Signals:
        paths_received(list[Path]): a later start was given these; maybe none.
        command_received(str): a later start was given this command.
    """

    paths_received = Signal(object)
    command_received = Signal(str)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._buffers: dict[QLocalSocket, bytearray] = {}
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self.on_new_connection)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)
            if not self._server.listen(name):
                _log.warning("no hand-over: %s", self._server.errorString())

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    @Slot()
    def on_new_connection(self) -> None:
        """Take whoever has come."""
        while (socket := self._server.nextPendingConnection()) is not None:
            self._buffers[socket] = bytearray()
            socket.readyRead.connect(self.on_ready_read)
            socket.disconnected.connect(self.on_disconnected)
            self._read(socket)

    @Slot()
    def on_ready_read(self) -> None:
        """Read from whoever has written."""
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read(socket)

    @Slot()
    def on_disconnected(self) -> None:
        """Forget who has gone."""
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._buffers.pop(socket, None)
            socket.deleteLater()

    def _read(self, socket: QLocalSocket) -> None:
        buffer = self._buffers.get(socket)
        if buffer is None:
            return
        buffer += socket.readAll().data()
        if len(buffer) > _MAX_MESSAGE_BYTES:
            socket.abort()
        elif b"\n" in buffer:
            line, _, _ = bytes(buffer).partition(b"\n")
            buffer.clear()
            socket.write(b"ok\n")
            socket.flush()
            self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
            if isinstance(message, str):
                self.command_received.emit(message)
                return
            if not isinstance(message, list):
                raise TypeError(type(message))
            paths = [Path(item) for item in message if isinstance(item, str)]
        except (ValueError, TypeError):
            _log.warning("a hand-over was not readable")
            return
        self.paths_received.emit(paths)
