"""What is left on the clipboard where Wayland gives it to another program only."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.gui.dictation import clipboard
from app.gui.dictation.clipboard import ClipboardLoan
from app.gui.dictation.reads import ReadWatch

pytestmark = pytest.mark.only_on("posix")
TEXT = "the squirrels meet at nine, 松鼠"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wl-copy of the test's own, before that of the system."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: "wayland"))
    return tmp_path / "wl-copy"


def leave(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    ClipboardLoan(ReadWatch(lambda _window: None)).leave(TEXT)


def test_text_is_given_to_the_program(qtbot: QtBot, program: Path, tmp_path: Path) -> None:
    leave(program, f"cat > '{tmp_path}/copied'")
    assert (tmp_path / "copied").read_text("utf-8") == TEXT
    assert QGuiApplication.clipboard().text() == TEXT


@pytest.mark.parametrize("script", ["exec tail -f /dev/null", "exit 1"])
def test_program_that_hangs_or_fails_holds_nobody_up(
    qtbot: QtBot, program: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(clipboard, "_PROGRAM_S", 0.1)
    leave(program, script)
    assert QGuiApplication.clipboard().text() == TEXT
