"""Ctrl-C keeps what is finished."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from pathlib import Path

import pytest

from app.cli import main as cli
from app.cli.transcribe import cancel_on_interrupt
from tests.cli.fakes import FakeTranscriber
from tests.cli.running import Run, lines, make_clip
from tests.waiting import wait_for


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


@pytest.mark.only_on("posix")  # elsewhere no thread can be sent a signal
def test_ctrl_c_arrives_while_a_library_computes() -> None:
    """Python's own handler waits until the library returns."""
    reader, writer = os.pipe()
    is_computing = threading.Event()

    def press() -> None:
        is_computing.wait()
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        try:
            wait_for(lambda: cancel.is_cancelled, "the token is set")
            os.write(writer, b"aborted")
        finally:
            os.close(writer)

    with cancel_on_interrupt(wait=True) as cancel:
        person = threading.Thread(target=press)
        person.start()
        is_computing.set()
        n_bytes = ctypes.CDLL(None).read(reader, ctypes.create_string_buffer(8), 8)
        person.join()
    os.close(reader)
    assert n_bytes == len(b"aborted")


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
