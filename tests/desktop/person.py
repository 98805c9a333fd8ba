"""A person in front of the app: starts it, sees it through the probe, and knows its data folder."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.store.library import Library
from app.store.rows import item_of
from app.store.types import Item, ItemState
from tests.desktop.screen import Screen
from tests.packs import ROOT
from tests.waiting import PATIENCE_S, wait_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing on the screen, as a screen reader gets it.

    Attributes:
        window: title of its window; role, name, value: of accessibility.
        rect: x, y, width, height in pixels of the screen.
        window_id: of its window, as the X server knows it.
    """

    window: str
    window_id: int
    role: str
    name: str
    value: str
    rect: tuple[int, int, int, int]
    focused: bool
    disabled: bool

    @property
    def centre(self) -> tuple[int, int]:
        """Where to click."""
        x, y, width, height = self.rect
        return x + width // 2, y + height // 2


class Person:
    """Uses one installation of the app; several starts one after the other.

    Args:
        screen: where the window appears.
        folder: holds the data folder of this installation.
        env: more of the environment.
        scale: of everything on the screen, 1.5 for 150 %.
    """

    def __init__(
        self,
        screen: Screen,
        folder: Path,
        env: Mapping[str, str] | None = None,
        *,
        scale: float = 1.0,
    ) -> None:
        self.screen = screen
        self.folder = folder
        self._scale = scale
        self.env = {
            **screen.env,
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_STATE_HOME": str(folder / "state"),
            "LANG": "C.UTF-8",
            "QT_SCALE_FACTOR": str(scale),
            **(env or {}),
        }
        self.database = folder / "data" / "songshu" / "songshu.db"
        self._socket = folder / "probe"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *files: Path) -> None:
        """Start the app and wait for its window."""
        self._socket.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.desktop.probed_app", str(self._socket)]
        with (self.folder / "app.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *map(str, files)], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        wait_for(lambda: self.is_running and self.titles(), "the window")
        self.screen.window("^Songshu$")

    def open_with(self, *files: Path) -> int:
        """Start the app a second time, as "Open with" does; returns its exit code."""
        command = [sys.executable, "-m", "app", *map(str, files)]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, timeout=PATIENCE_S, check=False
        ).returncode

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        assert self._process is not None
        assert self._process.poll() in (None, 0), self.log()
        return self._process.poll() is None

    def wait_until_ended(self) -> int:
        """Wait for the end of the process; returns its exit code."""
        assert self._process is not None
        try:
            return self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGUSR1)  # it writes what each of its threads does
            pytest.fail(f"still running, showing\n{self.describe()}\n{self.log()}")

    def kill(self) -> None:
        """Kill it without a warning."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """What the app wrote to stderr."""
        return (self.folder / "app.log").read_text(errors="replace")

    def look(self) -> list[Seen]:
        """See everything that is visible; nothing while the app cannot answer yet."""
        return [_seen(node) for node in self._ask("look") or []]

    def take_picture(self, file: Path) -> None:
        """Write a picture of the main window and whatever lies over it."""
        assert self._ask(f"picture {file}") is True

    def titles(self) -> set[str]:
        """Titles of the windows that are open."""
        return {seen.window for seen in self.look()}

    def describe(self) -> str:
        """Write down everything that has a name."""
        named = [seen for seen in self.look() if seen.name or seen.value or seen.focused]
        return "\n".join(
            f"{seen.window} | {seen.role} | {seen.name} | {seen.value}" + " | focus" * seen.focused
            for seen in named
        )

    def find(self, name: str, role: str | None = None) -> Seen:
        """Wait for something whose accessible name or value contains a text, and give it."""

        def look() -> Seen | None:
            for seen in self.look():
                if role in (None, seen.role) and (name in seen.name or name in seen.value):
                    return seen
            return None

        return wait_for(look, lambda: f"{role or 'something'} named {name} in\n{self.describe()}")

    def click(self, name: str, role: str | None = None, n: int = 1) -> None:
        """Click on something by its name, once it can be hit: mapped, at its place, uncovered."""

        def reach() -> tuple[int, int] | None:
            seen = self.find(name, role)
            x, y = (round(number * self._scale) for number in seen.centre)
            self.screen.xdotool("mousemove", x, y)
            under = self._ask("under mouse")
            stays = self.find(name, role).rect == seen.rect
            return (x, y) if stays and under == seen.window_id else None

        place = wait_for(reach, lambda: f"a place to click on {name} in\n{self.describe()}")
        self.screen.click(*place, n)

    def items(self) -> list[Item]:
        """What the database holds, newest first; read as a stranger, while the app writes."""
        rows = self._query("SELECT * FROM item WHERE NOT deleted ORDER BY id DESC")
        return [item_of(row) for row in rows]

    def wait_for_item(self, title: str, *states: ItemState) -> Item:
        """Wait until an item is in one of these states."""

        def reached() -> Item | None:
            for item in self.items():
                if item.title == title and item.state in states:
                    return item
            return None

        wanted = " or ".join(states)
        return wait_for(reached, lambda: f"{title} is {wanted}\n{self.describe()}\n{self.log()}")

    def texts(self, item: Item) -> list[str]:
        """The lines of an item."""
        query = "SELECT text FROM line WHERE item_id = ? ORDER BY position"
        return [row["text"] for row in self._query(query, item.id)]

    def prepare(self, **values: object) -> None:
        """Store settings before the first start."""
        self.database.parent.mkdir(parents=True, exist_ok=True)
        with Library.open(self.database) as library:
            for name, value in values.items():
                library.put(f"settings.{name}", value)

    def _ask(self, question: str) -> Any:
        if not self._socket.exists():
            return None
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(PATIENCE_S)
                link.connect(str(self._socket))
                link.sendall(question.encode() + b"\n")
                return json.loads(link.makefile("rb").readline() or b"null")
        except (ConnectionError, FileNotFoundError, TimeoutError):
            return None

    def _query(self, query: str, *values: object) -> list[sqlite3.Row]:
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.OperationalError:  # its tables are being made
                return []


def _seen(node: dict[str, Any]) -> Seen:
    return Seen(**{**node, "rect": tuple(node["rect"])})
