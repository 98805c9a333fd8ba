"""Ctrl-C keeps what is finished."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from app.cli import main as cli
from tests.cli.fakes import FakeTranscriber
from tests.cli.running import Run, lines, make_clip


@pytest.mark.parametrize("kind", ["signal", "interrupt"])
def test_ctrl_c_keeps_what_is_finished(
    run: Run, fake: FakeTranscriber, clip: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    def interrupt(index: int) -> None:
        if index == 1:
            if kind == "interrupt":
                raise KeyboardInterrupt
            signal.raise_signal(signal.SIGINT)

    fake.before_chunk = interrupt
    long = make_clip(clip.with_name("long.wav"), 70)
    folder = clip.parent / "out"
    assert run("transcribe", clip, long, clip, "--output", folder) == 130
    assert sorted(path.name for path in folder.iterdir()) == ["clip.txt", "long (incomplete).txt"]
    assert len(fake.heard) == 2
    assert "cancelled" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_in_json_says_so(
    run: Run, fake: FakeTranscriber, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.before_chunk = lambda index: signal.raise_signal(signal.SIGINT) if index else None
    assert run("transcribe", make_clip(tmp_path / "long.wav", 70), "--format", "json") == 130
    (facts,) = lines(capsys.readouterr().out)
    assert facts["text"] == "Hello."
    assert facts["error"] == {"type": "Cancelled", "message": "cancelled by the user"}


def test_second_ctrl_c_stops_at_once(run: Run, fake: FakeTranscriber, clip: Path) -> None:
    def interrupt_twice(_index: int) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("still running")

    fake.before_chunk = interrupt_twice
    assert run("transcribe", clip) == 130


def test_ctrl_c_before_the_first_file(clip: Path) -> None:
    fake = FakeTranscriber()

    def load(_options: object) -> FakeTranscriber:
        signal.raise_signal(signal.SIGINT)
        return fake

    assert cli.main(["transcribe", str(clip)], load=load) == 130
    assert fake.heard == []
