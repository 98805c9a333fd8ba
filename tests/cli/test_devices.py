"""Choosing and testing a device on the command line."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from app.cli import main as cli
from app.cli.info import test_device as run_device_test
from app.cli.terminal import Terminal
from app.engine.device_guard import DeviceGuard
from app.engine.device_memory import DeviceMemory
from app.engine.device_use import DeviceUse
from tests.cli.fakes import FakeTranscriber
from tests.engine.test_device_guard import DIES, GOOD, Child, says
from tests.packs import PACKS

TINY = str(PACKS / "tiny")
CLIP = str(Path(__file__).parents[2] / "samples" / "squirrel.wav")


def run_test(child: Child, folder: Path, key: str = "vulkan:0") -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    guard = DeviceGuard(
        memory=DeviceMemory(folder / "devices.json"),
        use=DeviceUse(folder),
        command=child.command,
    )
    return run_device_test(Terminal(out, err), guard, key, TINY), out.getvalue(), err.getvalue()


def test_tested_device_says_how_it_ended_and_is_tested_each_time(tmp_path: Path) -> None:
    child = Child(tmp_path)
    assert run_test(child, tmp_path) == (0, "vulkan:0: passed its test\n", "")
    child.becomes(test=DIES)
    code, out, err = run_test(child, tmp_path)
    assert (code, out) == (1, "")
    assert "Squirrel 9 is not used: its driver crashed in the test" in err
    child.becomes(test=says(**GOOD))
    assert run_test(child, tmp_path)[0] == 0
    assert child.n_tests == 3


def test_processor_needs_no_test(tmp_path: Path) -> None:
    child = Child(tmp_path)
    assert run_test(child, tmp_path, "cpu") == (0, "cpu: needs no test\n", "")
    assert child.n_tests == 0


@pytest.mark.parametrize("command", [["devices", "--test", "abacus"]])
def test_unknown_device_is_wrong_usage(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(command) == cli.USAGE
    assert "abacus cannot be used" in capsys.readouterr().err


def test_device_reaches_the_engine() -> None:
    fake = FakeTranscriber()
    assert cli.main(["transcribe", CLIP, "--device", "vulkan:1"], load=fake.load) == 0
    assert fake.loaded[0].device == "vulkan:1"
    assert cli.main(["transcribe", CLIP], load=fake.load) == 0
    assert fake.loaded[1].device == "auto"


def test_refused_device_is_told_and_the_processor_writes_the_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The real child of this program: here is no card with this number."""
    command = ["transcribe", CLIP, "--pack", TINY, "--device", "vulkan:97", "--no-gate"]
    assert cli.main(command) == 0
    told = capsys.readouterr()
    assert "vulkan:97 is not used: it is not there" in told.err
    assert told.out.strip()
    assert sys.executable not in told.err
