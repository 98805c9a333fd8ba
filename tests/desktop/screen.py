"""A screen of the test's own: Xvfb with a window manager, and xdotool as the hand of a person.

Xvfb picks a free display itself. Whatever is waited for is a condition with a time-out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.programs import need
from tests.waiting import wait_for

PROGRAMS = ("Xvfb", "openbox", "xdotool")  # dev.py test installs them


class Screen:
    """One display with a window manager.

    Attributes:
        env: environment for programs that are to appear on it.
    """

    def __init__(self, display: str) -> None:
        self.env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.env.pop("WAYLAND_DISPLAY", None)

    def xdotool(self, *words: object) -> str:
        """Do something by mouse or keyboard, or ask the window manager.

        Raises:
            AssertionError: xdotool says that it did not work.
        """
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout.strip()

    def key(self, *keys: str) -> None:
        """Press keys one after the other, such as ``ctrl+e``."""
        self.xdotool("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self.xdotool("type", "--delay", "5", "--", text)

    def click(self, x: int, y: int, n: int = 1) -> None:
        """Click somewhere, n times."""
        self.xdotool("mousemove", x, y, "click", "--repeat", n, "--delay", 50, 1)

    def windows(self, name: str) -> list[str]:
        """Give the ids of the visible windows whose title matches a regular expression."""
        command = ["xdotool", "search", "--onlyvisible", "--name", name]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        return done.stdout.split()

    def window(self, name: str) -> str:
        """Wait for a window by its title, and give its id."""
        return wait_for(lambda: self.windows(name), f"a window called {name}")[-1]

    def place(self, window: str, x: int, y: int) -> None:
        """Move a window, and wait until the window manager has done so."""
        self.xdotool("windowmove", "--sync", window, x, y)


@contextmanager
def open_screen(folder: Path, size: str = "1500x1150") -> Iterator[Screen]:
    """Start Xvfb and openbox, and end them.

    Args:
        folder: for their logs.
        size: in pixels.
    """
    need(*PROGRAMS)
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    command.append("-noreset")  # else a question that ends before openbox is there starts it anew
    with (folder / "xvfb.log").open("wb") as log:
        server = subprocess.Popen(command, pass_fds=[writer], stdout=log, stderr=log)
    os.close(writer)
    try:
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()  # comes when the display can be used
        assert number, (folder / "xvfb.log").read_text()
        screen = Screen(f":{number}")
        with (folder / "openbox.log").open("wb") as log:
            manager = subprocess.Popen(["openbox"], env=screen.env, stdout=log, stderr=log)
        try:
            wait_for(lambda: _has_manager(screen), "the window manager")
            yield screen
        finally:
            _end(manager)
    finally:
        _end(server)


def _has_manager(screen: Screen) -> bool:
    command = ["xdotool", "get_num_desktops"]
    done = subprocess.run(command, env=screen.env, capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip().isdigit()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
