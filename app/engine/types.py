"""What flows through the engine: options in, events and results out.

Frozen dataclasses only, so that they may cross threads. Text from the model is a *hypothesis*; with
times it is a *segment*; all segments of one source are a *transcript*. A *chunk* is the span of
audio that is recognised at once (at most 30 s), and gives one segment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Protocol, TypeAlias

from app.numeric import FloatArray as FloatArray

SAMPLE_RATE = 16_000  # Hz: the only rate inside the engine
NO_SPEECH = ""  # language of a segment in which nobody speaks


class Timed(Protocol):
    """Text with times: a ``Segment``, a line of the store, a line of a document."""

    @property
    def start_s(self) -> float:
        """Start in the source, in seconds."""
        ...

    @property
    def end_s(self) -> float:
        """End in the source, in seconds."""
        ...

    @property
    def text(self) -> str:
        """What is said; "" where nobody speaks."""
        ...


class TimedInLanguage(Timed, Protocol):
    """Text with times that knows its language."""

    @property
    def language(self) -> str:
        """Canonical name, or ""."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioChunk:
    """A span of audio that is recognised at once.

    Attributes:
        start_sample: position of the first sample in the source, at 16 kHz.
        waveform: float32 [n_samples], mono, 16 kHz, in [-1, 1].
    """

    start_sample: int
    waveform: FloatArray

    @property
    def start_s(self) -> float:
        """Start in the source, in seconds."""
        return self.start_sample / SAMPLE_RATE

    @property
    def end_s(self) -> float:
        """End in the source, in seconds."""
        return (self.start_sample + len(self.waveform)) / SAMPLE_RATE

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.waveform) / SAMPLE_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscribeOptions:
    """What a person may choose for one transcription.

    Attributes:
        language: canonical name ("English"), or None to let the model find it.
        context: background text or terms for the system prompt; the model takes it as a hint.
        hot_words: words and names that are preferred while the text is written (``hot_words``).
        max_tokens_per_s: budget of new tokens per second of audio (speech stays below 8; 12 leaves
            room for any language, and stops a loop early).
        min_budget_tokens: budget of the shortest clip.
        use_gate: ask the speech gate first, and give no text where nobody speaks.
    """

    language: str | None = None
    context: str = ""
    hot_words: tuple[str, ...] = ()
    max_tokens_per_s: float = 12.0
    min_budget_tokens: int = 32
    use_gate: bool = True

    def __post_init__(self) -> None:
        if self.max_tokens_per_s <= 0 or self.min_budget_tokens < 1:
            raise ValueError("the token budget must be positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Where the time went, in seconds of wall clock; they add up with ``+``."""

    load_s: float = 0.0
    mel_s: float = 0.0
    encode_s: float = 0.0
    prefill_s: float = 0.0
    decode_s: float = 0.0
    total_s: float = 0.0

    def __add__(self, other: Timings) -> Timings:
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return Timings(**sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What the decoder said about one chunk, before any clean-up.

    Attributes:
        token_ids: generated ids without the end token.
        text: all generated text, with the language header if the model wrote one.
        avg_logprob: mean natural-log probability of the generated tokens; 0.0 if there is none.
        truncated: the token budget ran out before the model ended.
        looped: generation was stopped while its tail only repeated itself.
        n_prompt_tokens: tokens of the whole prompt, audio included.
    """

    token_ids: tuple[int, ...]
    text: str
    avg_logprob: float
    truncated: bool
    looped: bool
    n_prompt_tokens: int
    timings: Timings


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Recognised text of one chunk.

    Attributes:
        start_s, end_s: position in the source, in seconds.
        text: clean text; "" where nobody speaks.
        language: canonical name, or "" where nobody speaks or the model did not say.
        avg_logprob: mean natural-log probability of its tokens (0.0 without tokens).
        truncated: text may be missing at the end (budget or loop guard).
        timings: where the time of this segment went.
    """

    start_s: float
    end_s: float
    text: str
    language: str
    avg_logprob: float
    truncated: bool = False
    timings: Timings = field(default_factory=Timings)

    def __post_init__(self) -> None:
        if self.end_s < self.start_s:
            raise ValueError(f"segment ends before it starts: {self.start_s} > {self.end_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """All that was recognised in one source.

    Attributes:
        text: the segments joined as each language needs.
        language: languages in order of appearance, comma-separated, without repeats.
        duration_s: length of the audio that was recognised, in seconds.
        segments: in order; segments without speech are left out.
        timings: sums over the segments, plus load_s.
        pack: name of the model pack; device: what it ran on.
    """

    text: str
    language: str
    duration_s: float
    segments: tuple[Segment, ...]
    timings: Timings
    pack: str
    device: str

    @property
    def rtf(self) -> float:
        """Real-time factor: compute seconds per second of audio, lower is better."""
        return self.timings.total_s / self.duration_s if self.duration_s > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentStarted:
    """Work on a chunk has begun.

    Attributes:
        index: number of the chunk, from 0.
        start_s, end_s: its span in the source, in seconds.
    """

    index: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialText:
    """Text of the running chunk so far; the whole of it, not what is new. It may still change."""

    index: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDone:
    """A chunk is finished; its text is final.

    Attributes:
        done_s: audio finished so far, in seconds, for progress and ETA.
    """

    index: int
    segment: Segment
    done_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptDone:
    """The last event of a transcription."""

    transcript: Transcript


Event: TypeAlias = SegmentStarted | PartialText | SegmentDone | TranscriptDone
