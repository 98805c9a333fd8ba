"""What is left on the clipboard where Wayland gives it to another program only."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.gui.dictation.clipboard import ClipboardLoan
from app.gui.dictation.reads import ReadWatch
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.only_on("posix")
TEXT = "the squirrels meet at nine, 松鼠"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wl-copy of the test's own, before that of the system."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: "wayland"))
    return tmp_path / "wl-copy"


def leave(program: Path, script: str, patience_s: float = PATIENCE_S) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    ClipboardLoan(ReadWatch(lambda _window: None), program_s=patience_s).leave(TEXT)


def test_text_is_given_to_the_program(qtbot: QtBot, program: Path, tmp_path: Path) -> None:
    leave(program, f"cat > '{tmp_path}/copied'")
    assert (tmp_path / "copied").read_text("utf-8") == TEXT
    assert QGuiApplication.clipboard().text() == TEXT


def test_program_that_fails_is_logged(
    qtbot: QtBot, program: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave(program, "exit 3")
    assert QGuiApplication.clipboard().text() == TEXT
    assert "exit status 3" in caplog.text


def test_program_that_hangs_is_left_and_logged(
    qtbot: QtBot, program: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave(program, "exec tail -f /dev/null", patience_s=0.1)
    assert QGuiApplication.clipboard().text() == TEXT
    assert "timed out" in caplog.text
