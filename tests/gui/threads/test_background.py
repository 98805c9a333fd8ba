"""Work in the background reports, fails, stops and ends with its owner."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.engine.cancel import CancelToken
from app.errors import PackNotFoundError
from app.gui.threads.background import BackgroundTask, Progress


@pytest.fixture
def task(qtbot: QtBot) -> Iterator[BackgroundTask]:
    task = BackgroundTask()
    yield task
    task.close()


def until_cancelled(on_progress: Progress, cancel: CancelToken) -> None:
    while True:
        on_progress(1, 2)


def test_work_runs_elsewhere_and_its_result_comes_back(qtbot: QtBot, task: BackgroundTask) -> None:
    with qtbot.waitSignal(task.finished) as end:
        task.start(lambda progress, cancel: threading.get_ident())
        assert task.is_running
    assert end.args[0] != threading.get_ident()
    assert not task.is_running


def test_progress_is_a_share(qtbot: QtBot, task: BackgroundTask) -> None:
    with qtbot.waitSignal(task.progressed) as told:
        task.start(lambda progress, cancel: progress(1 << 40, 1 << 41))
    assert told.args == [0.5]


def test_error_comes_back_and_the_next_work_runs(qtbot: QtBot, task: BackgroundTask) -> None:
    def fail(progress: Progress, cancel: CancelToken) -> None:
        raise PackNotFoundError(Path("x"))

    with qtbot.waitSignal(task.failed) as end:
        task.start(fail)
    assert isinstance(end.args[0], PackNotFoundError)
    with qtbot.waitSignal(task.finished):
        task.start(lambda progress, cancel: None)


def test_cancel_stops_running_work(qtbot: QtBot, task: BackgroundTask) -> None:
    task.start(until_cancelled)
    with qtbot.waitSignal(task.cancelled):
        task.cancel()
    assert not task.is_running


def test_close_stops_running_work_without_a_signal(qtbot: QtBot, task: BackgroundTask) -> None:
    task.start(until_cancelled)
    with qtbot.assertNotEmitted(task.cancelled):
        task.close()
    assert not task.is_running


def test_nothing_begins_after_close(qtbot: QtBot, task: BackgroundTask) -> None:
    """A message that was under way may ask for work when nobody is left to end the thread."""
    begun: list[int] = []
    task.close()
    task.start(lambda progress, cancel: begun.append(1))
    assert not task.is_running
    assert task._thread is None
    assert begun == []
