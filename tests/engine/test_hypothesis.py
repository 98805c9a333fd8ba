"""What becomes of raw model text."""

from __future__ import annotations

import pytest

from app.engine.hypothesis import (
    collapse_repetitions,
    collapse_tail,
    is_looping,
    join_languages,
    join_texts,
    parse_hypothesis,
    visible_text,
)


@pytest.mark.parametrize(
    ("raw", "forced", "expected"),
    [
        ("language English<asr_text>Hello there.", None, ("English", "Hello there.")),
        ("language chinese<asr_text>你好。", None, ("Chinese", "你好。")),
        ("language None<asr_text>", None, ("", "")),
        ("language None<asr_text> well", None, ("", "well")),
        ("language English<asr_text>", None, ("", "")),
        ("no tag at all", None, ("", "no tag at all")),
        ("  Hello.  ", "English", ("English", "Hello.")),
        ("", "English", ("", "")),
        ("", None, ("", "")),
        ("\nlanguage German\n<asr_text> Hallo", None, ("German", "Hallo")),
        ("nonsense<asr_text>text", None, ("", "text")),
        ("language English<asr_text>a <asr_text> b", None, ("English", "a <asr_text> b")),
    ],
)
def test_parse_hypothesis(raw: str, forced: str | None, expected: tuple[str, str]) -> None:
    assert parse_hypothesis(raw, forced) == expected


def test_visible_text_hides_header_and_broken_end() -> None:
    assert visible_text("language Engl") == ""
    assert visible_text("language English<asr_text>Hello") == "Hello"
    assert visible_text("language Chinese<asr_text>你\ufffd") == "你"
    assert visible_text("Hallo", "German") == "Hallo"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 20, "a" * 20),
        ("a" * 21, "a"),
        ("x" + "ha" * 30 + "y", "xhay"),
        ("嗯" * 50 + "好", "嗯好"),
        ("one two " * 25, "one two "),
        ("normal text stays, normal text stays", "normal text stays, normal text stays"),
        ("ab" * 19, "ab" * 19),
        ("", ""),
        ("0123456789012345678" * 20, "0123456789012345678"),
        ("a" * 30 + "bc" * 30 + "de" * 30, "abcde"),
    ],
)
def test_collapse_repetitions(text: str, expected: str) -> None:
    assert collapse_repetitions(text) == expected


@pytest.mark.parametrize("period", [1, 2, 6, 24])
def test_is_looping_repeated_phrase(period: int) -> None:
    assert is_looping([99, 98, *(list(range(period)) * 40)])


def test_is_looping_people_repeat_themselves() -> None:
    assert not is_looping(list(range(100)))
    assert not is_looping([5] * 31)
    assert not is_looping([*range(50), *([1, 2, 3] * 10)])
    assert not is_looping(list(range(24)) * 4)


def test_is_looping_sooner_where_the_budget_ended_it() -> None:
    phrase = [1, 2, 3, 4, 5, 6]
    assert is_looping([99, 98, *(phrase * 3)], is_cut_off=True)
    assert is_looping([99, *(phrase * 3), 1, 2], is_cut_off=True)
    assert not is_looping([99, 98, *(phrase * 3)])
    assert not is_looping([99, 98, *(phrase * 2)], is_cut_off=True)
    assert not is_looping([5] * 11, is_cut_off=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A small red spore. " * 4 + "A small red spore", "A small red spore."),
        ("A spore red spore. A spore red spore. A spore red spore. A sp", "A spore red spore."),
        ("I said: " + "la la la, then " * 3 + "la la la", "I said: la la la, then"),
        ("A spare spore spore spore spore", "A spare spore"),
        ("If we travel, if we travel, if we travel, if", "If we travel,"),
        ("好，你好吗？" + "我好，" * 5, "好，你好吗？我好，"),
        ("我说你好吗" + "说你好吗" * 5 + "说", "我说你好吗"),
        ("I said it twice, twice", "I said it twice, twice"),
        ("nothing", "nothing"),
        ("", ""),
    ],
)
def test_collapse_tail(text: str, expected: str) -> None:
    assert collapse_tail(text) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("English", "One."), ("English", "Two.")], "One. Two."),
        ([("Chinese", "一。"), ("Chinese", "二。")], "一。二。"),
        ([("Chinese", "一。"), ("English", "Two."), ("Chinese", "三。")], "一。 Two. 三。"),
        ([("English", "One."), ("", ""), ("English", "Two.")], "One. Two."),
        ([], ""),
        ([("", "a")], "a"),
    ],
)
def test_join_texts(parts: list[tuple[str, str]], expected: str) -> None:
    assert join_texts(parts) == expected


def test_join_languages_in_order_without_repeats() -> None:
    assert join_languages(["", "English", "", "English", "Chinese", "English"]) == (
        "English,Chinese,English"
    )
    assert join_languages(["", ""]) == ""
