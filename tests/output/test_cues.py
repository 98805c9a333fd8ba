"""Cues: readable lengths, sensible breaks, nothing lost."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest

from app.output.atoms import join_atoms, split_atoms, text_width
from app.output.cues import Cue, CueOptions, break_lines, make_cues, split_segment
from tests.output.samples import CHINESE, ENGLISH, TEXTS, segment


def n_columns(line: str) -> float:
    """Count as the rule does: 42 narrow or 18 wide characters a line."""
    return sum(42 / 18 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("duration_s", [5.0, 15.0, 30.0])
def test_cues_fit_the_screen(name: str, duration_s: float) -> None:
    for cue in split_segment(segment(TEXTS[name], 0, duration_s)):
        assert 1 <= len(cue.lines) <= 2
        assert all(0 < n_columns(line) <= 42.001 for line in cue.lines)


@pytest.mark.parametrize("name", TEXTS)
def test_cues_lose_nothing(name: str) -> None:
    cues = split_segment(segment(TEXTS[name], 0, 20))
    shown = "".join("".join(cue.lines) for cue in cues)
    assert shown.replace(" ", "") == TEXTS[name].replace(" ", "")


@pytest.mark.parametrize(("name", "duration_s"), [("English", 16.0), ("Chinese", 20.0)])
def test_cues_last_one_to_seven_seconds(name: str, duration_s: float) -> None:
    for cue in split_segment(segment(TEXTS[name], 100, 100 + duration_s)):
        assert 1 <= cue.end_s - cue.start_s <= 7.2


def test_cues_cover_the_segment_without_gap() -> None:
    cues = split_segment(segment(ENGLISH, 100, 120))
    assert cues[0].start_s == 100
    assert cues[-1].end_s == pytest.approx(120)
    assert all(a.end_s == b.start_s for a, b in pairwise(cues))


def test_cues_share_time_by_width() -> None:
    first, second = split_segment(segment("One two three four. " + "One two three four.", 0, 13))
    assert first.end_s == pytest.approx(6.5, abs=0.3)
    assert second.lines == ("One two three four.",)


def test_cues_end_at_punctuation() -> None:
    cues = split_segment(segment(CHINESE, 0, 24))
    assert sum(cue.lines[-1][-1] in "。，？：" for cue in cues) >= len(cues) - 1
    cues = split_segment(segment(ENGLISH, 0, 24))
    assert sum(cue.lines[-1][-1] in ".,?;" for cue in cues) >= len(cues) - 2


def test_cues_of_text_that_fits_are_one() -> None:
    (cue,) = split_segment(segment("Yes, that is right.", 3, 5))
    assert (cue.start_s, cue.end_s, cue.lines) == (3, 5, ("Yes, that is right.",))


@pytest.mark.parametrize("text", ["", "  \n "])
def test_cues_of_no_text_are_none(text: str) -> None:
    assert make_cues([segment(text)]) == []


def test_cues_of_a_word_longer_than_a_line() -> None:
    cues = split_segment(segment("See https://example.org/" + "a" * 200 + " now", 0, 9))
    assert max(n_columns(line) for cue in cues for line in cue.lines) <= 42
    assert sum(line.count("a") for cue in cues for line in cue.lines) == 200 + "example".count("a")


def test_cues_of_a_segment_without_length() -> None:
    cues = split_segment(segment(ENGLISH, 5, 5))
    assert {(cue.start_s, cue.end_s) for cue in cues} == {(5, 5)}


def test_short_cue_stays_a_second() -> None:
    (cue,) = make_cues([segment("Yes.", 2, 2.3)])
    assert cue.end_s == 3


def test_short_cue_does_not_overlap_the_next() -> None:
    first, second = make_cues([segment("Yes.", 2, 2.3), segment("No, not at all.", 2.5, 5)])
    assert (first.end_s, second.start_s) == (2.5, 2.5)


def test_break_lines_are_even() -> None:
    first, second = break_lines(
        split_atoms("one two three four five six seven eight nine ten eleven")
    )
    assert abs(len(first) - len(second)) <= 6


def test_atoms_keep_punctuation_and_words() -> None:
    texts = [atom.text for atom in split_atoms("他说：“好的。”用Python 3.5吧！")]
    assert texts == ["他", "说：", "“好", "的。”", "用", "Python", "3.5", "吧！"]


def test_atoms_keep_thai_clusters_and_small_kana() -> None:
    assert [atom.text for atom in split_atoms("เก้าโมง")] == ["เก้า", "โม", "ง"]
    assert [atom.text for atom in split_atoms("しょうコーヒー")] == ["しょ", "う", "コー", "ヒー"]


@pytest.mark.parametrize("name", TEXTS)
def test_atoms_join_to_the_text(name: str) -> None:
    assert join_atoms(split_atoms(TEXTS[name])) == TEXTS[name]


def test_atoms_know_where_sentences_end() -> None:
    breaks = {atom.text: atom.breaks for atom in split_atoms('He said, "Stop." 好的。是，')}
    assert (breaks["He"], breaks["said,"], breaks['"Stop."'], breaks["的。"]) == (0, 1, 2, 2)


@pytest.mark.parametrize(("text", "width"), [("a" * 42, 126), ("好" * 18, 126), ("e\u0301", 3)])
def test_text_width(text: str, width: int) -> None:
    assert text_width(text) == width


def test_atoms_keep_emoji_whole() -> None:
    emoji = ["👨‍👩‍👧‍👦", "👋🏽", "👍", "🏳️‍🌈"]
    assert [atom.text for atom in split_atoms("".join(emoji))] == emoji


# --- options


def columns_of(cues: list[Cue]) -> float:
    return max(text_width(line) / 3 for cue in cues for line in cue.lines)


@pytest.mark.parametrize("latin_chars", [20, 32, 60])
def test_line_width_is_a_choice(latin_chars: int) -> None:
    options = CueOptions(latin_chars=latin_chars, cjk_chars=18)
    cues = split_segment(segment(ENGLISH, 0, 20), options)
    assert max(len(line) for cue in cues for line in cue.lines) in range(
        latin_chars - 8, latin_chars + 1
    )
    assert " ".join(line for cue in cues for line in cue.lines) == ENGLISH


@pytest.mark.parametrize("cjk_chars", [10, 13, 25])
def test_chinese_line_width_is_a_choice(cjk_chars: int) -> None:
    cues = split_segment(segment("会议预算" * 40, 0, 40), CueOptions(cjk_chars=cjk_chars))
    assert max(len(line) for cue in cues for line in cue.lines) <= cjk_chars
    assert "".join(line for cue in cues for line in cue.lines) == "会议预算" * 40


@pytest.mark.parametrize("n_lines", [1, 2, 3])
@pytest.mark.parametrize("name", TEXTS)
def test_number_of_lines_is_a_choice(name: str, n_lines: int) -> None:
    options = CueOptions(n_lines=n_lines, max_s=60)
    cues = split_segment(segment(TEXTS[name] * 4, 0, 20), options)
    assert max(len(cue.lines) for cue in cues) == n_lines
    assert columns_of(cues) <= 42
    shown = "".join("".join(cue.lines) for cue in cues)
    assert shown.replace(" ", "") == (TEXTS[name] * 4).replace(" ", "")


def test_three_lines_are_even() -> None:
    lines = break_lines(split_atoms("one two three four five " * 5), CueOptions(n_lines=3))
    assert len(lines) == 3
    assert max(map(len, lines)) - min(map(len, lines)) <= 8


def test_longest_time_is_a_choice() -> None:
    long = split_segment(segment(ENGLISH, 0, 24), CueOptions(max_s=12))
    short = split_segment(segment(ENGLISH, 0, 24), CueOptions(max_s=3))
    assert max(cue.end_s - cue.start_s for cue in short) <= 3.2
    assert len(long) < len(short)


def test_shortest_time_is_a_choice() -> None:
    (cue,) = make_cues([segment("Yes.", 2, 2.3)], CueOptions(min_s=2.5))
    assert cue.end_s == 4.5
    (cue,) = make_cues([segment("Yes.", 2, 2.3)], CueOptions(min_s=0))
    assert cue.end_s == 2.3


def test_breaking_at_punctuation_is_a_choice() -> None:
    def n_at_punctuation(options: CueOptions) -> int:
        cues = split_segment(segment(ENGLISH, 0, 24), options)
        return sum(cue.lines[-1][-1] in ".,?;" for cue in cues)

    assert n_at_punctuation(CueOptions()) > n_at_punctuation(CueOptions(break_at_punctuation=False))


def test_times_that_a_person_made_overlap_are_mended() -> None:
    first, second = make_cues([segment("One.", 0, 5), segment("Two.", 3, 6)])
    assert (first.end_s, second.start_s) == (3, 3)


@pytest.mark.parametrize(
    "wrong",
    [{"latin_chars": 7}, {"latin_chars": 201}, {"cjk_chars": 3}, {"cjk_chars": 101},
     {"n_lines": 0}, {"n_lines": 4}, {"min_s": -1}, {"min_s": 8}, {"min_s": 0, "max_s": 0}],
)  # fmt: skip
def test_impossible_rules_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"line|lines|cue"):
        CueOptions(**wrong)
