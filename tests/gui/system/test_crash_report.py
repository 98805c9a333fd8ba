"""What is told of a crash of the last run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.gui.system.crash_report import take_crash_report
from tests.gui.bench import Bench, make_bench, no_size_hints

pytestmark = no_size_hints


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


def test_crash_of_the_last_run_is_told_once(tmp_path: Path) -> None:
    code = "import faulthandler, sys; faulthandler.enable(open(sys.argv[1], 'ab'));"
    code += "faulthandler._sigsegv()"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "crash.log")], check=False)
    assert "Segmentation fault" in take_crash_report(tmp_path)
    assert take_crash_report(tmp_path) == ""
    assert "Segmentation fault" in (tmp_path / "crash.old.log").read_text()


def test_no_crash_is_no_report(tmp_path: Path) -> None:
    assert take_crash_report(tmp_path) == ""


def test_crash_report_is_shown_and_can_be_closed(bench: Bench) -> None:
    window = bench.start(with_model=False).window
    window.tell_crash("Fatal Python error: Segmentation fault")
    assert window.problem.isVisible()
    assert "Segmentation" in window.problem.details
    window.problem.on_action_clicked()
    assert not window.problem.isVisible()
