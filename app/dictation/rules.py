"""What is put between utterances, and after the last: a space, nothing, or a new line.

Only what we ourselves inserted is known, never what stands in the other program. So the rules look
at the end of the last insertion and at the beginning of the next: Latin words need a space between
them, Chinese and Japanese need none, and signs that close or open a phrase decide for themselves.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

_NO_SPACE_BEFORE = frozenset(".,;:!?%)]}’”…，。；：！？、）】」』》")
_NO_SPACE_AFTER = frozenset("([{‘“（【「『《\n\t ")
_UNSPACED = (  # scripts that put no space between words: first and last code point
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3000, 0x30FF),  # signs, Hiragana, Katakana
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF00, 0xFF65),  # full-width signs
    (0x20000, 0x3FFFF),
)


class Ending(StrEnum):
    """What follows the last utterance of a dictation."""

    SPACE = "space"  # where the script uses spaces, so that the next dictation can follow
    NOTHING = "nothing"
    LINE = "line"


def between(before: str, after: str) -> str:
    """Give what belongs between two insertions.

    Args:
        before: what was inserted last; "" at the beginning of a dictation.
        after: what comes now.

    Returns:
        " " or "".
    """
    if not before or not after:
        return ""
    last, first = before[-1], after[0]
    if last in _NO_SPACE_AFTER or first.isspace() or first in _NO_SPACE_BEFORE:
        return ""
    if is_unspaced(last) or is_unspaced(first):
        return ""
    return " "


def after_last(text: str, ending: Ending) -> str:
    """Give what follows a dictation; nothing after no text."""
    if not text or ending is Ending.NOTHING:
        return ""
    if ending is Ending.LINE:
        return "" if text.endswith("\n") else "\n"
    return between(text, "x")


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script without spaces; marks count with what they mark."""
    code = ord(character)
    if unicodedata.category(character).startswith("M") and code < 0x3000:
        return any(low <= code <= high for low, high in _UNSPACED[:3])
    return any(low <= code <= high for low, high in _UNSPACED)
