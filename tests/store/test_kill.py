"""kill -9 at random moments loses no committed line and repeats none.

A subprocess stores one line after another and prints the number of each after its commit. It is
killed after a random number of them plus a random part of the time that a line takes, so that the
kill falls anywhere in a transaction. What was printed must be there; at most one line more may be.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from app.store.library import Library
from app.store.types import ItemState, JobOptions

ROOT = Path(__file__).resolve().parent.parent.parent
N_KILLS = 20
LINE_S = 10.0
SEED = 20
WRITER = """
import sys
from app.engine.types import Segment
from app.store.library import Library

with Library.open(sys.argv[1]) as library:
    library.recover()
    item = library.take_next()
    n = round(item.done_s / 10.0)
    while True:
        segment = Segment(start_s=n * 10.0, end_s=n * 10.0 + 10.0, text=f"line {n} 第{n}行",
                          language="English", avg_logprob=-0.1)
        library.add_line(item.id, segment, n * 10.0 + 10.0)
        print(n, flush=True)
        n += 1
"""


def run_and_kill(path: Path, n_lines: int, delay_s: float) -> int:
    """Let the writer store lines, kill it, and return the last number that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        for _ in range(n_lines):
            assert process.stdout.readline(), "the writer ended by itself"
        timer = Timer(delay_s, process.kill)  # SIGKILL: no handler, no clean-up
        timer.start()
        printed = process.stdout.read().split()  # until the process is dead
    timer.join()
    assert process.wait() != 0
    return int(printed[-1]) if printed else -1


@pytest.mark.only_on("posix")  # kill -9
def test_kill_at_any_moment_loses_and_repeats_nothing(path: Path) -> None:
    rng = random.Random(SEED)
    with Library.open(path) as library:
        (item,) = library.add_files(["/m/long.wav"], JobOptions())
    n_stored = 0
    for _ in range(N_KILLS):
        n_read = rng.randint(1, 30)
        last = run_and_kill(path, n_read, delay_s=rng.uniform(0, 0.005))
        n_printed = max(last + 1, n_stored + n_read)
        n_stored = check(path, item.id, n_printed)
    assert n_stored >= N_KILLS


def check(path: Path, item_id: int, n_printed: int) -> int:
    """Check everything after a kill; returns how many lines there are."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    with Library.open(path) as library:
        assert library.moved_aside is None
        (recovered,) = library.recover()
        lines = library.lines(item_id)
        assert n_printed <= len(lines) <= n_printed + 1
        assert [line.text for line in lines] == [f"line {n} 第{n}行" for n in range(len(lines))]
        assert (recovered.state, recovered.done_s) == (ItemState.WAITING, len(lines) * LINE_S)
        (hit,) = library.search(f"第{len(lines) - 1}行")
        assert hit.line_id == lines[-1].id
    return len(lines)
