"""A second start finds the first, hands over what it was given, and ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.application import COMMANDS
from app.gui.system.single_instance import InstanceServer, hand_over, server_name
from tests.gui.bench import home_in
from tests.packs import ROOT

LATER_START = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.gui.system.single_instance import hand_over
qt = QCoreApplication([])
name, paths, command = json.load(sys.stdin)
sys.exit(0 if hand_over(name, [Path(path) for path in paths], command) else 7)
"""
NOT_TAKEN = 7


def start_later(name: str, paths: list[Path], command: str = "") -> subprocess.Popen[bytes]:
    """Hand over in another process, as it is: a thread would hold Python's lock while it waits."""
    process = subprocess.Popen([sys.executable, "-c", LATER_START], cwd=ROOT, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(json.dumps([name, [str(path) for path in paths], command]).encode())
    process.stdin.close()
    return process


def end_of(qtbot: QtBot, process: subprocess.Popen[bytes]) -> int | None:
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=60_000)
    return process.returncode


@pytest.fixture
def name(tmp_path: Path) -> str:
    """A meeting point of the test's own."""
    return server_name(tmp_path)


@pytest.fixture
def server(qapp: QApplication, name: str) -> Iterator[InstanceServer]:
    server = InstanceServer(name)
    yield server
    server.close()


def test_second_start_hands_its_files_over(
    qtbot: QtBot, name: str, server: InstanceServer, tmp_path: Path
) -> None:
    paths = [tmp_path / f"会议 {number} 🐿.wav" for number in range(500)]
    with qtbot.waitSignal(server.paths_received, timeout=60_000) as received:
        start = start_later(name, paths)
    assert received.args == [paths]
    assert end_of(qtbot, start) == 0


def test_without_a_window_nothing_is_handed_over(qapp: QApplication, tmp_path: Path) -> None:
    assert not hand_over(server_name(tmp_path), [tmp_path / "a.wav"])


def test_files_are_not_given_to_an_instance_that_ends(tmp_path: Path) -> None:
    """The system has accepted the connection for it, but nobody will ever read it."""
    meeting_point = tmp_path / "ending"
    with socket.socket(socket.AF_UNIX) as ending:
        ending.bind(str(meeting_point))
        ending.listen()
        start = start_later(str(meeting_point), [tmp_path / "a.wav"])
        ending.accept()[0].close()
        assert start.wait() == NOT_TAKEN


ENDING = """
import sys
sys.path[:0] = [{root!r}]
from PySide6.QtCore import QTimer
from PySide6.QtNetwork import QLocalSocket
from app.gui import application
from app.gui.system import single_instance
from app.gui.desktop import Desktop
def say(word):
    print(word, flush=True)
class Knock(QLocalSocket):
    def waitForConnected(self, wait_ms):
        is_connected = super().waitForConnected(wait_ms)
        if is_connected:
            say("knocks")
        return is_connected
single_instance.QLocalSocket = Knock
close, open_library, make = Desktop.close, application._open_library, application.make_application
def close_when_told(self):
    say("closing")
    sys.stdin.readline()
    close(self)
    say("closed")
def open_and_say(scratch):
    say("opens")
    return open_library(scratch)
def make_and_quit():
    app = make()
    QTimer.singleShot(0, app.quit)
    return app
Desktop.close, application._open_library = close_when_told, open_and_say
application.make_application = make_and_quit
sys.exit(application.run())
"""


def test_start_waits_until_the_instance_before_has_closed_its_library(tmp_path: Path) -> None:
    read, write = os.pipe()
    command = [sys.executable, "-c", ENDING.format(root=str(ROOT))]
    environment = home_in(tmp_path)
    with os.fdopen(read) as said, os.fdopen(write, "w") as output:
        first = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=output
        )
        assert [said.readline(), said.readline()] == ["opens\n", "closing\n"]
        second = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output
        )
        output.close()
        assert said.readline() == "knocks\n"
        first.communicate(b"\n")  # goes on with its closing
        assert said.read().split() == ["closed", "opens", "closing", "closed"]
        assert (first.returncode, second.wait()) == (0, 0)


@pytest.mark.parametrize("command", list(COMMANDS.values()))
def test_second_start_hands_its_command_over(
    qtbot: QtBot, name: str, server: InstanceServer, command: str
) -> None:
    with (
        qtbot.assertNotEmitted(server.paths_received),
        qtbot.waitSignal(server.command_received, timeout=60_000) as received,
    ):
        start = start_later(name, [], command)
    assert received.args == [command]
    assert end_of(qtbot, start) == 0


def test_socket_that_a_crash_left_is_replaced(qtbot: QtBot, name: str) -> None:
    code = (
        "import os, sys; from PySide6.QtCore import QCoreApplication\n"
        "from app.gui.system.single_instance import InstanceServer\n"
        "app = QCoreApplication([]); server = InstanceServer(sys.argv[1]); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, name], cwd=ROOT, check=False)
    server = InstanceServer(name)
    with qtbot.waitSignal(server.paths_received, timeout=60_000):
        start = start_later(name, [])
    assert end_of(qtbot, start) == 0
    server.close()


@pytest.mark.parametrize(
    "message", [b'{"no": "list"', b'{"no": "list"}', b"5", b"null", b"\xff", b""]
)
def test_message_that_is_none_of_ours_is_ignored(
    qtbot: QtBot, server: InstanceServer, message: bytes
) -> None:
    received: list[list[Path]] = []
    server.paths_received.connect(received.append)
    for line in (message, json.dumps(["/a.wav"]).encode()):
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(server._server.fullServerName())
            link.sendall(line + b"\n")
    qtbot.waitUntil(lambda: bool(received))
    assert received == [[Path("/a.wav")]]
