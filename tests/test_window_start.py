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


PROBE = """
import gc, sys, threading, weakref
from PySide6.QtCore import QTimer
from app.__main__ import main
from app.gui import application

class Knot:
    def __init__(self):
        self.itself = self

def tie(threads):
    knot = Knot()
    weakref.finalize(knot, lambda: threads.append(threading.current_thread().name))

def make_and_look(make=application.make_application):
    qt = make()
    threads, timer = [], QTimer(qt)
    def look():
        knots = [Knot() for _ in range(2000)]
        if threads:
            print(gc.isenabled(), threads[0])
            qt.quit()
    def begin():
        tie(threads)
        timer.start(10)
    timer.timeout.connect(look)
    QTimer.singleShot(0, begin)
    return qt

application.make_application = make_and_look
sys.exit(main([]))
"""


def test_garbage_is_collected_in_the_thread_of_the_window_only() -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": home, "PATH": os.defpath}
        result = subprocess.run(
            [sys.executable, "-c", PROBE],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    assert result.stdout.split() == ["False", "MainThread"]
