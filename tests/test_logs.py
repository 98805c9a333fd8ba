"""The log of an installation: it rotates, holds native crashes aside, and never stops us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.packs import ROOT

LINES = """
import logging
from app import logs
print(logs.start())
for number in range(60_000):
    logging.getLogger("a").info("line %d %s", number, "x" * 60)
logging.getLogger("a").debug("too much")
"""
CRASH = """
import faulthandler
from app import logs
logs.start()
faulthandler._sigsegv()
"""


def run(code: str, state: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XDG_STATE_HOME": str(state)}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_log_rotates_and_keeps_the_newest_lines(tmp_path: Path) -> None:
    done = run(LINES, tmp_path)
    log = Path(done.stdout.strip())
    assert log == tmp_path / "songshu" / "songshu.log", done.stderr
    files = sorted(path.name for path in log.parent.glob("songshu.log*"))
    assert files == ["songshu.log", *(f"songshu.log.{n}" for n in (1, 2, 3))]
    assert all((log.parent / name).stat().st_size <= 1_000_000 for name in files)
    last = log.read_text("utf-8").splitlines()[-1]
    assert "INFO a: line 59999" in last


def test_native_crash_is_written_beside_the_log(tmp_path: Path) -> None:
    assert run(CRASH, tmp_path).returncode < 0
    assert "Segmentation fault" in (tmp_path / "songshu" / "crash.log").read_text()


def test_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "songshu").write_text("a file where the folder should be")
    done = run("from app import logs; print(logs.start()); print('goes on')", tmp_path)
    assert done.stdout.split("\n")[:2] == ["None", "goes on"]
