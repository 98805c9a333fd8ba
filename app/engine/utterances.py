"""Cut a stream into utterances: where somebody speaks, and where a pause ends it.

In: blocks of float32 at 16 kHz of any size. Out: ``Span`` after span, in order, without overlap and
without a sample lost, and the one that is still open. A span with speech ends 0.3 s after its last
word once the pause after it has lasted: 0.7 s at first, less the longer the utterance is already,
for whoever reads wants it settled. Without a pause it is cut at the quietest place before the
longest clip that the model is good at, just as a file is (app/audio/chunks.py).

What lies between is a span too, without speech as far as the tracker can tell. Nothing is dropped
here: the recognizer asks the speech gate about every span, which hears it whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.audio.chunks import ChunkOptions, as_chunk, find_cut
from app.audio.vad import N_FRAME
from app.engine.types import SAMPLE_RATE, AudioChunk, FloatArray

SPEECH = 0.5  # probability from which a frame begins speech (vad.py),
STILL_SPEECH = 0.35  # and from which it goes on: Silero's own hysteresis
MIN_RUN_FRAMES = 5  # 0.16 s: so many frames in a row are speech (vad.py)
LEAD_S = 0.5  # of the sound before the first frame with speech belong to the utterance
TRAIL_S = 0.3  # and of what follows on the last
MAX_SILENCE_S = 15.0  # of silence are kept before they become a span of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseOptions:
    """When an utterance is over.

    Attributes:
        pause_s: silence that ends an utterance of up to short_s; more than 0.3 s.
        min_pause_s: silence that ends one of long_s or more; between, proportionally.
        max_open_s: no utterance is longer.
    """

    pause_s: float = 0.7
    min_pause_s: float = 0.35
    short_s: float = 8.0
    long_s: float = 20.0
    max_open_s: float = 30.0

    def __post_init__(self) -> None:
        if not TRAIL_S <= self.min_pause_s <= self.pause_s or not self.short_s < self.long_s:
            raise ValueError(f"pauses shorter than {TRAIL_S} s, or in the wrong order: {self}")
        if self.max_open_s < 2.0:
            raise ValueError(f"max_open_s must be at least 2 s, got {self.max_open_s}")

    def needed_s(self, open_s: float) -> float:
        """Give the pause that ends an utterance of open_s seconds."""
        share = (open_s - self.short_s) / (self.long_s - self.short_s)
        return self.pause_s + (self.min_pause_s - self.pause_s) * min(1.0, max(0.0, share))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A closed span of the stream.

    Attributes:
        has_speech: the tracker heard speech.
    """

    chunk: AudioChunk
    has_speech: bool


class Tracker(Protocol):
    """Tells speech from silence; SpeechTracker is the one with a network."""

    def push(self, waveform: FloatArray) -> FloatArray:
        """Give the probability of speech of every frame of 512 samples that is whole now."""
        ...


class UtteranceSplitter:
    """Cuts one stream.

    Args:
        tracker: hears the stream, frame by frame.
        options: when an utterance is over.

    Attributes:
        start: first sample that belongs to no closed span.
        end: samples that were pushed; heard: of them, those whose frames were judged.
    """

    def __init__(self, tracker: Tracker, options: PauseOptions) -> None:
        self._tracker = tracker
        self._options = options
        self._sound = np.zeros(0, np.float32)  # from start on
        self.start = self.end = self.heard = 0
        self._onset: int | None = None  # first sample of speech, None while nobody speaks
        self._speech_end = 0  # one past the last sample of speech
        self._n_run = 0  # frames of speech in a row, while nobody speaks yet

    @property
    def is_open(self) -> bool:
        """Whether somebody is speaking, or has not paused for long enough."""
        return self._onset is not None

    @property
    def onset(self) -> int:
        """First sample with speech of the open utterance."""
        assert self._onset is not None, "nobody speaks"
        return self._onset

    @property
    def speech_end(self) -> int:
        """One past the last sample with speech of the open utterance."""
        return self._speech_end

    @property
    def settled_end(self) -> int:
        """Where the open utterance ends if the silence after it goes on."""
        return self._speech_end + round(TRAIL_S * SAMPLE_RATE)

    def open_chunk(self, end: int) -> AudioChunk:
        """Give the open utterance up to a sample."""
        return as_chunk(self.start, self._sound[: end - self.start])

    def push(self, block: FloatArray) -> list[Span]:
        """Add sound and give the spans that end in it.

        If the tracker fails, nothing was added: the same block may be pushed again.
        """
        probabilities = self._tracker.push(block)
        self._sound = np.concatenate([self._sound, block])
        self.end += len(block)
        spans: list[Span] = []
        for probability in probabilities:
            self.heard += N_FRAME
            spans += self._judge(float(probability))
        return spans

    def flush(self) -> list[Span]:
        """Close what is left at the end of the stream.

        If the speaker has been silent long enough, the utterance ends where it would have ended
        in a longer silence: its text is there by then, and need not be found again.
        """
        spans = []
        if self.is_open and self.settled_end <= self.heard:
            spans.append(self._close(self.settled_end, has_speech=True))
            self._onset = None
        has_speech, self._onset, self._n_run = self.is_open, None, 0
        if self.start < self.end:
            spans.append(self._close(self.end, has_speech=has_speech))
        return spans

    def _judge(self, probability: float) -> list[Span]:
        if self._onset is None:
            return self._wait(probability)
        if probability >= STILL_SPEECH:
            self._speech_end = self.heard
        open_s = (self.heard - self.start) / SAMPLE_RATE
        silent_s = (self.heard - self._speech_end) / SAMPLE_RATE
        if silent_s >= self._options.needed_s(open_s):
            self._onset, self._n_run = None, 0
            return [self._close(min(self.settled_end, self.end), has_speech=True)]
        if open_s >= self._options.max_open_s:
            return [self._cut()]
        return []

    def _wait(self, probability: float) -> list[Span]:
        """Look for the first word; until then there is silence."""
        self._n_run = self._n_run + 1 if probability >= SPEECH else 0
        onset = self.heard - self._n_run * N_FRAME
        if self._n_run >= MIN_RUN_FRAMES:
            self._onset, self._speech_end = onset, self.heard
        elif onset - self.start < MAX_SILENCE_S * SAMPLE_RATE:
            return []
        lead = onset - round(LEAD_S * SAMPLE_RATE)
        if lead - self.start < round(LEAD_S * SAMPLE_RATE):
            return []  # too short to stand alone: it stays with the utterance
        return [self._close(lead, has_speech=False)]

    def _cut(self) -> Span:
        """End an utterance in which nobody has paused."""
        limits = ChunkOptions.for_limit(self._options.max_open_s)
        n = find_cut(self._sound[: limits.n_max_samples], limits.n_search_samples)
        span = self._close(self.start + n, has_speech=True)
        self._onset, self._n_run = self.start, 0
        if self._speech_end <= self.start:
            self._onset = None  # a pause had just begun, and the cut lies in it
        return span

    def _close(self, end: int, *, has_speech: bool) -> Span:
        n = end - self.start
        span = Span(chunk=as_chunk(self.start, self._sound[:n]), has_speech=has_speech)
        self._sound = self._sound[n:].copy()
        self.start = end
        return span
