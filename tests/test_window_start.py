"""What opening the window loads: nothing that only recognising, playing or exporting needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LATER = ("av", "onnxruntime", "llama_cpp", "scipy", "docx", "lxml", "cn2an", "text_to_num")
LATER_OURS = ("settings_dialog", "export_dialog", "about_dialog")


def test_window_loads_nothing_that_can_wait() -> None:
    code = (
        "import sys, app.gui.application\n"
        "parts = [name.split('.') for name in sys.modules]\n"
        "names = {words[0] for words in parts} | {words[-1] for words in parts}\n"
        f"print(sorted({set(LATER + LATER_OURS)} & names))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
