"""A screen with a window manager, a rig on it, and other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desktop.screen import Screen, open_screen
from tests.gui.dictation.rig_user import Clipboard, OtherProgram, Rig, entry, qt_field, terminal
from tests.programs import need

PROGRAMS = ("wish", "xterm", "xclip")


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """One display for all tests of this folder."""
    need(*PROGRAMS)
    with open_screen(tmp_path_factory.mktemp("screen")) as screen:
        yield screen


@pytest.fixture
def start_rig(screen: Screen, tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    """Start the service with some options; they are closed after the test."""
    rigs: list[Rig] = []

    def start(**options: object) -> Rig:
        rigs.append(Rig(screen, tmp_path, **options))
        return rigs[-1]

    yield start
    for rig in rigs:
        rig.close()


@pytest.fixture
def field(screen: Screen, tmp_path: Path) -> Iterator[OtherProgram]:
    """Another program with a text field that has the focus."""
    with entry(screen, tmp_path) as program:
        yield program


@pytest.fixture
def pinged(screen: Screen, tmp_path: Path) -> Iterator[OtherProgram]:
    """A field that answers pings and has the focus."""
    with qt_field(screen, tmp_path) as program:
        yield program


@pytest.fixture
def deaf(screen: Screen, tmp_path: Path) -> Iterator[OtherProgram]:
    """A window without a text field that has the focus."""
    script = tmp_path / "deaf.tcl"
    script.write_text('wm title . "Deaf"; pack [label .l -text "no field here"]; focus -force .l')
    with OtherProgram(screen, "Deaf", ["wish", str(script)], tmp_path / "deaf.txt") as program:
        yield program


@pytest.fixture
def shell(screen: Screen, tmp_path: Path) -> Iterator[OtherProgram]:
    """A terminal that has the focus."""
    with terminal(screen, tmp_path) as program:
        yield program


@pytest.fixture
def clipboard(screen: Screen) -> Clipboard:
    return Clipboard(screen)
