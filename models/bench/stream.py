"""Measure live recognition from beginning to end: options in, report out."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.audio.speech_tracker import SpeechTracker
from app.audio.vad import SpeechGate
from app.engine.clip import ClipRecognizer
from app.engine.growing_clip import GrowingClips, Savings
from app.engine.pack import open_pack
from app.engine.recognizer import Recognizer, load_recognizer
from app.engine.streaming import StreamingRecognizer, StreamOptions
from app.engine.types import (
    SAMPLE_RATE,
    AudioChunk,
    FloatArray,
    Segment,
    SegmentDone,
    TranscribeOptions,
)
from app.engine.utterances import Tracker
from models.bench.audio import read_waveform
from models.bench.entry import run
from models.bench.machine import describe_machine
from models.bench.stream_figures import Speech, StreamFigures, summarize_runs
from models.bench.stream_forced import AnySound, ForcedClips, OneUtterance
from models.bench.stream_options import VARIANTS, StreamBenchOptions, parse_stream_options
from models.bench.stream_report import StreamReport
from models.bench.stream_run import StreamRun, speak

_SILENCE_S = 2.0  # after each recording, so that its last pause is one
_ALL = 3600.0  # s: the whole of a recording


def main(arguments: Sequence[str]) -> int:
    """Measure, print the report and write it; returns 1 after an error, 130 after Ctrl-C."""
    return run(arguments, parse_stream_options, bench_stream)


def bench_stream(options: StreamBenchOptions) -> StreamReport:
    """Measure as the options say.

    Raises:
        SongshuError: the pack or the audio cannot be used.
    """
    machine = describe_machine()  # first: loading would count as load
    pack = open_pack(options.pack)
    gate = SpeechGate()
    is_forced = options.tokens_per_s is not None
    asked = AnySound() if is_forced else gate
    recognizer = load_recognizer(pack, n_threads=options.n_threads, gate=asked)
    waveforms = [read_waveform(path, _ALL) for path in options.audio]
    if is_forced:
        waveforms = [np.resize(np.concatenate(waveforms), round(options.seconds * SAMPLE_RATE))]
    silence = np.zeros(round(_SILENCE_S * SAMPLE_RATE), np.float32)
    spoken = [np.concatenate([waveform, silence]) for waveform in waveforms]
    bench = _Bench(options, recognizer, gate, spoken)
    figures = [bench.measure(name) for name in options.variants]
    recognizer.close()
    manifest = pack.manifest
    seconds = sum(map(len, waveforms)) / SAMPLE_RATE
    return StreamReport(
        pack=manifest.name,
        recipe=f"{manifest.encoder.quantization} encoder, {manifest.decoder.quantization} decoder",
        audio=f"{len(waveforms)} recording{'s' if len(waveforms) > 1 else ''}, {seconds:.0f} s",
        tokens_per_s=options.tokens_per_s,
        step_s=options.step_s,
        max_duty=options.max_duty,
        mean_duty=options.mean_duty,
        n_threads=options.n_threads,
        n_rounds=options.n_rounds,
        keeps_up=options.keeps_up,
        cpu_clock=options.cpu_clock,
        machine=machine,
        figures=figures,
    )


@dataclass(frozen=True, slots=True)
class _Bench:
    options: StreamBenchOptions
    recognizer: Recognizer
    gate: SpeechGate
    spoken: list[FloatArray]

    def measure(self, name: str) -> StreamFigures:
        """Measure one variant; gives the round whose computing is the (lower) median."""
        rounds = sorted(
            (self._round(name) for _ in range(self.options.n_rounds)),
            key=lambda one: one.compute_per_s,
        )
        middle = rounds[(len(rounds) - 1) // 2]
        print(f"{name:<12} {middle.compute_per_s:7.3f} s per s", file=sys.stderr, flush=True)
        return middle

    def _round(self, name: str) -> StreamFigures:
        clips = self._clips(VARIANTS[name])
        cpu_s = time.process_time()
        keeps_up = self.options.keeps_up
        runs = [
            speak(self._stream(clips), sound, self._clock(), keeps_up=keeps_up)
            for sound in self.spoken
        ]
        cpu_s = time.process_time() - cpu_s
        clips.close()
        pairs = list(zip(runs, self.spoken, strict=True))
        is_forced = self.options.tokens_per_s is not None
        return summarize_runs(
            name,
            runs,
            [self._speech(run, sound) for run, sound in pairs],
            cpu_s=cpu_s,
            n_differ=None if is_forced else sum(self._n_differ(*pair) for pair in pairs),
            work=clips.work,
        )

    def _clips(self, savings: Savings) -> GrowingClips:
        model, manifest = self.recognizer.clips, self.recognizer.manifest
        assert isinstance(model, ClipRecognizer)
        rate = self.options.tokens_per_s
        if rate is None:
            return GrowingClips(model, manifest, savings)
        return ForcedClips(model, manifest, savings, rate)

    def _stream(self, clips: GrowingClips) -> StreamingRecognizer:
        is_forced = self.options.tokens_per_s is not None
        language = self.recognizer.manifest.languages[0] if is_forced else None
        options = StreamOptions(
            transcribe=TranscribeOptions(language=language),
            step_s=self.options.step_s,
            max_duty=self.options.max_duty,
            mean_duty=self.options.mean_duty,
        )
        tracker: Tracker = SpeechTracker(self.gate)
        if is_forced:
            tracker = OneUtterance(self.options.seconds)
        clock = self._clock() if not self.options.keeps_up else lambda: 0.0
        return StreamingRecognizer(self.recognizer.over(clips), clips, tracker, options, clock)

    def _clock(self) -> Callable[[], float]:
        if not self.options.cpu_clock:
            return time.perf_counter
        n_threads = self.options.n_threads
        return lambda: time.process_time() / n_threads

    def _speech(self, run: StreamRun, sound: FloatArray) -> list[Speech]:
        """Find where somebody speaks in each utterance."""
        if self.options.tokens_per_s is not None:
            return [Speech(first_s=0.0, last_s=self.options.seconds) for _ in run.utterances()]
        places = []
        for segment, _ in run.utterances():
            report = self.gate.detect(_span(sound, segment).waveform)
            first_s, last_s = segment.start_s + report.first_s, segment.start_s + report.last_s
            places.append(Speech(first_s=first_s, last_s=last_s))
        return places

    def _n_differ(self, run: StreamRun, sound: FloatArray) -> int:
        """Count the utterances whose text is not that of offline recognition."""
        n = 0
        for segment, _ in run.utterances():
            events = self.recognizer.transcribe([_span(sound, segment)], TranscribeOptions())
            (offline,) = (e.segment.text for e in events if isinstance(e, SegmentDone))
            n += offline != segment.text
        return n


def _span(sound: FloatArray, segment: Segment) -> AudioChunk:
    start, end = (round(at_s * SAMPLE_RATE) for at_s in (segment.start_s, segment.end_s))
    return AudioChunk(start_sample=start, waveform=sound[start:end])
