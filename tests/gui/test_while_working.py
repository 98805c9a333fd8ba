"""What can be done while the text still comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.threads.events import LineAdded
from app.store.types import ItemState
from tests.gui.bench import Bench, Recorder, long_recording, make_bench, no_size_hints

pytestmark = no_size_hints


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


def test_first_line_can_be_copied_exported_and_reached_by_keys_at_once(
    qtbot: QtBot, bench: Bench, tmp_path: Path
) -> None:
    recording = long_recording(tmp_path / "long.wav", 4)
    desktop = bench.start()
    page = desktop.window.page
    heard = Recorder(qtbot, desktop.engine.worker)
    desktop.window.add_paths([recording])
    heard.wait(LineAdded)
    qtbot.waitUntil(lambda: page.model.line(0) is not None)
    assert bench.item("long.wav").state is ItemState.RUNNING
    for name in ("copy", "copy_times", "export", "find"):
        assert page.toolbar.actions_by_name[name].isEnabled(), name
    assert QApplication.focusWidget() is page.list
