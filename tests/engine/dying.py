"""A process that really dies while a device computes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.packs import ROOT

_CODE = """
import os, sys
from pathlib import Path
from app.engine.device_use import DeviceUse
os.getpid = lambda: 2  # in a container every start has the same number
with DeviceUse(Path(sys.argv[1])).computing(sys.argv[2]):
    print("computing", flush=True)
    if sys.argv[3] == "die":
        os._exit(7)
    sys.stdin.read()
"""


def start_computing(folder: Path, device: str, then: str = "wait") -> subprocess.Popen[bytes]:
    """Start a process that computes until its stdin is closed, or dies at once."""
    process = subprocess.Popen(
        [sys.executable, "-c", _CODE, str(folder), device, then],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"computing\n"
    return process


def die_computing(folder: Path, device: str) -> None:
    """Let a process die in the middle."""
    with start_computing(folder, device, "die") as process:
        assert process.wait(60) == 7
