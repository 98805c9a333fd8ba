"""The text: corrected, split, searched, copied, heard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.engine.types import Segment
from app.gui.threads.events import LiveText
from app.gui.window.main_window import MainWindow
from app.store.types import JobOptions
from tests.gui.bench import Bench, long_recording, no_size_hints
from tests.gui.window.use import add_done, edit_line, press

pytestmark = no_size_hints


def test_line_is_corrected_in_place_and_the_search_finds_it(
    qtbot: QtBot, bench: Bench, window: MainWindow
) -> None:
    lines = window.page.list
    lines.setCurrentIndex(window.page.model.index(1))
    lines.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    editor = lines.findChild(QPlainTextEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, "Where is the walnut?")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    line = bench.lines("first.wav")[1]
    assert (line.text, line.original_text) == ("Where is the walnut?", "How are you?")
    assert [hit.item.title for hit in bench.library.search("walnut")] == ["first.wav"]
    window.page.toolbar.actions_by_name["undo"].trigger()
    assert bench.lines("first.wav")[1].text == "How are you?"


def test_escape_drops_what_was_typed(qtbot: QtBot, bench: Bench, window: MainWindow) -> None:
    editor = edit_line(window, 0)
    qtbot.keyClicks(editor, "nonsense")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert bench.lines("first.wav")[0].text == "Hello squirrel."


def test_line_is_split_where_the_cursor_is(qtbot: QtBot, bench: Bench, window: MainWindow) -> None:
    editor = edit_line(window, 1)
    cursor = editor.textCursor()
    cursor.setPosition(4)
    editor.setTextCursor(cursor)
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    texts = [line.text for line in bench.lines("first.wav")]
    assert texts == ["Hello squirrel.", "How", "are you?", "Fine."]


def test_find_bar_counts_marks_and_replaces(qtbot: QtBot, bench: Bench, window: MainWindow) -> None:
    page = window.page
    page.toolbar.actions_by_name["find"].trigger()
    qtbot.keyClicks(page.find_bar.needle, "e")
    assert page.find_bar._counter.text() == "1 of 4"
    qtbot.keyClick(page.find_bar.needle, Qt.Key.Key_Return)
    assert page.find_bar._counter.text() == "2 of 4"
    page.find_bar.needle.setText("squirrel")
    page.find_bar.put.setText("walnut")
    qtbot.mouseClick(page.find_bar.replace_one, Qt.MouseButton.LeftButton)
    assert bench.lines("first.wav")[0].text == "Hello walnut."
    assert page.find_bar._counter.text() == "Not found"
    qtbot.keyClick(page.find_bar.needle, Qt.Key.Key_Escape)
    assert not page.find_bar.isVisible()


def test_copy_with_and_without_times(window: MainWindow) -> None:
    actions, clipboard = window.page.toolbar.actions_by_name, QGuiApplication.clipboard()
    actions["copy"].trigger()
    assert clipboard.text() == "Hello squirrel.\nHow are you?\nFine."
    actions["copy_times"].trigger()
    assert clipboard.text().splitlines()[1] == "0:05\tHow are you?"


def test_click_on_a_word_plays_from_there(window: MainWindow) -> None:
    page = window.page
    rect = page.list.visualRect(page.model.index(1))
    text = page.list.delegate._text_rect(rect, page.list.font())
    delegate, font = page.list.delegate, page.list.font()
    start = delegate.character_at("How are you?", rect, font, text.topLeft() + QPoint(1, 5))
    later = delegate.character_at("How are you?", rect, font, text.topLeft() + QPoint(60, 5))
    assert start == 0 < later
    positions: list[float] = []
    window.play_requested.connect(lambda _item_id, position_s: positions.append(position_s))
    page.on_played(1, start)
    page.on_played(1, later)
    assert positions[0] == 5.0 < positions[1] < 10.0


@pytest.mark.parametrize(
    ("modifier", "plays"),
    [
        (Qt.KeyboardModifier.NoModifier, True),
        (Qt.KeyboardModifier.ControlModifier, False),
        (Qt.KeyboardModifier.ShiftModifier, False),
    ],
)
def test_lines_are_chosen_together_without_playing_them(
    qtbot: QtBot, window: MainWindow, modifier: Qt.KeyboardModifier, plays: bool
) -> None:
    lines = window.page.list
    lines.setCurrentIndex(window.page.model.index(0))
    played: list[int] = []
    lines.played.connect(lambda row, _character: played.append(row))
    where = lines.visualRect(window.page.model.index(1)).center()
    qtbot.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, modifier, where)
    assert played == ([1] if plays else [])
    assert lines.chosen_rows() == ([1] if plays else [0, 1])


def test_half_a_second_by_keys(qtbot: QtBot, bench: Bench, window: MainWindow) -> None:
    window.page.list.setCurrentIndex(window.page.model.index(1))
    window.page.list.setFocus()
    press(qtbot, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert bench.lines("first.wav")[1].start_s == 5.5


def test_view_follows_new_text_until_somebody_scrolls(bench: Bench, window: MainWindow) -> None:
    page, view = window.page, window.page.list
    (item,) = bench.library.add_files(["talk.wav"], JobOptions())
    assert bench.library.take_next() is not None
    for number in range(100):
        segment = Segment(
            start_s=number, end_s=number + 1, text="text", language="English", avg_logprob=0
        )
        bench.library.add_line(item.id, segment, number + 1)
    window.show_item(item.id)
    assert page.item is not None
    live = LiveText(item_id=page.item.id, start_s=0, end_s=1, text="coming")
    page.on_live_text_changed(live)
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.setValue(10)
    page.on_live_text_changed(replace(live, text="coming on"))
    assert bar.value() == 10
    assert view.latest.isVisible()
    view.latest.click()
    assert bar.value() == bar.maximum()
    assert not view.latest.isVisible()


def test_space_in_the_list_is_left_to_the_player(window: MainWindow) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    window.page.list.keyPressEvent(event)
    assert not event.isAccepted()


def test_click_plays_from_there_and_the_heard_line_is_marked(
    qtbot: QtBot, bench: Bench, tmp_path: Path
) -> None:
    recording = long_recording(tmp_path / "long.wav", 1)
    desktop = bench.start(with_model=False)
    item = add_done(bench.library, str(recording), "One.", "Two.", "Three.")
    desktop.window.sidebar.reload()
    desktop.window.show_item(item.id)
    assert desktop.player.isVisible()
    desktop.window.page.on_played(1, 0)
    qtbot.waitUntil(lambda: bench.sink.is_running)

    def heard() -> bool:
        bench.sink.take(480)
        return desktop.window.page.list.delegate.playing_row == 1

    qtbot.waitUntil(heard)
    assert desktop.player.current_position() >= 5.0
    desktop.window.show_idle()
    qtbot.waitUntil(lambda: not desktop.player.is_playing)
    assert not desktop.player.isVisible()


def test_words_that_are_shown_stay_when_their_page_is_shown_again(
    bench: Bench, window: MainWindow
) -> None:
    """As at the end of a recording: only then it can be played."""
    (item,) = bench.library.add_files(["talk.wav"], JobOptions())
    assert bench.library.take_next() is not None
    window.show_item(item.id)
    live = LiveText(item_id=item.id, start_s=0, end_s=1, text="It was raining", n_settled=6)
    window.page.on_live_text_changed(live)
    window.show_item(item.id)
    assert window.page.model.live == live
    window.show_item(bench.item("first.wav").id)
    assert window.page.model.live is None
