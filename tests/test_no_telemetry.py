"""ONNX Runtime must not collect events about the people who use Songshu."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# ONNX Runtime collects nothing on machines that call themselves CI, so what it writes there
# proves nothing; what it reads does: the switch, when the library is loaded.
CODE = """
import os, sys

class Watch:
    def find_spec(self, name, path, target=None):
        if name == "onnxruntime":
            print("switch", os.environ.get("ORT_DISABLE_TELEMETRY"))

sys.meta_path.insert(0, Watch())
from app.audio.vad import SpeechGate
SpeechGate()
"""


def test_nothing_is_collected(tmp_path: Path) -> None:
    kept = {name: text for name, text in os.environ.items() if "ORT_" not in name}
    kept.pop("CI", None)
    kept |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / ".cache")}
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(
        command, cwd=ROOT, env=kept, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["switch", "1"]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_library_knows_the_switch() -> None:
    """Another version might call it otherwise, and the test above would not see it."""
    spec = find_spec("onnxruntime")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (folder,) = spec.submodule_search_locations
    libraries = [path for path in Path(folder, "capi").iterdir() if path.suffix != ".py"]
    assert any(
        b"ORT_DISABLE_TELEMETRY" in path.read_bytes() for path in libraries if path.is_file()
    )
