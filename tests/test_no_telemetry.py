"""ONNX Runtime must not collect events about the people who use Songshu."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = """
from app.audio.vad import SpeechGate
SpeechGate()
"""
WITHOUT_US = """
import onnxruntime
onnxruntime.InferenceSession("app/audio/resources/silero_vad_16k_sequence.onnx")
"""


def files_left(code: str, home: Path) -> list[str]:
    """Run code in a process with a home of its own; give what lies there afterwards."""
    environment = {name: text for name, text in os.environ.items() if "ORT_" not in name}
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, timeout=120)
    return [path.name for path in home.rglob("*") if path.is_file()]


def test_nothing_is_collected(tmp_path: Path) -> None:
    assert files_left(CODE, tmp_path) == []


@pytest.mark.only_on("linux")  # where the id lies elsewhere is not known
def test_the_test_above_would_see_it(tmp_path: Path) -> None:
    assert "deviceid" in files_left(WITHOUT_US, tmp_path)
