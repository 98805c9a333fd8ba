"""What opening the window loads: nothing that only recognising, playing or exporting needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
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


def test_garbage_is_collected_again_once_the_window_runs() -> None:
    code = (
        "import gc, sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from app.__main__ import main\n"
        "from app.gui import application\n"
        "make = application.make_application\n"
        "def make_and_look():\n"
        "    qt = make()\n"
        "    print(gc.isenabled())\n"
        "    QTimer.singleShot(0, lambda: (print(gc.isenabled()), qt.quit()))\n"
        "    return qt\n"
        "application.make_application = make_and_look\n"
        "sys.exit(main([]))"
    )
    with tempfile.TemporaryDirectory() as home:
        environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": home, "PATH": os.defpath}
        result = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    assert result.stdout.split() == ["False", "True"]
