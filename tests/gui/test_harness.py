"""The harness itself: a warning that Qt logs fails the test in which it is logged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
from PySide6.QtCore import qDebug, qWarning

def test_logs(qapp):
    {call}("deliberate")
"""


@pytest.mark.parametrize(("call", "exit_code"), [("qDebug", 0), ("qWarning", 1)])
def test_qt_warning_fails_the_test_that_logs_it(tmp_path: Path, call: str, exit_code: int) -> None:
    probe = tmp_path / "test_probe.py"
    probe.write_text(PROBE.format(call=call))
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), str(probe)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert result.returncode == exit_code, result.stdout
    assert ("deliberate" in result.stdout) == bool(exit_code)
