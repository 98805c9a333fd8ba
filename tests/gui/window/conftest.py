"""A window with two transcripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.gui.window.main_window import MainWindow
from tests.gui.bench import Bench, make_bench
from tests.gui.window.use import add_done


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


@pytest.fixture
def window(bench: Bench) -> MainWindow:
    """A window with two transcripts, and no model."""
    window = bench.start(with_model=False).window
    add_done(bench.library, "first.wav", "Hello squirrel.", "How are you?", "Fine.")
    add_done(bench.library, "second.wav", "Another text.")
    window.sidebar.reload()
    window.show_item(bench.item("first.wav").id)
    return window
