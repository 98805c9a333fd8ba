"""Cut text into atoms that must not be broken, and measure how wide they are on a screen.

In: any text. Out: ``Atom``: a word with the space before it, a Chinese or Japanese character with
the punctuation that belongs to it, a Thai character with its marks. Cues and lines break only
between atoms.

Rules, by character and not by language, since languages mix: text breaks at spaces and on either
side of a wide character; never before closing punctuation, a combining mark or a small kana, never
after an opening bracket or a Thai vowel that is written before its consonant; and never inside an
emoji that is made of several characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

SENTENCE_END = frozenset(".!?…。！？｡؟।")
CLAUSE_END = frozenset(",;:，、；：､،—–")
CLOSERS = frozenset("\"'”’)]}»›」』）】》〉］｝")
OPENERS = frozenset("“‘([{«‹「『（【《〈［｛¿¡")
SMALL_KANA = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ")
THAI_PREPOSED = frozenset("เแโใไ")
THAI_POSTPOSED = frozenset("ะาำๅ")
THAI = range(0x0E00, 0x0E80)
JOINER = "\u200d"  # glues emoji together
SKIN_TONES = frozenset("🏻🏼🏽🏾🏿")
STICKY = SENTENCE_END | CLAUSE_END | CLOSERS | SMALL_KANA | THAI_POSTPOSED | SKIN_TONES | {JOINER}


@dataclass(frozen=True, slots=True)
class Measure:
    """How wide characters and lines are, in whole numbers, so that sums are exact.

    Attributes:
        narrow, wide: width of one character.
        line: width of a line, a multiple of both.
    """

    narrow: int
    wide: int
    line: int

    @classmethod
    def of(cls, latin_chars: int, cjk_chars: int) -> Measure:
        """Measure for lines that hold so many narrow characters, or so many wide ones."""
        unit = gcd(latin_chars, cjk_chars)
        narrow, wide = cjk_chars // unit, latin_chars // unit
        return cls(narrow=narrow, wide=wide, line=latin_chars * narrow)


STANDARD = Measure.of(42, 18)  # 3 for a narrow character, 7 for a wide one, 126 for a line


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of text that stays whole.

    Attributes:
        text: without space.
        width: on the screen.
        space: width of the space before it, which is not shown where it begins a line; 0 for none.
        breaks: how well text may end after it: 2 end of a sentence, 1 of a clause, 0 neither.
    """

    text: str
    width: int
    space: int
    breaks: int

    @property
    def full_width(self) -> int:
        """Width with the space before it."""
        return self.width + self.space


def split_atoms(text: str, measure: Measure = STANDARD) -> list[Atom]:
    """Return the atoms of a text, in order."""
    return [
        _atom(piece, measure, spaced=position == 0 and word_index > 0)
        for word_index, word in enumerate(text.split())
        for position, piece in enumerate(_pieces(word, measure))
    ]


def join_atoms(atoms: list[Atom]) -> str:
    """Return the text of neighbouring atoms."""
    return "".join(f" {atom.text}" if atom.space else atom.text for atom in atoms).lstrip(" ")


def text_width(text: str, measure: Measure = STANDARD) -> int:
    """Return how wide a text is on a screen; marks have no width of their own."""
    return sum(_width(character, measure) for character in text)


def _atom(text: str, measure: Measure, *, spaced: bool) -> Atom:
    core = text.rstrip("".join(CLOSERS)) or text
    breaks = 2 if core[-1] in SENTENCE_END else 1 if core[-1] in CLAUSE_END else 0
    space = measure.narrow if spaced else 0
    return Atom(text, max(1, text_width(text, measure)), space, breaks)


def _pieces(word: str, measure: Measure) -> Iterator[str]:
    """Cut what stands between two spaces wherever its script allows, and if it exceeds a line."""
    piece, width = "", 0
    for character in word:
        width_with = width + _width(character, measure)
        if piece and (_may_break(piece[-1], character) or width_with > measure.line):
            yield piece
            piece, width_with = "", _width(character, measure)
        piece, width = piece + character, width_with
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if _sticks_to_the_left(after) or before in OPENERS or before in THAI_PREPOSED | {JOINER}:
        return False
    return any(_is_wide(c) or ord(c) in THAI for c in (before, after))


def _sticks_to_the_left(character: str) -> bool:
    return character in STICKY or unicodedata.category(character) in ("Mn", "Mc", "Me", "Lm")


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF" and not _is_hangul(character)


def _is_hangul(character: str) -> bool:
    """Tell a Korean syllable: wide, but written in words with spaces between."""
    return "\uac00" <= character <= "\ud7a3"


def _width(character: str, measure: Measure) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    wide = unicodedata.east_asian_width(character) in "WF"
    return measure.wide if wide else measure.narrow
