"""Find numbers in English text and write them in digits.

text2num finds and converts, and this module decides what to believe. Left to itself the library
makes "a 1000000" of "a million", "100 of people" of "hundreds of people", "19 84" of a year and
"102 100" of "one hundred and two hundred". What stays in words:

- numbers below ten, but in decimals and before "percent";
- neighbours without punctuation that are neither a year nor four digits or more of a code;
- what is less than exact: "a million", "several hundred", "two and a half thousand", "thirds";
- ordinals with "second" that may be a time ("a thirty second break").

"million" and above stay as words: "2 million".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+")
_MAGNITUDES = frozenset({"hundred", "thousand", "million", "billion", "trillion"})
_LARGE = ("million", "billion", "trillion")
_VAGUE_BEFORE = frozenset(
    {"oh", "o", "point", "half", "quarter", "several", "few", "many", "couple", "dozen"}
)
_VAGUE_AFTER = frozenset(
    {"oh", "o", "point", "past", "twenties", "thirties", "forties", "fifties", "sixties",
     "seventies", "eighties", "nineties", "hundreds", "thousands", "millions", "odd", "something"}
)  # fmt: skip
_CENTURIES = frozenset({18, 19, 20})  # nineteen eighty-four; "twelve thirty" is a time
_MIN_CODE_DIGITS = 4
_SMALL = 10  # numbers below it are written in words


class _Token:
    """A word, as text2num wants it."""

    def __init__(self, match: re.Match[str], gap: str) -> None:
        self.start, self.end = match.span()
        self.word = match[0].casefold()
        self.gap = gap  # what stands between the word before and this one

    def text(self) -> str:
        return self.word

    def nt_separated(self, _previous: object) -> bool:
        return not self.is_joined

    def not_a_number_part(self) -> bool:
        return False

    @property
    def is_joined(self) -> bool:
        """Whether only space or one hyphen parts it from the word before."""
        return self.gap == "-" or (bool(self.gap) and self.gap.isspace())


@dataclass(frozen=True, slots=True)
class _Found:
    """A number: from the first token to before the last one, as text2num writes it."""

    first: int
    last: int
    digits: str
    is_ordinal: bool

    @property
    def is_small(self) -> bool:
        """Whether it is a whole number below ten."""
        return self.digits.isdigit() and int(self.digits) < _SMALL


def digits_in_english(text: str) -> str:
    """Return the text with its spoken numbers in digits."""
    tokens = _tokens(text)
    pieces, at = [], 0
    for group in _groups(tokens):
        written = _write_group(group, tokens)
        if written is None:
            continue
        first, last, digits = written
        pieces += [text[at : tokens[first].start], digits]
        at = tokens[last - 1].end
    return "".join(pieces) + text[at:]


def _tokens(text: str) -> list[_Token]:
    matches = list(_WORD.finditer(text))
    ends = [0, *(match.end() for match in matches)]
    return [_Token(m, text[end : m.start()]) for m, end in zip(matches, ends, strict=False)]


def _groups(tokens: list[_Token]) -> list[list[_Found]]:
    """Return numbers, neighbours with nothing but space between them together."""
    from text_to_num import find_numbers

    groups: list[list[_Found]] = []
    for item in find_numbers(tokens, "en", threshold=0.0):
        found = _Found(item.start, item.end, item.text, item.is_ordinal)
        joined = groups and groups[-1][-1].last == found.first and tokens[found.first].is_joined
        if joined:
            groups[-1].append(found)
        else:
            groups.append([found])
    return groups


def _write_group(group: list[_Found], tokens: list[_Token]) -> tuple[int, int, str] | None:
    """Return from which token to which, and what to write; None to leave the words."""
    first, last = group[0].first, group[-1].last
    if _is_vague(first, last, tokens):
        return None
    digits = _write_one(group[0], tokens) if len(group) == 1 else _write_many(group, tokens)
    if digits is None:
        return None
    if tokens[first].word in _MAGNITUDES:
        first -= 1  # "a hundred and one"
    n_percent = _percent_words(last, tokens)
    if n_percent:
        return first, last + n_percent, f"{digits}%"
    is_small = len(group) == 1 and group[0].is_small
    return None if is_small else (first, last, digits)


def _is_vague(first: int, last: int, tokens: list[_Token]) -> bool:
    words = [token.word for token in tokens[first:last]]
    before = tokens[first - 1].word if first and tokens[first].is_joined else ""
    after = [t.word for t in tokens[last : last + 3] if t.is_joined]
    if any(word.endswith("s") for word in words):  # hundreds, thirds
        return True
    if any(b == "and" and a not in _MAGNITUDES for a, b in pairwise(words)):  # twenty and five
        return True
    if before in _VAGUE_BEFORE or (after and after[0] in _VAGUE_AFTER):
        return True
    if after[:2] in (["and", "a"], ["and", "half"]) and after[-1] in ("half", "quarter", "third"):
        return True
    if words[0] in _MAGNITUDES and (before not in ("a", "an") or len(words) == 1):
        return True
    return before in ("a", "an") and len(words) == 1 and words[0].endswith(("th", "nd", "rd"))


def _write_one(found: _Found, tokens: list[_Token]) -> str | None:
    words = [token.word for token in tokens[found.first : found.last]]
    if found.is_ordinal:
        is_duration = words[-1] == "second" and tokens[found.last - 1].gap != "-"
        small = int(re.sub(r"\D", "", found.digits)) < _SMALL
        is_fraction = words[0] == "one" and len(words) == 2 and words[1][:-2] in _MAGNITUDES
        return None if small or is_duration or is_fraction else found.digits
    if _is_cut_by_a_comma(found, tokens):
        return None
    if words[-1] in _LARGE and not found.digits.strip("0123456789"):
        zeros = {"million": 6, "billion": 9, "trillion": 12}[words[-1]]
        return f"{found.digits[:-zeros] or found.digits} {words[-1]}"
    return found.digits


def _is_cut_by_a_comma(found: _Found, tokens: list[_Token]) -> bool:
    """Tell "two thousand, three hundred", which may be one number or two: both stay."""
    last = tokens[found.last - 1].word
    following = tokens[found.last : found.last + 3]
    if last in ("thousand", *_LARGE) and following and following[0].gap.strip() == ",":
        return any(token.word == "hundred" for token in following)
    before = tokens[max(0, found.first - 1)].word
    return tokens[found.first].gap.strip() == "," and before in ("thousand", *_LARGE)


def _write_many(group: list[_Found], tokens: list[_Token]) -> str | None:
    """Write a year, a code of single digits, or a decimal before "million"."""
    if any(found.is_ordinal for found in group):
        return None
    words = [token.word for token in tokens[group[0].first : group[-1].last]]
    digits = [found.digits for found in group]
    if len(group) >= _MIN_CODE_DIGITS and len(words) == len(group) == len("".join(digits)):
        return "".join(digits)
    if len(group) != 2:
        return None
    if words[-1] in _LARGE and "." in digits[0] and group[1].last - group[1].first == 1:
        return f"{digits[0]} {words[-1]}"
    is_year = digits[0].isdigit() and int(digits[0]) in _CENTURIES
    return "".join(digits) if is_year and len(digits[1]) == 2 and digits[1].isdigit() else None


def _percent_words(last: int, tokens: list[_Token]) -> int:
    """Return how many words say that the number before them is a percentage."""
    after = [token.word for token in tokens[last : last + 2] if token.is_joined]
    return 1 if after[:1] == ["percent"] else 2 if after == ["per", "cent"] else 0
