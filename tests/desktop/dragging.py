"""A real drag between the app and another program, by the mouse, over the X server's protocol."""

from __future__ import annotations

import base64
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from tests.desktop.screen import Screen
from tests.packs import ROOT
from tests.waiting import PATIENCE_S, wait_for

SOURCE_PLACE = (10, 900)  # where the app's window never is
TARGET_PLACE = (400, 900)
N_STEPS = 12  # of the mouse on its way


def uri_list(*uris: str) -> bytes:
    """Write text/uri-list as RFC 2483 wants it."""
    return "".join(f"{uri}\r\n" for uri in uris).encode("ascii")


def from_file_manager(*paths: Path) -> dict[str, bytes]:
    """What a file manager gives for files and folders."""
    uris = [path.as_uri() for path in paths]
    return {
        "text/uri-list": uri_list(*uris),
        "text/plain": "\n".join(map(str, paths)).encode(),
        "x-special/gnome-copied-files": "\n".join(["copy", *uris]).encode(),
    }


def from_browser(*uris: str) -> dict[str, bytes]:
    """What a browser gives for links, and for files in its list of downloads."""
    return {
        "text/x-moz-url": "\n".join(f"{uri}\nA title" for uri in uris).encode("utf-16-le"),
        "text/uri-list": uri_list(*uris),
        "text/plain": "\n".join(uris).encode(),
    }


class OtherProgram:
    """A program of ours that says what happens to it, one line each.

    Args:
        screen: where it appears.
        module: its name; arguments: what it is given.
    """

    def __init__(self, screen: Screen, module: str, *arguments: str) -> None:
        self._screen = screen
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=screen.env,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._words: queue.Queue[str] = queue.Queue()
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,))
        self._reader.start()

    def wait(self, word: str) -> str:
        """Wait until it says a word; others before it are passed over. Returns the whole line.

        Raises:
            TimeoutError: it does not.
        """
        lines: list[str] = []

        def said() -> bool:
            lines.append(self._next())
            return lines[-1].split(" ")[0] == word

        wait_for(said, f"the other program says {word!r}")
        return lines[-1]

    def close(self) -> None:
        """End the program."""
        self._process.kill()
        self._process.wait()
        self._reader.join(PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _next(self) -> str:
        try:
            return self._words.get(timeout=0.5)
        except queue.Empty:
            return ""

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self._words.put(line.strip())


class DragSource(OtherProgram):
    """A program that something is dragged out of.

    Args:
        screen: where it appears.
        formats: mime type -> data.
    """

    def __init__(self, screen: Screen, formats: dict[str, bytes]) -> None:
        encoded = {name: base64.b64encode(data).decode() for name, data in formats.items()}
        super().__init__(screen, "tests.desktop.drag_source", json.dumps(encoded))

    def drag_to(self, x: int, y: int) -> None:
        """Press, and move until the window below the mouse says whether it would take it."""
        window = self._screen.window("^Drag source$")
        self._screen.place(window, *SOURCE_PLACE)
        start = (SOURCE_PLACE[0] + 80, SOURCE_PLACE[1] + 60)
        self._screen.xdotool("mousemove", *start, "mousedown", 1)
        self.wait("pressed")
        self._screen.xdotool("mousemove_relative", 15, -15)
        self.wait("dragging")
        move_slowly(self._screen, start, (x, y))

    def drop(self) -> str:
        """Let the mouse button go; returns what became of it: ``copy`` or ``nothing``."""
        self._screen.xdotool("mouseup", 1)
        result = self.wait("dropped").removeprefix("dropped ")
        self.wait("finished")
        return result


class DropTarget(OtherProgram):
    """A program that files are dropped on.

    Args:
        screen: where it appears.
    """

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen, "tests.desktop.drop_target")

    def take_from(self, x: int, y: int) -> list[str]:
        """Drag whatever is at a point onto it; returns the addresses that it gets."""
        window = self._screen.window("^Drop target$")
        self._screen.place(window, *TARGET_PLACE)
        middle = (TARGET_PLACE[0] + 100, TARGET_PLACE[1] + 80)
        self._screen.xdotool("mousemove", x, y, "mousedown", 1)
        move_slowly(self._screen, (x, y), middle)
        self._screen.xdotool("mousemove_relative", 5, 5)
        self.wait("hovering")
        self._screen.xdotool("mouseup", 1)
        urls: list[str] = json.loads(self.wait("dropped").removeprefix("dropped "))
        return urls


def move_slowly(screen: Screen, start: Sequence[int], end: Sequence[int]) -> None:
    """Move the mouse in steps, as a hand does."""
    for step in range(1, N_STEPS + 1):
        share = step / N_STEPS
        where = [round(a + share * (b - a)) for a, b in zip(start, end, strict=True)]
        screen.xdotool("mousemove", *where)


def drop_on(screen: Screen, formats: dict[str, bytes], where: Sequence[int]) -> str:
    """Drag something to a point that takes it, and drop it there; returns what became of it."""
    source = DragSource(screen, formats)
    try:
        source.drag_to(*where)
        source.wait("accepted")
        return source.drop()
    finally:
        source.close()
