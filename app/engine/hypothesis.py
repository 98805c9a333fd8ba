"""From what the model wrote to clean text: header, repetitions, silence.

The model writes ``language English<asr_text>text``, or ``language None<asr_text>`` where nobody
speaks. Nothing is ever inserted into the text; all that is done is to take things away.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

ASR_TEXT = "<asr_text>"
_HEADER = "language "
_CLEAN_UP_REPEATS = 20  # the official clean-up shortens what is repeated more often than this
_CLEAN_UP_CHARS = 20  # and looks for patterns of up to this many characters
_LOOP_PERIOD_TOKENS = 24  # longest phrase whose repetition counts as a loop
_LOOP_MIN_TOKENS = 32  # a loop covers at least this much of the tail,
_LOOP_MIN_REPEATS = 5  # and says the same thing at least this often
_CUT_OFF_MIN_TOKENS = 12  # an answer that the budget cuts off is already more than anybody says:
_CUT_OFF_MIN_REPEATS = 3  # then less is enough


def parse_hypothesis(
    raw: str, forced_language: str | None = None, *, looped: bool = False
) -> tuple[str, str]:
    """Split raw model text into language and clean text.

    Args:
        raw: generated text, end token removed.
        forced_language: the language that was put into the prompt, if any.
        looped: the model repeated itself until it was stopped; it is left to say that once.

    Returns:
        (language, text); language is "" if the model heard no speech or did not say.
    """
    raw = raw.strip()
    raw = collapse_repetitions(collapse_tail(raw) if looped else raw)
    if forced_language is not None:
        return (forced_language, raw) if raw else ("", "")
    header, tag, text = raw.partition(ASR_TEXT)
    if not tag:
        return "", raw
    text = text.strip()
    return (_language_of(header), text) if text else ("", "")


def visible_text(raw: str, forced_language: str | None = None) -> str:
    """Give what may be shown of a hypothesis that is still growing: no header, no broken end."""
    text = raw if forced_language is not None else raw.partition(ASR_TEXT)[2]
    return text.strip().rstrip("\ufffd")


def is_looping(token_ids: Sequence[int], *, is_cut_off: bool = False) -> bool:
    """Say whether the tail of a generation only repeats itself.

    A phrase of up to 24 tokens, said five times or more in a row, over at least 32 tokens: far
    beyond what people say, and early enough to save most of the budget. Short clips have a budget
    that ends before.

    Args:
        token_ids: a generation.
        is_cut_off: the budget ended it, not the model.
    """
    if is_cut_off:
        n_tokens, n_repeats = _CUT_OFF_MIN_TOKENS, _CUT_OFF_MIN_REPEATS
        return repeated_tail(token_ids, min_tokens=n_tokens, min_repeats=n_repeats) > 0
    return repeated_tail(token_ids, min_tokens=_LOOP_MIN_TOKENS, min_repeats=_LOOP_MIN_REPEATS) > 0


def repeated_tail(token_ids: Sequence[int], *, min_tokens: int, min_repeats: int) -> int:
    """Count the tokens at the end that only repeat what stands before them, 0 if that is too few.

    Args:
        token_ids: a generation.
        min_tokens: what is repeated, with its first time, covers at least this much of the tail,
        min_repeats: and is said at least this often.
    """
    tail = token_ids[::-1]
    for period in range(1, _LOOP_PERIOD_TOKENS + 1):
        n = max(min_tokens, min_repeats * period)
        if len(tail) >= n and all(tail[i] == tail[i + period] for i in range(n - period)):
            return n - period
    return 0


def collapse_repetitions(text: str) -> str:
    """Shorten runs of one character and of short patterns that are repeated 20 times or more.

    Source: QwenLM/Qwen3-ASR, qwen_asr/inference/utils.py (what it does, written anew).
    """
    return _collapse_patterns(_collapse_characters(text))


def collapse_tail(text: str) -> str:
    """Leave once what the end of a text says three times or more, the last time in part perhaps.

    The loop guard stops a generation long before the official clean-up would see a pattern in it.
    Of several patterns that repeat at the end, one within another, the farthest-reaching counts.
    The first time may begin a sentence: upper and lower case are alike.
    """
    letters = [letter.lower() for letter in text]
    n_repeated = period = 0
    for length in range(1, len(text) // _CUT_OFF_MIN_REPEATS + 1):
        n = _n_repeated(letters, length)
        if n >= (_CUT_OFF_MIN_REPEATS - 1) * length and n + length > n_repeated + period:
            n_repeated, period = n, length
    end = len(text) - n_repeated
    if " " in text[end - period : end]:  # then words have ends, and the first time ends with one
        while end < len(text) and text[end - 1 : end + 1].isalnum():
            end += 1
    return text[:end].rstrip()


def join_texts(parts: Sequence[tuple[str, str]]) -> str:
    """Join (language, text) of neighbouring segments as each language needs.

    Chinese, Japanese, Cantonese and Thai are written without spaces between sentences.
    """
    pieces: list[str] = []
    spoken = [(language, text) for language, text in parts if text]
    for (before, _), (language, text) in pairwise([("", ""), *spoken]):
        glued = not pieces or (before in _NO_SPACES and language in _NO_SPACES)
        pieces.append(text if glued else " " + text)
    return "".join(pieces)


def join_languages(languages: Sequence[str]) -> str:
    """Join languages in order, without the empty and without consecutive repeats."""
    named = [language for language in languages if language]
    return ",".join(b for a, b in pairwise(["", *named]) if a != b)


_NO_SPACES = frozenset({"Chinese", "Japanese", "Cantonese", "Thai"})


def _language_of(header: str) -> str:
    for line in header.splitlines():
        line = line.strip()
        if line.lower().startswith(_HEADER):
            name = line[len(_HEADER) :].strip()
            return "" if name.lower() == "none" else name[:1].upper() + name[1:].lower()
    return ""


def _n_repeated(letters: Sequence[str], length: int) -> int:
    """Count the letters at the end that stand also ``length`` letters earlier."""
    n = 0
    while n < len(letters) - length and letters[-1 - n] == letters[-1 - n - length]:
        n += 1
    return n


def _collapse_characters(text: str) -> str:
    out: list[str] = []
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or text[i] != text[start]:
            run = text[start:i]
            out.append(run[0] if len(run) > _CLEAN_UP_REPEATS else run)
            start = i
    return "".join(out)


def _collapse_patterns(text: str) -> str:
    out: list[str] = []
    i = 0
    while i < len(text):
        period = _pattern_at(text, i)
        out.append(text[i : i + max(1, period)])
        if period:
            pattern = text[i : i + period]
            while text.startswith(pattern, i):
                i += period
        else:
            i += 1
    return "".join(out)


def _pattern_at(text: str, start: int) -> int:
    """Give the length of the shortest pattern repeated 20 times from here, or 0."""
    if start > len(text) - 2 * _CLEAN_UP_REPEATS:  # the official clean-up stops here
        return 0
    for period in range(1, _CLEAN_UP_CHARS + 1):
        end = start + period * _CLEAN_UP_REPEATS
        if end > len(text):
            return 0
        if text[start : end - period] == text[start + period : end]:
            return period
    return 0
