"""What opening the window loads: nothing that only recognising, playing or exporting needs."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LATER = (
    "numpy",
    "psutil",
    "av",
    "onnxruntime",
    "llama_cpp",
    "scipy",
    "docx",
    "lxml",
    "cn2an",
    "text_to_num",
)
LATER_OURS = (
    "app.gui.export.dialog",
    "app.gui.settings_sheet.dialog",
    "app.gui.window.about_dialog",
)

TELL = f"""
def tell():
    names = {{*sys.modules, *(name.split('.')[0] for name in sys.modules)}}
    print(sorted({set(LATER + LATER_OURS)} & names))
"""
WHEN_IMPORTED = f"""
import sys, app.gui.application
{TELL}
tell()
"""
WHEN_PAINTED = f"""
import sys
from PySide6.QtCore import QCoreApplication
from app.__main__ import main
from app.gui.desktop import Desktop
{TELL}
def on_painted(self):
    tell()
    QCoreApplication.quit()

Desktop.on_painted = on_painted
sys.exit(main([]))
"""


def run_in_window(code: str) -> str:
    """Return what a program prints that opens a window for somebody new."""
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
    return result.stdout.strip()


def test_window_loads_nothing_that_can_wait() -> None:
    assert all(map(importlib.util.find_spec, LATER_OURS)), "moved"
    assert run_in_window(WHEN_IMPORTED) == "[]"


def test_nothing_that_can_wait_is_loaded_until_the_window_is_drawn() -> None:
    assert run_in_window(WHEN_PAINTED) == "[]"


ORDER = """
import sys
from importlib.machinery import ModuleSpec
from app import __main__

order = []

class Recorder:
    def find_spec(self, name, path=None, target=None):
        if name in ("app.audio.vad", "app.gui.application"):
            return ModuleSpec(name, self)
    def create_module(self, spec):
        order.append(spec.name)
    def exec_module(self, module):
        module.run = lambda arguments: 0

sys.meta_path.insert(0, Recorder())
here, sys.platform = sys.platform, sys.argv[1]
__main__.main([])
print(*order)
sys.meta_path.pop(0)
sys.platform = here
sys.modules.pop("app.audio.vad", None)
import app.audio.vad
print("onnxruntime" in sys.modules, "PySide6" in sys.modules)
"""


@pytest.mark.parametrize(
    ("platform", "order"),
    [("win32", "app.audio.vad app.gui.application"), ("linux", "app.gui.application")],
)
def test_windows_loads_onnx_runtime_before_qt(platform: str, order: str) -> None:
    """Qt's older C++ run time would serve both; our modules that load them stand for them."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "LOCALAPPDATA": home, "PATH": os.defpath, "DISPLAY": ":0"}
        result = subprocess.run(
            [sys.executable, "-c", ORDER, platform],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    assert result.stdout.splitlines() == [order, "True False"]


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
    assert run_in_window(PROBE).split() == ["False", "MainThread"]
