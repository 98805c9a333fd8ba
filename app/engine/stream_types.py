"""What may be chosen for a stream, and what it tells; see streaming.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from app.engine.growing_clip import Savings
from app.engine.types import Segment, TranscribeOptions
from app.engine.utterances import PauseOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """What may be chosen for one stream.

    Attributes:
        transcribe: language, context, hot words, gate: as for a file.
        first_s: speech after which the first text is shown.
        step_s: new sound after which the open utterance is decoded again.
        max_duty: most seconds of computing that partial texts may take per second of sound; where
            decoding is slow they come less often, so that final texts are not late.
        mean_duty: the same over a whole utterance, for decoding costs more the longer it is;
            credit_s more may be spent, so that short utterances have all their partial texts.
        pauses: when an utterance is over; never longer than the model is good at.
        savings: optimisations, for tests and benchmarks.
    """

    transcribe: TranscribeOptions = field(default_factory=TranscribeOptions)
    first_s: float = 0.6
    step_s: float = 1.0
    max_duty: float = 0.5
    mean_duty: float = 0.5  # 0.2 costs a third less, but final texts come later for want of drafts
    credit_s: float = 1.0
    pauses: PauseOptions = field(default_factory=PauseOptions)
    savings: Savings = field(default_factory=Savings)

    def __post_init__(self) -> None:
        if min(self.first_s, self.step_s, self.max_duty, self.mean_duty) <= 0 or self.credit_s < 0:
            raise ValueError(f"times and duties must be positive: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialText:
    """The open utterance as it is understood so far.

    Attributes:
        start_s, end_s: what was heard of it, from the start of the stream.
        open: the whole of it; any of it may still change. May be "".
    """

    start_s: float
    end_s: float
    open: str

    @property
    def settled(self) -> str:
        """Text that cannot change any more: none before the utterance is done."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceDone:
    """An utterance is over; its text is final.

    Attributes:
        segment: times are from the start of the stream; the text is "" if it was no speech.
    """

    segment: Segment


StreamEvent: TypeAlias = PartialText | UtteranceDone
