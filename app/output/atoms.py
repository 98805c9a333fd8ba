"""Cut text into atoms that must not be broken, and measure how wide they are on a screen.

In: any text. Out: ``Atom``: a word with the space before it, a Chinese or Japanese character with
the punctuation that belongs to it, a Thai character with its marks. Cues and lines break only
between atoms.

Rules, by character and not by language, since languages mix: text breaks at spaces and on either
side of a wide character; never before closing punctuation, a combining mark or a small kana, never
after an opening bracket or a Thai vowel that is written before its consonant.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Whole numbers, so that sums are exact: 42 narrow characters fill a line, or 18 wide ones.
NARROW = 3
WIDE = 7
LINE_WIDTH = 42 * NARROW
SENTENCE_END = frozenset(".!?…。！？｡؟।")
CLAUSE_END = frozenset(",;:，、；：､،—–")
CLOSERS = frozenset("\"'”’)]}»›」』）】》〉］｝")
OPENERS = frozenset("“‘([{«‹「『（【《〈［｛¿¡")
SMALL_KANA = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ")
THAI_PREPOSED = frozenset("เแโใไ")
THAI_POSTPOSED = frozenset("ะาำๅ")
THAI = range(0x0E00, 0x0E80)
STICKY = SENTENCE_END | CLAUSE_END | CLOSERS | SMALL_KANA | THAI_POSTPOSED


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of text that stays whole.

    Attributes:
        text: without space.
        width: on the screen; 3 for a narrow character, 7 for a wide one.
        spaced: a space stands before it, unless it begins a line.
        breaks: how well text may end after it: 2 end of a sentence, 1 of a clause, 0 neither.
    """

    text: str
    width: int
    spaced: bool
    breaks: int

    @property
    def full_width(self) -> int:
        """Width with the space before it."""
        return self.width + NARROW * self.spaced


def split_atoms(text: str) -> list[Atom]:
    """Return the atoms of a text, in order."""
    return [
        _atom(piece, spaced=position == 0 and word_index > 0)
        for word_index, word in enumerate(text.split())
        for position, piece in enumerate(_pieces(word))
    ]


def join_atoms(atoms: list[Atom]) -> str:
    """Return the text of neighbouring atoms."""
    return "".join(f" {atom.text}" if atom.spaced else atom.text for atom in atoms).lstrip(" ")


def text_width(text: str) -> int:
    """Return how wide a text is on a screen; marks have no width of their own."""
    return sum(_width(character) for character in text)


def _atom(text: str, *, spaced: bool) -> Atom:
    core = text.rstrip("".join(CLOSERS)) or text
    breaks = 2 if core[-1] in SENTENCE_END else 1 if core[-1] in CLAUSE_END else 0
    return Atom(text, max(1, text_width(text)), spaced, breaks)


def _pieces(word: str) -> Iterator[str]:
    """Cut what stands between two spaces wherever its script allows, and if it exceeds a line."""
    piece = ""
    for character in word:
        if piece and (_may_break(piece[-1], character) or _exceeds_line(piece + character)):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if _sticks_to_the_left(after) or before in OPENERS or before in THAI_PREPOSED:
        return False
    return any(_is_wide(c) or ord(c) in THAI for c in (before, after))


def _exceeds_line(text: str) -> bool:
    return text_width(text) > LINE_WIDTH


def _sticks_to_the_left(character: str) -> bool:
    return character in STICKY or unicodedata.category(character) in ("Mn", "Mc", "Me", "Lm")


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF" and not _is_hangul(character)


def _is_hangul(character: str) -> bool:
    """Tell a Korean syllable: wide, but written in words with spaces between."""
    return "\uac00" <= character <= "\ud7a3"


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return WIDE if unicodedata.east_asian_width(character) in "WF" else NARROW
