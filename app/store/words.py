"""Text to search words, and what a person types to a query.

English is found by whole words and their beginnings, Chinese by any substring. SQLite's trigram
tokenizer finds nothing below three characters, and most Chinese words have two. So every character
of a script without spaces becomes a word of its own, and a run of them is searched as a phrase;
unicode61 does the rest (case, accents).
"""

from __future__ import annotations

import re
import unicodedata

_CONTEXT_CHARS = 30  # shown before the found place
_SNIPPET_CHARS = 120
_ALONE = re.compile(  # Thai and Lao, Burmese, Khmer, CJK with kana, Hangul, CJK beyond 16 bits
    "([\u0e01-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff])"
)


def search_words(text: str) -> str:
    """Set spaces around every character of a script that writes none; fold full-width forms."""
    return _ALONE.sub(r" \1 ", unicodedata.normalize("NFKC", text))


def make_query(text: str) -> str:
    """Turn what a person typed into an FTS5 query; "" if it holds nothing to look for.

    All words must occur in the same line or title; the end of each may be missing. Quotes and
    operators have no meaning.
    """
    return " ".join(phrase for word in text.split() if (phrase := _phrase(word)))


def make_snippet(text: str, query: str) -> str:
    """Cut the surroundings of the first found word out of a line."""
    folded = text.casefold()
    places = [folded.find(word.casefold()) for word in query.split()]
    found = min((place for place in places if place >= 0), default=0)
    start = max(0, found - _CONTEXT_CHARS)
    if start:
        space = text.find(" ", start, found)
        start = space + 1 if space >= 0 else start
    end = start + _SNIPPET_CHARS
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _phrase(word: str) -> str:
    words = search_words(word).replace('"', " ").split()
    words = [part for part in words if any(unicodedata.category(c)[0] in "LN" for c in part)]
    if not words:
        return ""
    open_end = "" if _ALONE.match(words[-1]) else "*"
    return f'"{" ".join(words)}"{open_end}'
