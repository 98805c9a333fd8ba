"""Install, upgrade and remove with the real installer: on Windows in CI, or under Wine by hand.

    python -m installer.windows.check                        on Windows
    python3 -m installer.windows.check --wine wine64         on Linux; WINEPREFIX must be set

A console program of Windows stands in for Songshu.exe, so that "is running" is real. Whoever runs
this has Songshu removed afterwards: it is meant for machines that are thrown away.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.windows.__main__ import package

KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Songshu"
TYPE = r"HKCU\Software\Classes\.mp3\OpenWithProgids"
LOGIN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
# as app/gui/system/autostart.py
STARTS_US = r"%LOCALAPPDATA%\Programs\Songshu\Songshu.exe --hidden"
RUNNING = 3
_WAIT_S, _POLL_S = 60.0, 0.2  # the longest, and between two questions


class Machine:
    """Starts programs of Windows.

    Args:
        wine: the command, or "" on Windows.
        stand_in: a program that can run for a while: PING.EXE.
        profile: the person's folder.
    """

    def __init__(self, wine: str, stand_in: Path, profile: Path) -> None:
        self._prefix = [wine] if wine else []
        self.stand_in = stand_in
        self.local = profile / "AppData" / "Local"
        self.program = self.local / "Programs" / "Songshu"

    def run(self, *command: object) -> int:
        """Run a program to its end and return its exit code."""
        words = [*self._prefix, *map(str, command)]
        return subprocess.run(words, capture_output=True, check=False, timeout=300).returncode

    def start(self, *command: object) -> subprocess.Popen[bytes]:
        """Start a program and let it run."""
        words = [*self._prefix, *map(str, command)]
        return subprocess.Popen(words, stdout=subprocess.PIPE)

    def knows(self, key: str) -> bool:
        """Whether a key is in the registry."""
        return self.run("reg", "query", key) == 0

    def starts_at_login(self) -> bool:
        """Whether something named Songshu is started at login."""
        return self.run("reg", "query", LOGIN, "/v", "Songshu") == 0

    def start_at_login(self, command: str) -> None:
        """Let a command, in which variables are replaced, be started at login."""
        self.run("cmd", "/c", "reg", "add", LOGIN, "/v", "Songshu", "/d", command, "/f")

    def files(self) -> set[str]:
        """List what lies in the program's folder."""
        found = self.program.rglob("*")
        return {path.relative_to(self.program).as_posix() for path in found if path.is_file()}


def check(machine: Machine, work: Path) -> None:
    """Go through the life of an installation; the first thing that is wrong ends it."""
    folder, single = make_programs(machine.stand_in, work)
    setup_folder = package(folder, work / "a", fast=True)[0]
    setup_single = package(single, work / "b", fast=True)[0]
    kept = machine.local / "Songshu" / "songshu.db"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch()

    expect("installs", machine.run(setup_folder, "/S") == 0)
    everything = {"Songshu.exe", "Uninstall.exe", "_internal/模型 $x.bin"}
    expect("every file is there", machine.files() == everything)
    expect("registered", machine.knows(KEY) and machine.knows(TYPE))
    (machine.program / "mine.txt").touch()

    running = machine.start(machine.program / "Songshu.exe", "-n", "100", "127.0.0.1")
    assert running.stdout is not None
    running.stdout.readline()  # it has written something: it runs
    expect("running: no upgrade", machine.run(setup_single, "/S") == RUNNING)
    machine.run("taskkill", "/f", "/im", "Songshu.exe")
    running.communicate()

    expect("upgrades", machine.run(setup_single, "/S") == 0)
    left = {"Songshu.exe", "Uninstall.exe", "mine.txt"}
    expect("old files are gone, others' stay", machine.files() == left)
    machine.start_at_login(STARTS_US)
    expect("starts at login", machine.starts_at_login())
    machine.run(machine.program / "Uninstall.exe", "/S")  # goes on in a copy of itself
    wait("uninstalls", lambda: machine.files() == {"mine.txt"})
    wait("unregistered", lambda: not machine.knows(KEY) and not machine.knows(TYPE))
    wait("starts no more at login", lambda: not machine.starts_at_login())
    expect("transcripts stay", kept.is_file())


def make_programs(stand_in: Path, work: Path) -> tuple[Path, Path]:
    """Make a program as --onedir would, and one of one file."""
    folder = work / "folder"
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "模型 $x.bin").write_bytes(b"model")
    single = work / "Songshu.exe"
    for target in (folder / "Songshu.exe", single):
        shutil.copyfile(stand_in, target)
    return folder, single


def expect(what: str, fulfilled: bool) -> None:
    """Tell how a step ended; a failure ends everything."""
    print(f"{'ok    ' if fulfilled else 'FAILED'} {what}", flush=True)
    if not fulfilled:
        sys.exit(1)


def wait(what: str, fulfilled: Callable[[], bool]) -> None:
    """Wait for what the uninstaller does.

    It goes on in a copy of itself, which is no child of ours, and neither the folder nor the
    registry tells anybody: there is nothing to wait on, so this asks again and again.
    """
    end = time.monotonic() + _WAIT_S
    while not (done := fulfilled()) and time.monotonic() < end:
        time.sleep(_POLL_S)
    expect(what, done)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check from the command line."""
    parser = argparse.ArgumentParser(
        prog="python3 -m installer.windows.check",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--wine", default="", metavar="COMMAND", help="such as wine64")
    wine = parser.parse_args(arguments).wine
    if wine:
        drive = Path(os.environ["WINEPREFIX"]) / "drive_c"
        profile = drive / "users" / os.environ.get("USER", "root")
        stand_in = drive / "windows" / "system32" / "ping.exe"
    else:
        profile = Path.home()
        stand_in = Path(os.environ["SYSTEMROOT"]) / "System32" / "PING.EXE"
    with TemporaryDirectory() as work:
        check(Machine(wine, stand_in, profile), Path(work))
    return 0


if __name__ == "__main__":
    sys.exit(main())
