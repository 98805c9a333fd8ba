"""The recognizer: chunks of audio in, events with text out.

    chunk -> speech gate -> clip recognizer (mel, encoder, decoder) -> hypothesis -> segment

One thread owns it, and with it every session and the KV cache. ``transcribe`` is a generator: the
caller pulls events and may stop between any two of them; a cancel token stops it inside a step. A
chunk whose text runs into a loop is split at its quietest point and recognised once more; what
still loops says once what it repeats. Chunks never share text or audio, so an error in one cannot
spread.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np

from app.engine.cancel import CancelToken
from app.engine.clip import ClipRecognizer, Watch
from app.engine.device_use import DeviceUse
from app.engine.hypothesis import join_languages, join_texts, parse_hypothesis
from app.engine.llama import graphics_card
from app.engine.machine import default_threads, has_memory_for
from app.engine.manifest import Manifest
from app.engine.pack import Pack
from app.engine.placement import PROCESSOR, Placement
from app.engine.types import (
    SAMPLE_RATE,
    AudioChunk,
    Event,
    FloatArray,
    Hypothesis,
    PartialText,
    Segment,
    SegmentDone,
    SegmentStarted,
    Timings,
    TranscribeOptions,
    Transcript,
    TranscriptDone,
)
from app.errors import LanguageError

MEMORY_AT_ONCE = (
    5  # times the pack: what both runtimes hold for a moment while they load it at once
)
_QUIET_WINDOW = SAMPLE_RATE // 10  # 100 ms: the span whose energy decides where a chunk is split
_MIN_SPLIT_S = 2.0  # a shorter chunk is not split again


class SpeechGate(Protocol):
    """Decides whether anybody speaks in a clip."""

    def has_speech(self, waveform: FloatArray) -> bool:
        """Say whether float32 [n_samples] at 16 kHz holds speech."""
        ...


class Clips(Protocol):
    """Recognises clips of at most some 30 s; ClipRecognizer is the one that runs a model."""

    def recognize(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Generator[str, None, Hypothesis]:
        """Yield the visible text so far; return the hypothesis."""
        ...

    def close(self) -> None:
        """Free the model."""
        ...


@dataclass(frozen=True, slots=True)
class _Part:
    """What was recognised in a chunk, or in one half of it."""

    language: str
    text: str
    hypothesis: Hypothesis


@dataclass(frozen=True, slots=True)
class _Task:
    """What stays the same through one transcription."""

    options: TranscribeOptions
    cancel: CancelToken | None


class Recognizer:
    """Recognises whole sources with one loaded model.

    Args:
        clips: the loaded model.
        manifest: of its pack.
        device: what it runs on, for people.
        gate: speech gate; None recognises everything.
        load_s: seconds that loading took.
    """

    def __init__(
        self,
        clips: Clips,
        manifest: Manifest,
        *,
        device: str,
        gate: SpeechGate | None = None,
        load_s: float = 0.0,
    ) -> None:
        self.manifest = manifest
        self.device = device
        self.load_s = load_s
        self._clips = clips
        self._gate = gate

    @property
    def clips(self) -> Clips:
        """The loaded model."""
        return self._clips

    def over(self, clips: Clips) -> Recognizer:
        """Make a recognizer with the same pack and speech gate that asks another model object."""
        return Recognizer(clips, self.manifest, device=self.device, gate=self._gate)

    def close(self) -> None:
        """Free the model."""
        self._clips.close()

    def check_language(self, language: str | None) -> str | None:
        """Give the canonical name of a language.

        Raises:
            LanguageError: the pack does not know it.
        """
        if language is None:
            return None
        known = {name.lower(): name for name in self.manifest.languages}
        if language.lower() not in known:
            raise LanguageError(language, self.manifest.languages)
        return known[language.lower()]

    def transcribe(
        self,
        chunks: Iterable[AudioChunk],
        options: TranscribeOptions,
        cancel: CancelToken | None = None,
    ) -> Iterator[Event]:
        """Recognise one source, chunk by chunk.

        Args:
            chunks: in order; read lazily, so that a long file is never in memory whole.
            options: language, context, budget.
            cancel: stops the work within one step.

        Yields:
            SegmentStarted, PartialText and SegmentDone for each chunk, then TranscriptDone.

        Raises:
            LanguageError, ContextTooLongError: the options do not fit the pack.
            EngineError: a runtime failed. Cancelled: somebody stopped the work.
        """
        options = replace(options, language=self.check_language(options.language))
        task = _Task(options, cancel)
        segments: list[Segment] = []
        end_s = 0.0
        for index, chunk in enumerate(chunks):
            if cancel is not None:
                cancel.check()
            yield SegmentStarted(index=index, start_s=chunk.start_s, end_s=chunk.end_s)
            segment = yield from self._chunk(chunk, index, task)
            end_s = chunk.end_s
            segments.append(segment)
            yield SegmentDone(index=index, segment=segment, done_s=end_s)
        yield TranscriptDone(transcript=self._transcript(segments, end_s))

    def _transcript(self, segments: list[Segment], duration_s: float) -> Transcript:
        timings = sum((segment.timings for segment in segments), Timings(load_s=self.load_s))
        spoken = tuple(segment for segment in segments if segment.text)
        return Transcript(
            text=join_texts([(segment.language, segment.text) for segment in spoken]),
            language=join_languages([segment.language for segment in spoken]),
            duration_s=duration_s,
            segments=spoken,
            timings=timings,
            pack=self.manifest.name,
            device=self.device,
        )

    def _chunk(self, chunk: AudioChunk, index: int, task: _Task) -> Generator[Event, None, Segment]:
        started = time.perf_counter()
        parts = yield from self._recognize(chunk.waveform, index, task)
        return _segment(chunk, parts, total_s=time.perf_counter() - started)

    def _recognize(
        self, waveform: FloatArray, index: int, task: _Task
    ) -> Generator[Event, None, tuple[_Part, ...]]:
        """Recognise a waveform, in two halves if its text runs into a loop."""
        if not self._is_speech(waveform, task.options):
            return ()
        part = yield from self._once(waveform, index, task, shown=())
        if not part.hypothesis.looped or len(waveform) < _MIN_SPLIT_S * SAMPLE_RATE:
            return (part,)
        cut = quietest_point(waveform)
        halves: tuple[_Part, ...] = ()
        for half in (waveform[:cut], waveform[cut:]):
            if self._is_speech(half, task.options):
                part = yield from self._once(half, index, task, shown=halves)
                halves += (part,)
        return halves

    def _once(
        self, waveform: FloatArray, index: int, task: _Task, *, shown: tuple[_Part, ...]
    ) -> Generator[Event, None, _Part]:
        """Run the model once over a waveform; ``shown`` is the text that stands before it."""
        before = [(part.language, part.text) for part in shown]
        clip = self._clips.recognize(waveform, task.options, task.cancel)
        while True:
            try:
                text = next(clip)
            except StopIteration as end:
                hypothesis: Hypothesis = end.value
                break
            yield PartialText(index=index, text=join_texts([*before, ("", text)]))
        language, text = parse_hypothesis(
            hypothesis.text, task.options.language, looped=hypothesis.looped
        )
        return _Part(language, text, hypothesis)

    def _is_speech(self, waveform: FloatArray, options: TranscribeOptions) -> bool:
        if len(waveform) < self.manifest.mel.hop_length:
            return False
        if self._gate is None or not options.use_gate:
            return True
        return self._gate.has_speech(waveform)


def load_recognizer(
    pack: Pack,
    *,
    n_threads: int | None = None,
    gate: SpeechGate | None = None,
    attention: str | None = None,
    placement: Placement = PROCESSOR,
) -> Recognizer:
    """Load the model of a pack.

    Args:
        pack: an opened pack.
        n_threads: threads of both runtimes; by default the physical cores that we may use.
        gate: speech gate; None recognises everything.
        attention: "windowed" or "full"; by default what the pack says.
        placement: where the two halves run.

    Raises:
        PackError, EncoderError, DecoderError: the model cannot be loaded. DeviceError: there is no
            such device.
    """
    started = time.perf_counter()
    n_threads = n_threads or default_threads()
    watch: Watch = nullcontext
    if not placement.is_processor:
        watch = partial(DeviceUse().computing, placement.key)
    with watch():
        clips = ClipRecognizer(
            pack,
            n_threads=n_threads,
            attention=attention,
            at_once=n_threads > 1 and has_memory_for(MEMORY_AT_ONCE * pack.n_bytes),
            placement=placement,
            watch=watch,
        )
    return Recognizer(
        clips,
        pack.manifest,
        device=device_label(placement, n_threads),
        gate=gate,
        load_s=time.perf_counter() - started,
    )


def device_label(placement: Placement, n_threads: int) -> str:
    """Name for people what a loaded model runs on."""
    if placement.is_processor:
        return f"CPU, {n_threads} thread{'s' if n_threads != 1 else ''}"
    return placement.label(graphics_card(placement.card).name if placement.card is not None else "")


def quietest_point(waveform: FloatArray) -> int:
    """Find the middle of the quietest 100 ms in the middle half of a waveform.

    Args:
        waveform: float32 [n_samples].

    Returns:
        A position in samples, between a quarter and three quarters of the length.
    """
    start = len(waveform) // 4
    energy = np.cumsum(np.square(waveform[start : len(waveform) - start], dtype=np.float64))
    if len(energy) <= _QUIET_WINDOW:
        return len(waveform) // 2
    windows = energy[_QUIET_WINDOW:] - energy[:-_QUIET_WINDOW]
    return start + int(windows.argmin()) + _QUIET_WINDOW // 2


def _segment(chunk: AudioChunk, parts: tuple[_Part, ...], *, total_s: float) -> Segment:
    hypotheses = [part.hypothesis for part in parts]
    n_tokens = sum(len(hypothesis.token_ids) for hypothesis in hypotheses)
    logprob = sum(h.avg_logprob * len(h.token_ids) for h in hypotheses)
    timings = sum((h.timings for h in hypotheses), Timings())
    return Segment(
        start_s=chunk.start_s,
        end_s=chunk.end_s,
        text=join_texts([(part.language, part.text) for part in parts]),
        language=join_languages([part.language for part in parts]),
        avg_logprob=logprob / n_tokens if n_tokens else 0.0,
        truncated=any(hypothesis.truncated for hypothesis in hypotheses),
        timings=replace(timings, total_s=total_s),
    )
