"""An item stops and goes on: pause, cancel, a crash, the end of the program, deletion for good."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.engine.loading import LoadOptions, Transcriber, load_engine
from app.gui.threads.engine import Engine
from app.gui.threads.events import JobFinished, JobStopped, LineAdded, LiveText
from app.store.library import Library
from app.store.types import ItemState
from tests.cli.fakes import FakeTranscriber
from tests.gui.bench import CLIP, STARTER, Recorder
from tests.gui.threads.use import OPTIONS, STOP_S, STUCK_S, MakeEngine, queue, texts
from tests.packs import ROOT

CRASH = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.engine.loading import load_engine
from app.gui.threads.engine import Engine
from app.store.library import Library
from app.store.types import JobOptions
app = QCoreApplication([])
library = Library.open(sys.argv[1])
engine = Engine(library, load_engine)
library.add_files([sys.argv[2]], JobOptions(pack=sys.argv[3], n_threads=1))
n_live = 0
def on_live(live):
    global n_live
    n_live += live.start_s > 0
    if n_live == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
engine.worker.live_text_changed.connect(on_live)
engine.wake()
app.exec()
"""


def finish(qtbot: QtBot, engine: Engine) -> None:
    """Let an engine work until the queue is empty."""
    heard = Recorder(qtbot, engine.worker)
    engine.wake()
    heard.wait_until_empty()


def test_paused_item_goes_on_without_repeating_text(
    heard: Recorder, library: Library, engine: Engine, recording: Path, whole: list[str]
) -> None:
    (item,) = queue(library, engine, recording)
    heard.wait(LineAdded)
    engine.pause(item.id)
    assert heard.wait(JobStopped) == JobStopped(item_id=item.id, state=ItemState.PAUSED)
    assert library.item(item.id).state is ItemState.PAUSED
    assert 0 < len(texts(library, item)) < len(whole)
    engine.resume(item.id)
    heard.wait(JobFinished)
    assert texts(library, item) == whole


@pytest.mark.parametrize("n_live", [1, 2, 5])
def test_cancel_takes_effect_within_half_a_second(
    heard: Recorder, library: Library, engine: Engine, recording: Path, n_live: int
) -> None:
    (item,) = queue(library, engine, recording)
    heard.wait(LiveText, n_live)
    started = time.process_time()
    engine.cancel(item.id)
    heard.wait(JobStopped)
    assert time.process_time() - started < STOP_S
    assert library.item(item.id).state is ItemState.CANCELLED


def test_cancel_before_the_first_token_takes_effect_within_half_a_second(
    heard: Recorder, library: Library, engine: Engine, recording: Path
) -> None:
    """After the first line the engine is inside encoder or prefill of the next chunk."""
    (item,) = queue(library, engine, recording)
    heard.wait(LineAdded)
    started = time.process_time()
    engine.cancel(item.id)
    heard.wait(JobStopped)
    assert time.process_time() - started < STOP_S
    assert len(texts(library, item)) == 1


def test_waiting_item_that_was_cancelled_is_skipped(
    heard: Recorder, library: Library, engine: Engine, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}.wav" for number in range(3)]
    for path in paths:
        shutil.copy(CLIP, path)
    items = library.add_files(paths, OPTIONS)
    engine.cancel(items[1].id)
    engine.wake()
    heard.wait_until_empty()
    states = [library.item(item.id).state for item in items]
    assert states == [ItemState.DONE, ItemState.CANCELLED, ItemState.DONE]


@pytest.mark.parametrize("n_live", [1, 3])
def test_killed_job_goes_on_from_the_last_segment_without_repeating_text(
    qtbot: QtBot, tmp_path: Path, recording: Path, whole: list[str], n_live: int
) -> None:
    path = tmp_path / "killed.db"
    command = [sys.executable, "-c", CRASH, str(path), str(recording), str(STARTER), str(n_live)]
    killed = subprocess.run(command, cwd=ROOT, check=False, timeout=120)
    assert killed.returncode == -9
    with Library.open(path) as library:
        (item,) = library.recover()
        assert texts(library, item) == whole[:1]
        engine = Engine(library, load_engine)
        finish(qtbot, engine)
        engine.close()
        assert texts(library, item) == whole


def test_closing_during_a_job_leaves_it_to_go_on(
    qtbot: QtBot,
    library: Library,
    make_engine: MakeEngine,
    recording: Path,
    whole: list[str],
) -> None:
    first = make_engine()
    heard = Recorder(qtbot, first.worker)
    (item,) = queue(library, first, recording)
    heard.wait(LineAdded)
    first.close()
    assert library.item(item.id).state is ItemState.RUNNING
    library.recover()
    finish(qtbot, make_engine())
    assert texts(library, item) == whole


def test_close_tells_when_the_thread_goes_on(qtbot: QtBot, make_engine: MakeEngine) -> None:
    began, go_on = threading.Event(), threading.Event()

    def load(options: LoadOptions) -> Transcriber:
        began.set()
        assert go_on.wait(STUCK_S)
        return FakeTranscriber()

    engine = make_engine(load, end_ms=1)
    engine.prepare(OPTIONS)
    assert began.wait(STUCK_S)
    assert not engine.close()
    go_on.set()
    qtbot.waitUntil(engine.close, timeout=60_000)


def test_item_deleted_for_good_while_it_runs_does_not_stop_the_thread(
    heard: Recorder, library: Library, engine: Engine, recording: Path
) -> None:
    item, other = queue(library, engine, recording, CLIP)
    heard.wait(LineAdded)
    engine.cancel(item.id)
    library.purge([item.id])
    heard.wait_until_empty()
    assert [kept.id for kept in library.items()] == [other.id]
    assert library.item(other.id).state is ItemState.DONE
