"""Standard streams that are missing, full, gone, or of another encoding."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.cli.fakes import GonePipe
from tests.cli.running import WITH_FAKE, Run, in_subprocess


def test_no_streams_at_all(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run("transcribe", clip) == 0
    assert run("transcribe", clip.with_name("gone.wav")) == 1
    assert run("sing") == 2


def test_full_disk_behind_stdout_is_reported(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_text: str) -> int:
        raise OSError(28, "No space left on device")

    out = io.StringIO()
    monkeypatch.setattr(out, "write", fail)
    monkeypatch.setattr(sys, "stdout", out)
    assert run("transcribe", clip) == 1
    assert "Writing the result failed: No space left" in capsys.readouterr().err


def test_gone_reader_stops_quietly(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", GonePipe())
    assert run("transcribe", clip) == 1
    assert capsys.readouterr().err == ""


def test_closed_pipe_leaves_no_traceback(clip: Path) -> None:
    process = in_subprocess(WITH_FAKE, clip)
    assert process.stdout
    process.stdout.close()
    _, err = process.communicate()
    assert (process.returncode, err) == (1, b"")


def test_output_is_utf8_whatever_the_locale(clip: Path) -> None:
    process = in_subprocess(
        WITH_FAKE, clip, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING=""
    )
    out, _ = process.communicate()
    assert out.decode("utf-8").startswith("早上好。")
