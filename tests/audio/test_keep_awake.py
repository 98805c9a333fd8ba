"""Holding off sleep: a child as long as wanted, and never longer than we live."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.audio.keep_awake import KeepAwake
from app.audio.notices import Paused, Started
from app.audio.recorder import Recorder
from tests.audio.fake_microphone import FakeSystem, Session, noise
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from app.audio.keep_awake import KeepAwake
awake = KeepAwake("test", ["cat"])
awake.start()
print(awake.child_pid, flush=True)
sys.stdin.readline()
"""
pytestmark = pytest.mark.only_on("posix")  # Windows needs no child


def test_child_runs_from_start_to_stop() -> None:
    awake = KeepAwake("test", ["cat"])
    assert awake.child_pid is None
    for _ in range(2):
        with awake:
            pid = awake.child_pid
            assert pid is not None
            assert psutil.pid_exists(pid)
            awake.start()
            assert awake.child_pid == pid, "a second start needs no second child"
        assert awake.child_pid is None
        assert not psutil.pid_exists(pid)


def test_child_that_does_not_end_is_killed() -> None:
    with KeepAwake("test", ["sleep", "600"]) as awake:
        pid = awake.child_pid
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_system_without_the_program_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with KeepAwake("test", ["/nowhere/inhibit"]) as awake:
        assert awake.child_pid is None
    assert "sleep cannot be held off" in caplog.text


def test_own_command_of_this_system_is_no_error() -> None:
    with KeepAwake("test"):
        pass


def test_child_ends_when_we_are_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    child.wait(10)


@pytest.mark.only_on("linux")  # its own inhibitor
def test_recorder_holds_off_sleep_while_it_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    inhibitor = tmp_path / "bin" / "systemd-inhibit"
    inhibitor.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/said\nexec {shutil.which("cat")}\n')
    inhibitor.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    before = set(psutil.Process().children())  # other tests keep some

    def children() -> set[psutil.Process]:
        return set(psutil.Process().children()) - before

    system = FakeSystem()
    session = Session(Recorder(tmp_path, None, system.open), system)
    session.recorder.start()
    system.stream().give(noise(100))
    session.wait_for(Started)
    assert len(children()) == 1
    session.recorder.pause()
    session.wait_for(Paused)
    assert not children()
    session.recorder.resume()
    wait_for(lambda: len(children()) == 1)
    session.finish()
    assert not children()
    assert "--what=idle:sleep" in (tmp_path / "said").read_text()
