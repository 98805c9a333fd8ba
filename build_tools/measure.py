"""How fast the executable starts, and how large it is: ``python3 dev.py bench --frozen``.

Each start is a real one on an X server of its own. The program logs when its window has been drawn
and when its model is loaded, to the millisecond; what is counted is the time from before the
launcher is started. Processor seconds of the whole tree stand beside it: they stay the same when
other jobs share the machine. "Cold" means that the executable and its cache are not in memory.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from build_tools.build import DIST, EXE
from build_tools.joining import read_layout

MB = 1_000_000
WINDOW, READY = "the window is there", "the model "
LOG = Path("state", "songshu", "songshu.log")  # in a home
WAIT_S = 120.0  # reached only when something is broken
_POLL_S = 0.02
_TIME = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One start, in seconds: until the window, until the model, and the processor's until then."""

    window_s: float
    ready_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A kind of start.

    Attributes:
        prepare: makes a fresh home fit for it.
        environment: what else is set.
    """

    name: str
    prepare: Callable[[Path], None]
    environment: dict[str, str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="dev.py bench --frozen", description=__doc__)
    parser.add_argument("--executable", type=Path, default=DIST / f"Songshu{EXE}")
    parser.add_argument("--rounds", type=int, default=5, help="starts of each kind; default 5")
    options = parser.parse_args(arguments)
    if not options.executable.is_file():
        print("There is no executable. Make one: python3 dev.py build", file=sys.stderr)
        return 1
    with _display() as display, tempfile.TemporaryDirectory(prefix="songshu-bench-") as folder:
        bench = Bench(options.executable.resolve(), Path(folder), display)
        rows = [(case.name, bench.measure(case, options.rounds)) for case in bench.cases()]
        print(render(rows, bench.sizes()))
    return 0


class Bench:
    """Starts one executable again and again.

    Args:
        executable: what is started.
        folder: for homes.
        display: of an X server.
    """

    def __init__(self, executable: Path, folder: Path, display: str) -> None:
        self._executable = executable
        self._folder = folder
        self._display = display

    def cases(self) -> list[Case]:
        """List the kinds of start, from the slowest."""
        nothing: dict[str, str] = {}
        return [
            Case(name="first ever, cold", prepare=self._forget, environment=nothing),
            Case(name="first ever, warm", prepare=self._read, environment=nothing),
            Case(name="later, cold", prepare=self._unpack_and_forget, environment=nothing),
            Case(name="later, warm", prepare=self._unpack, environment=nothing),
            Case(
                name="no cache can be written",
                prepare=self._read,
                environment={"XDG_CACHE_HOME": "/proc/nowhere"},
            ),
        ]

    def measure(self, case: Case, n_rounds: int) -> list[Start]:
        """Start it n times, each time in a home of its own."""
        starts = []
        for _ in range(n_rounds):
            home = Path(tempfile.mkdtemp(dir=self._folder))
            try:
                case.prepare(home)
                starts.append(self._start(home, case.environment))
            finally:
                shutil.rmtree(home)
        return starts

    def sizes(self) -> dict[str, float]:
        """Give sizes in MB."""
        home = Path(tempfile.mkdtemp(dir=self._folder))
        self._unpack(home)
        _offset, pack_bytes, *_ = read_layout(self._executable)
        cache = home / ".cache" / "songshu"
        unpacked = sum(f.lstat().st_size for f in cache.rglob("*") if f.is_file())
        return {
            "executable": self._executable.stat().st_size / MB,
            "of which the pack": pack_bytes / MB,
            "without the pack": (self._executable.stat().st_size - pack_bytes) / MB,
            "unpacked on disk": unpacked / MB,
        }

    def _start(self, home: Path, extra: dict[str, str]) -> Start:
        log = home / LOG
        started = time.time()
        process = subprocess.Popen(
            [str(self._executable)],
            env={**self._environment(home), **extra},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            ready = _wait_for_line(log, READY, process)
            times = psutil.Process(process.pid).cpu_times()
            window = _line_time(log, WINDOW)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=WAIT_S)
        assert window is not None
        cpu_s = times.user + times.system
        return Start(window_s=window - started, ready_s=ready - started, cpu_s=cpu_s)

    def _environment(self, home: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {
            **kept,
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "DISPLAY": self._display,
            "QT_QPA_PLATFORM": "xcb",
        }

    def _unpack(self, home: Path) -> None:
        self._start(home, {})
        (home / LOG).unlink()

    def _read(self, home: Path) -> None:
        self._executable.read_bytes()

    def _forget(self, home: Path) -> None:
        forget(self._executable)

    def _unpack_and_forget(self, home: Path) -> None:
        self._unpack(home)
        os.sync()  # pages that are not on the disk yet cannot be forgotten
        self._forget(home)
        for file in (home / ".cache").rglob("*"):
            if file.is_file():
                forget(file)


def forget(file: Path) -> None:
    """Drop a file from the page cache, as if the computer had just been switched on."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _wait_for_line(log: Path, text: str, process: subprocess.Popen[bytes]) -> float:
    """Give the time of a line; asks the log again and again, and waits for the program's end.

    The times are the program's own, so that asking late makes no figure worse.
    """
    deadline = time.monotonic() + WAIT_S
    while (found := _line_time(log, text)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"no line with {text!r} in {log}")
        with suppress(subprocess.TimeoutExpired):
            raise RuntimeError(f"the program ended with {process.wait(_POLL_S)}")
    return found


def _line_time(log: Path, text: str) -> float | None:
    """Give the time of the first line that holds a text, in seconds since 1970."""
    if not log.is_file():
        return None
    for line in log.read_text(encoding="utf-8").splitlines():
        stamp = _TIME.match(line)
        if stamp and text in line:
            return datetime.strptime(stamp[1], "%Y-%m-%d %H:%M:%S,%f").timestamp()
    return None


def render(rows: Sequence[tuple[str, Sequence[Start]]], sizes: dict[str, float]) -> str:
    """Write both tables in Markdown: medians, with the fastest and the slowest."""
    lines = ["| start | window, s | ready, s | processor, s |", "|---|---|---|---|"]
    for name, starts in rows:
        cells = [
            _cell([getattr(start, figure) for start in starts])
            for figure in ("window_s", "ready_s", "cpu_s")
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "| size | MB |", "|---|---|"]
    lines += [f"| {name} | {value:.1f} |" for name, value in sizes.items()]
    return "\n".join(lines)


def _cell(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"


@contextmanager
def _display() -> Iterator[str]:
    """Start an X server without a screen, on a display that is free."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1500x1150x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
