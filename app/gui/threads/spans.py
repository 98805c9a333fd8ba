"""Audio from a given moment on: how an interrupted item continues, and how one line is heard again.

A source is decoded from its beginning and what lies before the moment is dropped. Decoding runs
hundreds of times faster than speech, and compressed formats cannot be entered at an exact sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.engine.cancel import CancelToken
from app.engine.types import SAMPLE_RATE, AudioChunk, FloatArray


def cancellable(blocks: Iterable[FloatArray], cancel: CancelToken) -> Iterator[FloatArray]:
    """Pass blocks on until somebody cancels.

    Raises:
        Cancelled: somebody did.
    """
    for block in blocks:
        cancel.check()
        yield block


def blocks_between(
    blocks: Iterable[FloatArray], start_sample: int, end_sample: int | None = None
) -> Iterator[FloatArray]:
    """Yield what lies in [start_sample, end_sample) of a stream; None is its end.

    Args:
        blocks: float32 [n_samples] each, 16 kHz.
        start_sample, end_sample: positions at 16 kHz.
    """
    position = 0
    for block in blocks:
        first = max(0, start_sample - position)
        last = len(block) if end_sample is None else min(len(block), end_sample - position)
        position += len(block)
        if first < last:
            yield block[first:last]
        if end_sample is not None and position >= end_sample:
            return


def shifted(chunks: Iterable[AudioChunk], n_samples: int) -> Iterator[AudioChunk]:
    """Move chunks that were cut from a later moment on to their place in the source."""
    for chunk in chunks:
        yield replace(chunk, start_sample=chunk.start_sample + n_samples)


def to_samples(seconds: float) -> int:
    """Turn a position into samples at 16 kHz; exact for what the engine reported."""
    return round(seconds * SAMPLE_RATE)
