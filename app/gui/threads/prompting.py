"""From the options of an item to those of the engine, and from its segments to the text we keep.

    context, hot words -> system prompt -> engine -> echo filter -> numbers -> replacements -> text

The replacements come last: a person's own rules have the last word.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from app.engine.types import Segment, TranscribeOptions
from app.store.types import JobOptions
from app.text.context import build_context
from app.text.echo import is_echo
from app.text.numbers import normalize_numbers
from app.text.replacements import Pair, Replacer


def transcribe_options(options: JobOptions) -> TranscribeOptions:
    """Give the engine's options for one item."""
    return TranscribeOptions(
        language=options.language,
        context=build_context(options.context, options.hot_words),
        hot_words=tuple(options.hot_words),
        use_gate=options.use_gate,
    )


def finished_segment(segment: Segment, options: JobOptions) -> Segment:
    """Give the segment with its text as it is to be kept; "" if it only repeats the prompt.

    Raises:
        ReplacementError: a replacement cannot be used.
    """
    if not segment.text or is_echo(segment.text, options.context, options.hot_words):
        return replace(segment, text="")
    text = segment.text
    if options.normalize_numbers:
        text = normalize_numbers(text, segment.language)
    return replace(segment, text=_replacer(options.replacements).apply(text).strip())


@lru_cache(maxsize=4)
def _replacer(pairs: tuple[Pair, ...]) -> Replacer:
    """Compile rules once, not for every segment."""
    return Replacer(pairs)
