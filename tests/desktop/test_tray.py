"""The real app with a real tray: the closed window lives on there, and comes back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.desktop.person import Person
from tests.desktop.screen import Screen
from tests.packs import ROOT
from tests.waiting import wait_for


@pytest.fixture
def tray(screen: Screen) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.desktop.fake_tray"]
    with subprocess.Popen(
        command, cwd=ROOT, env=screen.env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def docked(tray: subprocess.Popen[str]) -> bool:
    assert tray.stdout is not None
    return tray.stdout.readline() == "docked\n"


def test_closed_window_stays_in_the_tray_and_comes_back(
    person: Person, screen: Screen, tray: subprocess.Popen[str]
) -> None:
    person.start()
    assert docked(tray)
    screen.xdotool("windowactivate", "--sync", screen.window("^Songshu$"))
    screen.key("alt+F4")
    person.find("Keep Songshu in the tray?")
    person.click("Keep in the tray", "Button")
    wait_for(lambda: not screen.windows("^Songshu$"), "the window is out of sight")
    assert person.is_running

    screen.click(12, 12)  # the icon
    wait_for(lambda: screen.windows("^Songshu$"), "the window is back")
    screen.xdotool("windowactivate", "--sync", screen.window("^Songshu$"))
    screen.key("alt+F4")  # it is not asked again
    wait_for(lambda: not screen.windows("^Songshu$"), "the window is out of sight again")

    assert person.open_with() == 0  # whoever does not know of trays starts it again
    wait_for(lambda: screen.windows("^Songshu$"), "the window is back again")


def test_tray_that_is_gone_keeps_nobody_out(
    person: Person, screen: Screen, tray: subprocess.Popen[str]
) -> None:
    person.prepare(on_close="tray")
    person.start()
    assert docked(tray)
    tray.kill()
    tray.wait()
    screen.xdotool("windowactivate", "--sync", screen.window("^Songshu$"))
    screen.key("alt+F4")
    assert person.wait_until_ended() == 0
