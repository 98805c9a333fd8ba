"""Tests of the GUI run without a screen and fail on any warning that Qt logs.

The second half is pytest-qt's ``qt_log_level_fail`` in pyproject.toml. No test may leave a thread
of Qt running: Python collects it in some later test, and Qt aborts them all.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.fonts.warning=false")

from PySide6.QtCore import QCoreApplication, QEvent, QThread
from shiboken6 import isValid

from app.store.library import Library

OURS = {"engine", "background"}


def names_of_threads() -> set[str]:
    """Give the names that the kernel knows; threads inherit them from who starts them."""
    names = set()
    for task in Path("/proc/self/task").glob("*/comm"):
        with suppress(OSError):  # it has ended just now
            names.add(task.read_text().strip())
    return names


def running_threads() -> set[QThread]:
    """Find the QThreads of ours that run; all objects are looked at only if there may be one."""
    if not names_of_threads() & OURS:
        return set()
    found = [item for item in gc.get_objects() if isinstance(item, QThread) and isValid(item)]
    return {thread for thread in found if thread.isRunning() and thread.objectName() in OURS}


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fail where a test leaves a thread of Qt running: Python would collect it, and Qt abort."""
    before = running_threads()
    yield
    assert running_threads() <= before, "close() ends them"


@pytest.fixture(autouse=True)
def no_widget_is_left() -> Iterator[None]:
    """Destroy what pytest-qt only marks: thousands would be restyled by each test of the style."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library of the test's own."""
    with Library.open(tmp_path / "songshu.db") as library:
        yield library
