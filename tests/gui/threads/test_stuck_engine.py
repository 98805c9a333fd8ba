"""An engine that does not end in time: nobody destroys its thread, and the program ends.

Qt aborts a process that destroys a running thread, so each test has a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.gui.bench import home_in
from tests.packs import ROOT
from tests.waiting import PATIENCE_S

ENGINE = """
import gc, os, sys, threading
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.gui.threads.engine import Engine
from app.store.library import Library
from app.store.types import JobOptions

application = QCoreApplication([])
began = threading.Event()
def load(options):
    began.set()
    threading.Event().wait()
library = Library.open(Path(sys.argv[1]) / "songshu.db")
engine = Engine(library, load, end_ms=1)
engine.prepare(JobOptions())
assert began.wait(60)
assert not engine.close()
assert not engine.has_ended
del engine
gc.enable()
gc.collect()
print("still here", flush=True)
os._exit(7)
"""
APPLICATION = """
import functools, sys, threading
from PySide6.QtCore import QTimer
from app.gui import application, desktop
from app.gui.threads.engine import Engine
from app.gui.threads.worker import EngineWorker

EngineWorker.on_closing = lambda self: threading.Event().wait()
desktop.Engine = functools.partial(Engine, end_ms=1)
make = application.make_application
def make_and_quit():
    app = make()
    QTimer.singleShot(0, app.quit)
    return app
application.make_application = make_and_quit
sys.exit(application.run())
"""


@pytest.mark.parametrize(
    ("code", "said", "exit_code"), [(ENGINE, "still here\n", 7), (APPLICATION, "", 0)]
)
def test_engine_that_does_not_end_aborts_nothing(
    tmp_path: Path, code: str, said: str, exit_code: int
) -> None:
    result = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env=home_in(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (result.returncode, result.stdout) == (exit_code, said), result.stderr
