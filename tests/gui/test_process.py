"""The process as a whole: a fluent window, the command line, no network."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.__main__ import FOR_WINDOW, wants_window
from app.gui.application import COMMANDS
from app.store.library import Library
from app.store.types import ItemState
from tests.gui.bench import CLIP, JOB_MS, Bench, home_in, long_recording, make_bench, no_size_hints
from tests.packs import ROOT

pytestmark = no_size_hints
BLOCKED_MS = 50  # the GUI thread never blocks longer


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


def queued_s() -> float:
    """Seconds that this thread has waited for a free processor, which other programs had."""
    told = Path("/proc/thread-self/schedstat")  # ns on a processor, ns in its queue, times
    return int(told.read_text().split()[1]) / 1e9 if told.exists() else 0.0


class Watchdog:
    """Measures the longest time between two turns of the event loop: how long nobody was answered.

    Waiting for Python's lock, for a disk or for another thread counts; for a processor it does not.
    """

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._last = self._now()
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start(0)

    def _on_timeout(self) -> None:
        now = self._now()
        self.longest_ms = max(self.longest_ms, 1000 * (now - self._last))
        self._last = now

    def reset(self) -> None:
        self.longest_ms, self._last = 0.0, self._now()

    def _now(self) -> float:
        return time.perf_counter() - queued_s()


def test_window_stays_fluent_while_a_job_runs(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    """The worst of the job; a busy computer may stop us once, so the best of three jobs counts."""
    window = bench.start().window
    window.add_paths([CLIP])
    bench.wait_for(CLIP.name, ItemState.DONE)
    worst = []
    for number in range(3):
        recording = long_recording(tmp_path / f"{number}.wav", 3)
        watchdog = Watchdog()
        window.add_paths([recording])
        qtbot.waitUntil(lambda: bool(bench.library.queue()))
        watchdog.reset()
        qtbot.waitUntil(lambda: not bench.library.queue(), timeout=JOB_MS)
        worst.append(watchdog.longest_ms)
        if min(worst) < BLOCKED_MS:
            break
    assert min(worst) < BLOCKED_MS, worst


def test_command_options_are_known_before_qt_is_loaded() -> None:
    assert set(FOR_WINDOW) == set(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        ([str(CLIP)], True),
        (["gone.wav"], True),
        (["/no/such/folder"], True),
        (["transcribe", "a.wav"], False),
        (["packs", "list"], False),
        (["--help"], False),
        (["--toggle"], True),
        (["--hidden"], True),
        (["transcirbe", "a.wav"], False),
    ],
)
def test_files_and_nothing_open_the_window(arguments: list[str], window: bool) -> None:
    assert wants_window(arguments) is window


APP = """
import os, sys
sys.path[:0] = [{root!r}]
from tests.gui import seccomp
seccomp.forbid_network()
{probe}
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.gui import application
def watch():
    from app.store.folders import library_path
    from app.store.library import Library
    with Library.open(library_path()) as library:
        items = library.items()
    if items and items[0].state == "done":
        QApplication.quit()
timer = QTimer()
timer.timeout.connect(watch)
make = application.make_application
def make_and_watch():
    app = make()
    timer.start(200)
    return app
application.make_application = make_and_watch
sys.exit(application.run(sys.argv[1:]))
"""


def run_app(folder: Path, probe: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = home_in(folder)
    code = APP.format(root=str(ROOT), probe=probe)
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.only_on("linux")  # seccomp
def test_app_and_a_transcription_open_no_network_socket(tmp_path: Path) -> None:
    result = run_app(tmp_path, "", str(CLIP))
    assert result.returncode == 0, result.stderr
    with Library.open(tmp_path / "data" / "songshu" / "songshu.db") as library:
        (item,) = library.items()
        assert item.state is ItemState.DONE
        assert library.lines(item.id)


@pytest.mark.only_on("linux")  # seccomp
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_NETLINK"])
def test_network_socket_would_be_noticed(tmp_path: Path, family: str) -> None:
    probe = f"import socket; socket.socket(socket.{family}, socket.SOCK_DGRAM)"
    assert run_app(tmp_path, probe).returncode == -31  # SIGSYS
