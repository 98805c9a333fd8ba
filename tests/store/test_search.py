from __future__ import annotations

from collections.abc import Callable

import pytest

from app.store.library import Library
from app.store.types import JobOptions, Line
from app.store.words import make_query, make_snippet
from tests.store.segments import add_item, segment


def check_index(library: Library) -> None:
    """Compare both indexes with the texts; SQLite raises if they differ."""
    with library._write() as connection:
        for index in ("item_index", "line_index"):
            connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")


def found(library: Library, query: str) -> list[int]:
    return [hit.item.id for hit in library.search(query)]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("我们明天下午开会讨论", "开会"),
        ("我们明天下午开会讨论", "会"),
        ("我们明天下午开会讨论", "明天下午开会"),
        ("我们明天下午开会讨论", "讨论 我们"),
        ("用GPU加速推理", "gpu加速"),
        ("用GPU加速推理", "GPU"),
        ("The important Meeting", "meeting"),
        ("The important Meeting", "meet import"),
        ("Un café noir", "CAFE"),
        ("Straße", "stra"),
        ("ＡＢＣ１２３", "abc123"),
        ("今日は会議です", "会議"),
        ("오늘 회의에서", "회의"),
        ("ประชุมวันนี้", "วัน"),
        ("don't stop", "don't"),
        ("version 3.11 is out", "3.11"),
    ],
)
def test_text_is_found(library: Library, text: str, query: str) -> None:
    item, (line,) = add_item(library, text)
    add_item(library, "something else 别的", path="/b.wav")
    (hit,) = library.search(query)
    assert (hit.item, hit.line_id, hit.snippet) == (item, line.id, text)


@pytest.mark.parametrize("query", ["会开", "eting", "tomorrow", "开会 tomorrow"])
def test_text_that_is_not_there_is_not_found(library: Library, query: str) -> None:
    add_item(library, "我们开会 meeting")
    assert found(library, query) == []


@pytest.mark.parametrize("query", ["", "  ", '"', "!!! ?", '""', "*", "（）"])
def test_nothing_to_look_for(library: Library, query: str) -> None:
    add_item(library, 'a "quoted" * line （好）')
    assert make_query(query) == ""
    assert library.search(query) == []


@pytest.mark.parametrize(
    "query", ['"quot', "NEAR(words)", "quoted OR", "words:quoted", "-quoted", "^q*"]
)
def test_operators_have_no_meaning_and_do_no_harm(library: Library, query: str) -> None:
    item, _ = add_item(library, 'near words quoted, or "quot" q')
    assert found(library, query) == [item.id]


def test_title_is_found(library: Library) -> None:
    item, _ = add_item(library, "text", path="/m/周会 interview.mp3")
    (hit,) = library.search("周会")
    assert (hit.item, hit.line_id, hit.snippet) == (item, None, "周会 interview.mp3")
    library.rename(item.id, "renamed")
    assert found(library, "周会") == []
    assert found(library, "renamed") == [item.id]


def test_item_is_one_hit_with_its_first_line(library: Library) -> None:
    item, lines = add_item(library, "no", "word one", "word two", path="/word.wav")
    (hit,) = library.search("word")
    assert (hit.item.id, hit.line_id) == (item.id, lines[1].id)


def test_hits_are_the_newest_first_up_to_the_limit(library: Library) -> None:
    ids = [add_item(library, "word", "word", path=f"/{n}.wav")[0].id for n in range(5)]
    assert found(library, "word") == ids[::-1]
    assert [hit.item.id for hit in library.search("word", limit=2)] == [ids[4], ids[3]]


def test_line_written_later_to_an_old_item_is_its_hit_too(library: Library) -> None:
    old, _ = add_item(library, "other", path="/old.wav")
    new, _ = add_item(library, "word", path="/new.wav")
    library.add_line(old.id, segment("word", 10.0), 20.0)
    assert found(library, "word") == [new.id, old.id]


def test_trash_is_not_searched(library: Library) -> None:
    item, _ = add_item(library, "word", path="/word.wav")
    library.trash([item.id])
    assert found(library, "word") == []
    library.restore([item.id])
    assert found(library, "word") == [item.id]


CHANGES: dict[str, Callable[[Library, list[Line]], object]] = {
    "edit": lambda library, lines: library.edit_line(lines[0].id, "新的 brand"),
    "revert": lambda library, lines: (
        library.edit_line(lines[0].id, "x"),
        library.revert_line(lines[0].id),
    ),
    "times": lambda library, lines: library.set_line_times(lines[0].id, 1, 2),
    "split": lambda library, lines: library.split_line(lines[0].id, 3, 1.0),
    "merge": lambda library, lines: library.merge_lines(lines[0].id, lines[1].id),
    "replace": lambda library, lines: library.replace_lines(lines[0].item_id, lines[1:]),
    "retry": lambda library, lines: (
        library.cancel(lines[0].item_id),
        library.retry(lines[0].item_id),
    ),
    "rename": lambda library, lines: library.rename(lines[0].item_id, "别名"),
    "purge": lambda library, lines: library.purge([lines[0].item_id]),
    "purge all": lambda library, lines: library.purge_all(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_index_stays_in_step(library: Library, change: str) -> None:
    _, lines = add_item(library, "one 你好世界", "two words", "three")
    add_item(library, "other", path="/b.wav")
    CHANGES[change](library, lines)
    check_index(library)


def test_edited_text_is_found_and_the_old_is_not(library: Library) -> None:
    item, (line,) = add_item(library, "旧的 before")
    library.edit_line(line.id, "新的 after")
    assert found(library, "旧的") == found(library, "before") == []
    assert found(library, "新的") == found(library, "after") == [item.id]


def test_snippet_shows_the_found_place() -> None:
    text = "word " * 40 + "needle " + "word " * 40
    snippet = make_snippet(text, "NEEDLE")
    assert snippet.startswith("…word ")
    assert "needle" in snippet
    assert snippet.endswith("…")
    assert len(snippet) < 130
    assert make_snippet("short text", "missing") == "short text"
    assert "针" in make_snippet("字" * 200 + "针" + "字" * 200, "针")


def test_added_items_of_other_options_do_not_matter(library: Library) -> None:
    (item,) = library.add_files(["/q/needle.wav"], JobOptions(context="hidden"))
    assert found(library, "needle") == [item.id]
    assert found(library, "hidden") == []
