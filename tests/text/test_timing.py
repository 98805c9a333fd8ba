"""Timing: every word gets its share of the time."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.text.timing import index_at, time_at, word_times


def words(text: str) -> list[str]:
    return [text[word.start : word.end] for word in word_times(text, 0, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, dear  world!", ["Hello,", "dear", "world!"]),
        ("你好，世界。", ["你", "好，", "世", "界。"]),
        ("他说：“好的”", ["他", "说：", "“好", "的”"]),
        ("用Python 3吧", ["用", "Python", "3", "吧"]),
        ("안녕하세요 여러분", ["안녕하세요", "여러분"]),
        ("こんにちは", ["こ", "ん", "に", "ち", "は"]),
        (" \n", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["Hello, dear world!", "你好，世界。Hello", "e\u0301a b"])
def test_words_cover_the_time_without_gap(text: str) -> None:
    times = word_times(text, 10, 13)
    assert times[0].start_s == 10
    assert times[-1].end_s == pytest.approx(13)
    assert all(a.end_s == b.start_s and a.start_s < a.end_s for a, b in pairwise(times))


def test_time_is_shared_by_length() -> None:
    first, second, third = word_times("aaaa aaaaaaaa 好", 0, 14.5)
    assert (first.end_s, second.end_s, third.end_s) == (4, 12, 14.5)


def test_click_between_words_takes_the_next() -> None:
    assert time_at("aaaa bbbb", 1, 0, 8) == 0
    assert time_at("aaaa bbbb", 4, 0, 8) == 4
    assert time_at("aaaa bbbb", 8, 0, 8) == 4
    assert time_at("aaaa ", 5, 0, 8) == 8


def test_word_at_a_time() -> None:
    assert index_at("aaaa bbbb", 3.9, 0, 8) == (0, 4)
    assert index_at("aaaa bbbb", 4, 0, 8) == (5, 9)
    assert index_at("aaaa bbbb", 8, 0, 8) is None
    assert index_at("", 0, 0, 8) is None


def test_no_time_gives_no_error() -> None:
    assert {(word.start_s, word.end_s) for word in word_times("a b c", 5, 5)} == {(5, 5)}
