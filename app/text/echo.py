"""Tell text that only repeats what the model was told from text that was said.

On short or nearly silent audio the model may answer with its hot words, in their order, with or
without the label "Technical terms", or with the context itself (engines.md §5.1). That is no
speech and must not stand in a transcript. But people do say the terms, that is what they are for:
a text is an echo only if there is *nothing else* in it and it covers more than a person would say
by chance. A doubtful text stays.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.text.context import LABEL

MIN_TERMS = 2  # one term alone is what people say: "Songshu."
MIN_COVERAGE = 0.7  # of the terms, if they do not stand in the order of the list
MIN_RUN = 3  # terms in the order of the list, without a gap
MIN_REPEATS = 4  # mentions of terms in all, if terms come back: a loop
MIN_CONTEXT_UNITS = 6  # words or Chinese characters; less is said by chance
MIN_CONTEXT_SHARE = 0.8  # of the context

Units = tuple[str, ...]


def is_echo(text: str, context: str, hot_words: Sequence[str]) -> bool:
    """Say whether a text only repeats the context or the hot words.

    Args:
        text: what was recognised.
        context, hot_words: what the model was told, as given to ``build_context``.
    """
    units = split_units(text)
    if not units:
        return False
    terms = list(dict.fromkeys(term for word in hot_words if (term := split_units(word))))
    background = split_units(context)
    if terms and _repeats_label(units, background, terms):
        return True
    return _repeats_terms(units, terms) or _repeats_context(units, background)


def split_units(text: str) -> Units:
    """Return the words and the single Chinese or Japanese characters, small and without marks."""
    return tuple(_units(unicodedata.normalize("NFKC", text).casefold()))


def _units(text: str) -> Iterator[str]:
    word = ""
    for character in text:
        if not _is_letter(character):
            if word:
                yield word
            word = ""
        elif unicodedata.east_asian_width(character) in "WF":
            yield from filter(None, (word, character))
            word = ""
        else:
            word += character
    if word:
        yield word


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _repeats_label(units: Units, background: Units, terms: list[Units]) -> bool:
    """Tell the label with nothing after it that was not in the prompt; what it stands before is
    then no speech, however little it is.
    """
    label = split_units(LABEL)
    at = _find(units, label)
    if at is None:
        return False
    before, after = units[:at], units[at + len(label) :]
    return _mentions(after, terms, cut_short=True) is not None and (
        not before or _find(background, before) is not None
    )


def _repeats_terms(units: Units, terms: list[Units]) -> bool:
    """Tell a text of nothing but terms."""
    mentions = _mentions(units, terms)
    if mentions is None or not mentions:
        return False
    distinct = len(set(mentions))
    if distinct < len(mentions) and len(mentions) >= MIN_REPEATS:
        return True
    in_order = all(after == before + 1 for before, after in pairwise(mentions))
    if in_order and distinct >= MIN_RUN:
        return True
    return distinct >= MIN_TERMS and distinct >= MIN_COVERAGE * len(terms)


def _repeats_context(units: Units, background: Units) -> bool:
    if len(units) < max(MIN_CONTEXT_UNITS, MIN_CONTEXT_SHARE * len(background)):
        return False
    return _find(background, units) is not None


def _mentions(units: Units, terms: list[Units], *, cut_short: bool = False) -> list[int] | None:
    """Return which terms a text consists of, in order; None if there is anything else in it.

    Args:
        units, terms: the text and what it may consist of.
        cut_short: the last term need not be whole, since generation may end anywhere.
    """
    longest_first = sorted(range(len(terms)), key=lambda index: -len(terms[index]))
    mentions: list[int] = []
    at = 0
    while at < len(units):
        rest = units[at:]
        found = next((i for i in longest_first if rest[: len(terms[i])] == terms[i]), None)
        if found is None:
            return mentions if cut_short and any(_begins(term, rest) for term in terms) else None
        mentions.append(found)
        at += len(terms[found])
    return mentions


def _begins(term: Units, rest: Units) -> bool:
    """Tell whether a term begins with these units, of which the last may be part of a word."""
    n = len(rest)
    return n <= len(term) and term[: n - 1] == rest[:-1] and term[n - 1].startswith(rest[-1])


def _find(units: Units, part: Units) -> int | None:
    n = len(part)
    return next((i for i in range(len(units) - n + 1) if units[i : i + n] == part), None)
