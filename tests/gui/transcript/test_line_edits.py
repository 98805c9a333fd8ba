"""Corrections as pure functions, and as steps that can be undone."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.engine.types import Segment
from app.gui.transcript.editor import TranscriptEditor
from app.gui.transcript.finding import Place, find_all, find_places, replace_all
from app.gui.transcript.line_edits import merged_with_next, nudged, split_at
from app.store.library import Library
from app.store.types import Item, JobOptions

TEXTS = ["Hello there.", "How are you?", "Fine, thank you."]


@pytest.fixture
def item(library: Library) -> Item:
    (item,) = library.add_files(["talk.wav"], JobOptions())
    for number, text in enumerate(TEXTS):
        start_s = 10.0 * number
        segment = Segment(
            start_s=start_s, end_s=start_s + 10, text=text, language="English", avg_logprob=-0.1
        )
        library.add_line(item.id, segment, start_s + 10)
    return library.finish(item.id, language="English", pack="starter", device="CPU", rtf=0.1)


@pytest.fixture
def editor(qapp: QApplication, library: Library, item: Item) -> TranscriptEditor:
    editor = TranscriptEditor(library)
    editor.open(item)
    return editor


def texts(library: Library, item: Item) -> list[str]:
    return [line.text for line in library.lines(item.id)]


def test_text_is_corrected_undone_and_done_again(
    library: Library, item: Item, editor: TranscriptEditor
) -> None:
    line = library.lines(item.id)[1]
    editor.set_text(line.id, "How are they?")
    changed = library.line(line.id)
    assert (changed.text, changed.original_text, changed.edited) == (
        "How are they?",
        "How are you?",
        True,
    )
    editor.stack.undo()
    assert library.line(line.id) == line
    editor.stack.redo()
    assert library.line(line.id) == changed


def test_unchanged_text_is_no_step(library: Library, item: Item, editor: TranscriptEditor) -> None:
    editor.set_text(library.lines(item.id)[0].id, TEXTS[0])
    assert not editor.stack.canUndo()


def test_original_comes_back(library: Library, item: Item, editor: TranscriptEditor) -> None:
    line = library.lines(item.id)[0]
    editor.set_text(line.id, "Wrong")
    editor.restore([line.id])
    assert library.line(line.id) == line


def test_split_and_merge_are_undone_with_the_same_ids(
    library: Library, item: Item, editor: TranscriptEditor
) -> None:
    before = library.lines(item.id)
    editor.split(before[2].id, "Fine, thank you.", 5)
    assert texts(library, item) == [*TEXTS[:2], "Fine,", "thank you."]
    after = library.lines(item.id)
    assert after[2].end_s == after[3].start_s
    assert before[2].start_s < after[2].end_s < before[2].end_s
    editor.merge([after[0].id, after[1].id])
    assert texts(library, item) == ["Hello there. How are you?", "Fine,", "thank you."]
    for _ in range(2):
        editor.stack.undo()
    assert library.lines(item.id) == before
    for _ in range(2):
        editor.stack.redo()
    assert [line.id for line in library.lines(item.id)][1:] == [line.id for line in after][2:]


def test_last_line_has_nothing_to_merge_with(
    library: Library, item: Item, editor: TranscriptEditor
) -> None:
    editor.merge([library.lines(item.id)[-1].id])
    assert texts(library, item) == TEXTS
    assert not editor.stack.canUndo()


def test_start_moves_by_half_a_second_and_the_line_above_follows(
    library: Library, item: Item, editor: TranscriptEditor
) -> None:
    line = library.lines(item.id)[1]
    editor.nudge(line.id, 1)
    above, moved, _ = library.lines(item.id)
    assert (above.end_s, moved.start_s, moved.end_s) == (10.5, 10.5, 20.0)
    editor.nudge(line.id, -1)
    assert library.lines(item.id)[1].start_s == 10.0


def test_start_stays_within_its_neighbours(library: Library, item: Item) -> None:
    lines = library.lines(item.id)
    far = nudged(lines, 1, -100.0)
    assert lines[0].start_s < far[0].end_s == far[1].start_s
    late = nudged(lines, 1, 100.0)
    assert late[1].start_s < late[1].end_s == lines[1].end_s
    assert nudged(lines, 0, -100.0)[0].start_s == 0.0


def test_replacing_everywhere_is_one_step(
    library: Library, item: Item, editor: TranscriptEditor
) -> None:
    editor.replace_everywhere("YOU", "they")
    assert texts(library, item) == ["Hello there.", "How are they?", "Fine, thank they."]
    editor.stack.undo()
    assert texts(library, item) == TEXTS


def test_replacement_is_taken_literally() -> None:
    assert list(find_all("a.b a+b", "a+b")) == [(4, 7)]


def test_replacement_text_may_hold_backslashes(library: Library, item: Item) -> None:
    assert replace_all(library.lines(item.id), "hello", r"\1\g<0>")[0].text == r"\1\g<0> there."


def test_one_place_is_replaced(library: Library, item: Item, editor: TranscriptEditor) -> None:
    places = find_places(library.lines(item.id), "you")
    assert places == [Place(1, 8, 11), Place(2, 12, 15)]
    editor.replace_place(places[1], "us")
    assert texts(library, item)[2] == "Fine, thank us."


def test_lines_of_a_running_item_are_corrected_but_not_reshaped(
    library: Library, editor: TranscriptEditor
) -> None:
    (running,) = library.add_files(["other.wav"], JobOptions())
    library.take_next()
    segment = Segment(start_s=0, end_s=5, text="One two", language="English", avg_logprob=0)
    line = library.add_line(running.id, segment, 5)
    assert line is not None
    editor.open(library.item(running.id))
    editor.split(line.id, "One two", 3)
    assert texts(library, running) == ["One two"]
    editor.set_text(line.id, "One three")
    library.add_line(running.id, segment, 10)
    editor.stack.undo()
    assert texts(library, running) == ["One two", "One two"]


def test_recognising_again_forgets_the_steps(
    library: Library, item: Item, editor: TranscriptEditor
) -> None:
    editor.set_text(library.lines(item.id)[0].id, "x")
    editor.open(library.retry(item.id))
    assert not editor.stack.canUndo()


def test_split_shares_the_original_only_while_it_is_the_text(library: Library, item: Item) -> None:
    first, second = split_at(library.lines(item.id)[:1], 0, 5)
    assert (first.original_text, second.original_text) == ("Hello", "there.")


def test_merging_keeps_both_originals(library: Library, item: Item) -> None:
    assert merged_with_next(library.lines(item.id), 0)[0].original_text == " ".join(TEXTS[:2])
