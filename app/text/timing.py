"""Guess when each word of a segment is said, so that a click on a word plays from there.

In: a text and its times. Out: spans of characters with times. No aligner is asked: speech runs at a
roughly even rate, so time is shared out by the length of words, where a Chinese character, a
syllable of its own, counts as much as two and a half Latin letters, and punctuation as a breath.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

LETTER = 1.0
SYLLABLE = 2.5  # a Chinese character, a kana, a Korean syllable
BREATH = 1.5  # punctuation
OPENERS = frozenset("([{<“‘「『（《【〈")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTime:
    """One word, or one Chinese character.

    Attributes:
        start, end: characters of the text; what stands between words belongs to none.
        start_s, end_s: in the source, in seconds.
    """

    start: int
    end: int
    start_s: float
    end_s: float


def word_times(text: str, start_s: float, end_s: float) -> list[WordTime]:
    """Return the words of a text, in order, with times between the two."""
    spans = list(_spans(text))
    weights = [sum(_weight(character) for character in text[a:b]) for a, b in spans]
    total = sum(weights)
    edges = [0.0, *accumulate(weights)]
    s_per_weight = (end_s - start_s) / total if total else 0.0
    return [
        WordTime(
            start=span[0],
            end=span[1],
            start_s=start_s + before * s_per_weight,
            end_s=start_s + after * s_per_weight,
        )
        for span, before, after in zip(spans, edges, edges[1:], strict=False)
    ]


def time_at(text: str, index: int, start_s: float, end_s: float) -> float:
    """Return when the word at a character begins; between words, the next one."""
    for word in word_times(text, start_s, end_s):
        if index < word.end:
            return word.start_s
    return end_s


def index_at(text: str, time_s: float, start_s: float, end_s: float) -> tuple[int, int] | None:
    """Return the span of the word that is said at a time; None if nothing is."""
    for word in word_times(text, start_s, end_s):
        if word.start_s <= time_s < word.end_s:
            return word.start, word.end
    return None


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for index, character in enumerate(text):
        if start is not None and (character.isspace() or _parts(text[index - 1], character)):
            yield start, index
            start = None
        if start is None and not character.isspace():
            start = index
    if start is not None:
        yield start, len(text)


def _parts(before: str, after: str) -> bool:
    """Tell whether two neighbours belong to two words; punctuation goes with what it touches."""
    if _is_syllable(after) or after in OPENERS:
        return before not in OPENERS
    return _is_syllable(before) and after.isalnum()


def _is_syllable(character: str) -> bool:
    """Tell Chinese characters and kana; Korean is written in words."""
    is_wide = unicodedata.east_asian_width(character) == "W"
    return is_wide and character.isalpha() and not "\uac00" <= character <= "\ud7a3"


def _weight(character: str) -> float:
    category = unicodedata.category(character)
    if category[0] == "M" or category == "Cf":
        return 0.0
    if category[0] == "P":
        return BREATH
    return SYLLABLE if unicodedata.east_asian_width(character) in "WF" else LETTER
