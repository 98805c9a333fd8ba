"""A file with damaged sound is recognised, and the window says so as long as its text is there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.audio.facts import (
    AudioWarning,
    DamagedPackets,
    LostSound,
    NonFiniteSamples,
    TruncatedTail,
)
from app.gui.window.main_window import MainWindow
from tests.gui.bench import Bench
from tests.gui.window.use import add_done

FACTS = {"language": "English", "pack": "starter", "device": "CPU", "rtf": 0.1}


@pytest.mark.parametrize(
    ("warning", "words"),
    [
        (TruncatedTail(2.5), "ends too early"),
        (LostSound(0.4), "missing in the middle"),
        (DamagedPackets(3), "damaged in places"),
        (NonFiniteSamples(3), "damaged in places"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_text_and_list_tell_of_it(
    bench: Bench, window: MainWindow, warning: AudioWarning, words: str
) -> None:
    item = add_done(bench.library, "cut.mp3", "Hello.")
    told = (type(warning).__name__, str(warning))
    bench.library.finish(item.id, **FACTS, warning=told)  # type: ignore[arg-type]
    window.refresh_item(item.id)
    window.show_item(item.id)
    assert window.page.notice.isVisible()
    assert words in window.page.notice.text()
    row = window.sidebar.model.row_of(item.id)
    assert row is not None
    index = window.sidebar.model.index(row)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert "Damaged file" in window.sidebar.model.data(index, role)
    window.show_item(bench.item("first.wav").id)
    assert not window.page.notice.isVisible()


def test_it_is_told_in_chinese(qtbot: QtBot, bench: Bench, window: MainWindow) -> None:
    assert bench.desktop is not None
    item = add_done(bench.library, "cut.mp3", "Hello.")
    told = ("TruncatedTail", "ends too early")
    bench.library.finish(item.id, **FACTS, warning=told)  # type: ignore[arg-type]
    window.show_item(item.id)
    settings = bench.desktop.settings
    settings.change(replace(settings.settings, ui_language="zh_CN"))
    qtbot.waitUntil(lambda: "文件提前结束" in window.page.notice.text())
    settings.change(replace(settings.settings, ui_language="en"))
    qtbot.waitUntil(lambda: "ends too early" in window.page.notice.text())
