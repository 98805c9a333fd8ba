"""Recognise speech while it is spoken: sound in, text that grows, then the final text.

    feed(waveform) -> UtteranceSplitter -> open utterance   -> GrowingClips -> PartialText
                                        -> closed utterance -> Recognizer   -> UtteranceDone

How to use it, on the thread that owns the model::

    stream = open_stream(recognizer, StreamOptions(transcribe=...))
    while recording:
        stream.feed(waveform)                  # from any thread; only takes note
        for event in stream.step(cancel): ...  # at most one decoding; often there is nothing to do
        show(stream.lag_s)                     # "catching up 12 s"
    for event in stream.finish(cancel): ...    # Stop: everything that was fed becomes text
    stream.close()                             # the model stays loaded

``PartialText`` is the whole open utterance, and all of it may still change: show it lighter.
``UtteranceDone`` replaces it, is settled and never changes. Its text is what recognising the same
span of audio as a file gives, with the same speech gate, loop guard and clean-up, whatever was
shown before; that is why nothing is settled earlier, and why long utterances end at shorter pauses.
An utterance that turns out to be no speech is done with empty text, so that what was shown
of it can be taken away. The echo filter, replacements and so on are applied by whoever keeps the
segments, as for files (app/gui/threads/prompting.py); they may be applied to partial text as well.

Sound is never dropped. While decoding lags, partial texts are skipped, and utterances are finished
one after the other. After an exception (Cancelled included) nothing is lost: the next ``step`` or
``finish`` begins the same work again. Text never flows from one utterance into the next: that is
how silence comes to be filled with old words.

As soon as the speaker has been silent for 0.3 s the utterance is recognised as if it had ended,
over just the span that it will have if the silence goes on. If it does, the final text is there
already.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from app.audio.speech_tracker import SpeechTracker
from app.audio.vad import SpeechGate
from app.engine.cancel import CancelToken
from app.engine.clip import ClipRecognizer
from app.engine.growing_clip import GrowingClips
from app.engine.hypothesis import parse_hypothesis
from app.engine.recognizer import Clips, Recognizer
from app.engine.stream_types import PartialText, StreamEvent, StreamOptions, UtteranceDone
from app.engine.types import (
    SAMPLE_RATE,
    AudioChunk,
    FloatArray,
    Hypothesis,
    Segment,
    SegmentDone,
    TranscribeOptions,
)
from app.engine.utterances import Span, Tracker, UtteranceSplitter

__all__ = [
    "PartialText",
    "StreamClips",
    "StreamEvent",
    "StreamOptions",
    "StreamingRecognizer",
    "UtteranceDone",
    "open_stream",
]

_BLOCK = SAMPLE_RATE // 4  # looked at together: an utterance that ends in it is decoded before more
_BREATH = SAMPLE_RATE // 10  # of silence: a pause may have begun


class StreamClips(Clips, Protocol):
    """Recognises clips that grow; GrowingClips is the one that runs a model."""

    def preview(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Hypothesis:
        """Recognise a clip that will go on."""
        ...


class StreamingRecognizer:
    """Recognises one stream. Used by one thread, but for ``feed`` and ``lag_s``.

    Args:
        recognizer: recognises closed utterances.
        clips: its model, asked for the open one.
        tracker: tells speech from silence.
        options: what was chosen.
        clock: seconds, to know how long decoding takes.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        clips: StreamClips,
        tracker: Tracker,
        options: StreamOptions,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        language = recognizer.check_language(options.transcribe.language)
        limit_s = min(options.pauses.max_open_s, recognizer.manifest.max_chunk_s)
        self._options = replace(options.transcribe, language=language)
        self._first_s, self._step_s = options.first_s, options.step_s
        self._max_duty, self._mean_duty = options.max_duty, options.mean_duty
        self._credit_s = options.credit_s
        self._recognizer = recognizer
        self._clips = clips
        self._clock = clock
        self._splitter = UtteranceSplitter(tracker, replace(options.pauses, max_open_s=limit_s))
        self._fed: deque[FloatArray] = deque()
        self._n_fed = 0
        self._closed: deque[Span] = deque()
        self._early: Segment | None = None  # of the open utterance, if it ends where it seems to
        self._shown_end = 0  # last sample of the last partial text
        self._partial_s = 0.0  # what it cost
        self._spent_s = 0.0  # on texts of the open utterance that were not its last
        self._n_heard = 0  # samples that are text, or silence

    @property
    def lag_s(self) -> float:
        """Seconds of sound that were fed and not yet heard; about step_s while all is well."""
        return (self._n_fed - self._n_heard) / SAMPLE_RATE

    @property
    def fed_s(self) -> float:
        """Seconds of sound that were fed."""
        return self._n_fed / SAMPLE_RATE

    def feed(self, waveform: FloatArray) -> None:
        """Add sound: float32 [n_samples], 16 kHz mono; it must not be changed afterwards."""
        if len(waveform):
            self._fed.append(waveform)
            self._n_fed += len(waveform)

    def step(self, cancel: CancelToken | None = None) -> Iterator[StreamEvent]:
        """Decode once if it is time to; else only look for pauses.

        Args:
            cancel: stops the work; it is begun again with the next step.

        Yields:
            At most one event.

        Raises:
            ContextTooLongError: the options do not fit the pack.
            EngineError, SpeechGateError: a runtime failed. Cancelled: somebody stopped the work.
        """
        self._look()
        if self._closed:
            yield from self._finish_first(cancel)
        elif self._splitter.is_open and (end := self._due()):
            chunk = self._splitter.open_chunk(end)
            if end == self._splitter.settled_end:
                yield self._finish_early(chunk, cancel)
            else:
                yield self._partial(chunk, cancel)

    def finish(self, cancel: CancelToken | None = None) -> Iterator[StreamEvent]:
        """Make text of everything that was fed; the stream may go on afterwards.

        Yields, Raises: as ``step``, but for all utterances that are left.
        """
        while True:
            self._look()
            if not self._closed and not self._fed:
                self._closed.extend(self._splitter.flush())
            if not self._closed:
                self._n_heard = self._splitter.end
                return
            yield from self._finish_first(cancel)

    def close(self) -> None:
        """Free what belongs to this stream; the model stays loaded."""
        self._clips.close()

    def _look(self) -> None:
        """Go through what was fed, up to the end of an utterance."""
        while self._fed and not self._closed:
            block = self._fed[0]
            self._closed.extend(self._splitter.push(block[:_BLOCK]))
            if len(block) > _BLOCK:
                self._fed[0] = block[_BLOCK:]
            else:
                self._fed.popleft()
        if not self._closed and not self._splitter.is_open:
            self._n_heard = self._splitter.heard

    def _finish_first(self, cancel: CancelToken | None) -> Iterator[StreamEvent]:
        span, segment = self._closed[0], self._early
        if segment is None or _place(segment) != (span.chunk.start_s, span.chunk.end_s):
            segment = self._final(span.chunk, cancel)
        self._closed.popleft()
        self._early, self._partial_s, self._spent_s = None, 0.0, 0.0
        self._n_heard = span.chunk.start_sample + len(span.chunk.waveform)
        if segment.text or span.has_speech:
            yield UtteranceDone(segment=segment)

    def _final(self, chunk: AudioChunk, cancel: CancelToken | None) -> Segment:
        """Recognise a closed span exactly as a chunk of a file."""
        for event in self._recognizer.transcribe([chunk], self._options, cancel):
            if isinstance(event, SegmentDone):
                return event.segment
        raise AssertionError("every chunk gives a segment")

    def _finish_early(self, chunk: AudioChunk, cancel: CancelToken | None) -> PartialText:
        began = self._clock()
        self._early = self._final(chunk, cancel)
        self._spent_s += self._clock() - began
        self._shown_end = self._n_heard = chunk.start_sample + len(chunk.waveform)
        return PartialText(start_s=chunk.start_s, end_s=chunk.end_s, open=self._early.text)

    def _due(self) -> int:
        """Give the sample up to which the open utterance is to be decoded now, 0 for not now."""
        splitter = self._splitter
        shown = max(self._shown_end, splitter.onset)
        settled = splitter.settled_end
        if shown < settled <= splitter.heard:
            return settled
        if splitter.heard - splitter.speech_end > _BREATH or splitter.speech_end <= shown:
            return 0  # it will soon be over, or goes on; there is nothing new
        wanted_s = self._step_s if shown > splitter.onset else self._first_s
        step_s = max(wanted_s, self._partial_s / self._max_duty)
        is_due = splitter.heard - shown >= step_s * SAMPLE_RATE
        return splitter.heard if is_due and self._can_afford() else 0

    def _can_afford(self) -> bool:
        """Whether another partial text, as dear as the last one, keeps to the mean."""
        open_s = (self._splitter.heard - self._splitter.start) / SAMPLE_RATE
        return self._spent_s + self._partial_s <= self._mean_duty * open_s + self._credit_s

    def _partial(self, chunk: AudioChunk, cancel: CancelToken | None) -> PartialText:
        began = self._clock()
        hypothesis = self._clips.preview(chunk.waveform, self._options, cancel)
        self._partial_s = self._clock() - began
        self._spent_s += self._partial_s
        self._shown_end = self._n_heard = chunk.start_sample + len(chunk.waveform)
        _, text = parse_hypothesis(hypothesis.text, self._options.language)
        text = text.rstrip("\ufffd")
        return PartialText(start_s=chunk.start_s, end_s=chunk.end_s, open=text)


def open_stream(
    recognizer: Recognizer, options: StreamOptions, gate: SpeechGate | None = None
) -> StreamingRecognizer:
    """Begin to recognise a stream with a loaded model.

    Args:
        recognizer: the model; files may be recognised with it between two steps.
        options: what was chosen.
        gate: whose network finds the pauses; by default a new one, loaded in 25 ms.

    Raises:
        LanguageError: the pack does not know the language.
        SpeechGateError, EngineError: something cannot be loaded.
    """
    model = recognizer.clips
    assert isinstance(model, ClipRecognizer), "a stream needs a model that is loaded"
    clips = GrowingClips(model, recognizer.manifest, options.savings)
    tracker = SpeechTracker(gate or SpeechGate())
    return StreamingRecognizer(recognizer.over(clips), clips, tracker, options)


def _place(segment: Segment) -> tuple[float, float]:
    return segment.start_s, segment.end_s
