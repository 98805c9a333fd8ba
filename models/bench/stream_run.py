"""Speak a recording to a stream, in time that stands still while nothing is computed.

Sound arrives in tenths of a second. Computing takes as long as it takes, and sound goes on arriving
meanwhile; waiting takes no time. So a run gives the delays that a person would see, without being
as long, and the same ones however the stream is made. On a machine that is busy or slow fewer texts
are shown, so that figures of two machines cannot be compared; ``keeps_up`` is for that.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.engine.streaming import StreamEvent, StreamingRecognizer, UtteranceDone
from app.engine.types import SAMPLE_RATE, FloatArray, Segment
from app.text.echo import split_units

BLOCK = SAMPLE_RATE // 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An event and when it came.

    Attributes:
        at_s: on the clock on which the recording began at 0.
    """

    at_s: float
    event: StreamEvent

    @property
    def text(self) -> str:
        """What is shown of the utterance from now on."""
        event = self.event
        return event.segment.text if isinstance(event, UtteranceDone) else event.open


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRun:
    """One recording, spoken once.

    Attributes:
        compute_s: spent in the stream.
        step_s: each step that decoded something.
    """

    shown: tuple[Shown, ...]
    audio_s: float
    compute_s: float
    step_s: tuple[float, ...]

    def utterances(self) -> Iterator[tuple[Segment, tuple[Shown, ...]]]:
        """Yield each finished utterance with text, and what was shown of it, to the last."""
        shown: list[Shown] = []
        for one in self.shown:
            shown.append(one)
            if isinstance(one.event, UtteranceDone):
                if one.text:
                    yield one.event.segment, tuple(shown)
                shown = []


def speak(
    stream: StreamingRecognizer,
    waveform: FloatArray,
    clock: Callable[[], float],
    *,
    keeps_up: bool = False,
) -> StreamRun:
    """Run a stream over a waveform.

    Args:
        stream: fresh.
        waveform: float32 [n_samples] at 16 kHz.
        clock: says what computing takes.
        keeps_up: each step is done before more sound arrives, however long it takes.
    """
    s_per_s = 0.0 if keeps_up else 1.0  # of the recording, per second of computing
    now_s = compute_s = 0.0
    n_fed = 0
    shown: list[Shown] = []
    steps: list[float] = []
    while n_fed < len(waveform):
        now_s = max(now_s, min(n_fed + BLOCK, len(waveform)) / SAMPLE_RATE)
        n_fed += _feed(stream, waveform[n_fed : round(now_s * SAMPLE_RATE)])
        began = clock()
        events = list(stream.step())
        took_s = clock() - began
        steps += [took_s] if events else []
        shown += [Shown(at_s=now_s + took_s, event=event) for event in events]
        now_s, compute_s = now_s + s_per_s * took_s, compute_s + took_s
    finishing = stream.finish()
    while True:
        began = clock()
        event = next(finishing, None)
        took_s = clock() - began
        now_s, compute_s = now_s + took_s, compute_s + took_s
        if event is None:
            break
        steps.append(took_s)
        shown.append(Shown(at_s=now_s, event=event))
    return StreamRun(
        shown=tuple(shown),
        audio_s=len(waveform) / SAMPLE_RATE,
        compute_s=compute_s,
        step_s=tuple(steps),
    )


def _feed(stream: StreamingRecognizer, arrived: FloatArray) -> int:
    """Feed what has arrived, as blocks; gives the number of samples."""
    for start in range(0, len(arrived), BLOCK):
        stream.feed(arrived[start : start + BLOCK])
    return len(arrived)


def n_revised(texts: Sequence[str]) -> int:
    """Count the words that were shown and then changed, over all texts of one utterance.

    A word counts where it is not in the next text at its place among the others; words that only
    move, because one was put in before them, do not. Chinese characters count as words.
    """
    units = [split_units(text) for text in texts]
    revised = 0
    for before, after in itertools.pairwise(units):
        matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
        revised += len(before) - sum(block.size for block in matcher.get_matching_blocks())
    return revised
