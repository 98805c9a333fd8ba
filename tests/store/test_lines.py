from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import ItemNotFoundError, LineNotFoundError
from app.store.library import Library
from app.store.types import NEW, Line
from tests.store.segments import add_item, segment


def texts(library: Library, item_id: int) -> list[str]:
    lines = library.lines(item_id)
    assert [line.index for line in lines] == list(range(len(lines)))
    return [line.text for line in lines]


def test_added_line_comes_with_the_progress(library: Library) -> None:
    item, _ = add_item(library)
    line = library.add_line(item.id, segment("你好", 5.0, language="Chinese"), 15.0)
    assert line is not None
    assert library.lines(item.id) == [line]
    assert (line.index, line.start_s, line.end_s, line.language) == (0, 5.0, 15.0, "Chinese")
    assert (line.text, line.original_text, line.edited) == ("你好", "你好", False)
    assert line.avg_logprob == -0.25
    assert library.item(item.id).done_s == 15.0


def test_segment_without_speech_only_moves_the_progress(library: Library) -> None:
    item, _ = add_item(library)
    assert library.add_line(item.id, segment(""), 10.0) is None
    assert library.lines(item.id) == []
    assert library.item(item.id).done_s == 10.0


def test_line_for_a_purged_item_is_refused(library: Library) -> None:
    item, _ = add_item(library)
    library.purge([item.id])
    with pytest.raises(ItemNotFoundError):
        library.add_line(item.id, segment("late"), 10.0)


def test_edit_keeps_the_original_and_can_be_reverted(library: Library) -> None:
    item, (line, _) = add_item(library, "helo", "there")
    edited = library.edit_line(line.id, "hello")
    assert (edited.text, edited.original_text, edited.edited) == ("hello", "helo", True)
    assert library.revert_line(line.id) == line
    library.edit_line(line.id, "hello")
    assert library.revert_lines(item.id)[0] == line


def test_times_can_be_moved(library: Library) -> None:
    _, (line,) = add_item(library, "hello")
    assert library.set_line_times(line.id, 0.5, 9.5) == replace(line, start_s=0.5, end_s=9.5)


@pytest.mark.parametrize("span", [(-0.5, 3.0), (4.0, 3.0)])
def test_times_that_are_no_span_are_refused(library: Library, span: tuple[float, float]) -> None:
    _, (line,) = add_item(library, "hello")
    with pytest.raises(ValueError, match="span"):
        library.set_line_times(line.id, *span)


def test_split_cuts_text_original_and_time(library: Library) -> None:
    item, (line, _) = add_item(library, "hello there", "last")
    first, second = library.split_line(line.id, 5, 4.0)
    assert texts(library, item.id) == ["hello", "there", "last"]
    assert first.id == line.id
    assert (first.start_s, first.end_s, second.start_s, second.end_s) == (0.0, 4.0, 4.0, 10.0)
    assert (first.original_text, second.original_text) == ("hello", "there")
    assert not first.edited
    assert not second.edited


def test_split_of_an_edited_line_keeps_the_original_whole(library: Library) -> None:
    _, (line,) = add_item(library, "helo there")
    library.edit_line(line.id, "hello there")
    first, second = library.split_line(line.id, 6, 4.0)
    assert (first.original_text, second.original_text) == ("helo there", "")


def test_split_keeps_the_time_within_the_line(library: Library) -> None:
    _, (line,) = add_item(library, "hello there")
    first, second = library.split_line(line.id, 5, 99.0)
    assert (first.end_s, second.start_s, second.end_s) == (10.0, 10.0, 10.0)


@pytest.mark.parametrize("at_char", [-1, 6])
def test_split_outside_the_text_is_refused(library: Library, at_char: int) -> None:
    _, (line,) = add_item(library, "hello")
    with pytest.raises(ValueError, match="cut"):
        library.split_line(line.id, at_char, 5.0)


def test_merge_joins_as_the_language_needs(library: Library) -> None:
    item, (a, b, _) = add_item(library, "hello", "there", "last")
    line = library.merge_lines(a.id, b.id)
    assert texts(library, item.id) == ["hello there", "last"]
    assert (line.id, line.start_s, line.end_s, line.edited) == (a.id, 0.0, 20.0, False)

    chinese, _ = add_item(library, path="/zh.wav")
    for n, text in enumerate(["你好", "世界"]):
        library.add_line(chinese.id, segment(text, 10.0 * n, language="Chinese"), 10.0)
    c, d = library.lines(chinese.id)
    assert library.merge_lines(c.id, d.id).text == "你好世界"


def test_merge_undoes_a_split(library: Library) -> None:
    item, lines = add_item(library, "hello there", "last")
    first, second = library.split_line(lines[0].id, 5, 4.0)
    library.merge_lines(first.id, second.id)
    assert library.lines(item.id) == lines


def test_merge_of_lines_that_do_not_follow_is_refused(library: Library) -> None:
    _, (a, b, c) = add_item(library, "a", "b", "c")
    _, (other,) = add_item(library, "d", path="/b.wav")
    for first, second in [(a, c), (b, a), (a, a), (a, other)]:
        with pytest.raises(ValueError, match="does not follow"):
            library.merge_lines(first.id, second.id)


def test_replace_lines_undoes_anything(library: Library) -> None:
    item, before = add_item(library, "hello there", "second", "third")
    library.split_line(before[0].id, 5, 4.0)
    library.edit_line(before[1].id, "changed")
    library.merge_lines(before[1].id, before[2].id)
    after = library.lines(item.id)
    assert library.replace_lines(item.id, before) == before
    assert library.lines(item.id) == before
    assert library.replace_lines(item.id, after) == after


def test_replace_lines_gives_new_lines_an_id(library: Library) -> None:
    item, (line,) = add_item(library, "old")
    made = replace(line, id=NEW, index=9, text="new", original_text="new")
    first, second = library.replace_lines(item.id, [made, line])
    assert (first.text, second.text, second.id) == ("new", "old", line.id)
    assert (first.index, second.index) == (0, 1)
    assert first.id not in (NEW, line.id)


def test_replace_lines_of_an_unknown_item(library: Library) -> None:
    with pytest.raises(ItemNotFoundError):
        library.replace_lines(7, [])


@pytest.mark.parametrize("call", ["line", "revert_line"])
def test_unknown_line(library: Library, call: str) -> None:
    with pytest.raises(LineNotFoundError) as caught:
        getattr(library, call)(7)
    assert caught.value.line_id == 7


def test_text_that_is_not_unicode_is_cleaned(library: Library) -> None:
    item, (line,) = add_item(library, "a\ud800b")
    assert line.text == line.original_text == "a?b"
    assert library.edit_line(line.id, "\udfff!").text == "?!"
    assert texts(library, item.id) == ["?!"]


def test_line_that_ends_before_it_starts_is_refused(library: Library) -> None:
    _, (line,) = add_item(library, "a")
    with pytest.raises(ValueError, match="ends before"):
        Line(**{**_values(line), "start_s": 11.0})


def _values(line: Line) -> dict[str, object]:
    return {name: getattr(line, name) for name in Line.__slots__}
