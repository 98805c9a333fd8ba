"""Cutting a stream into utterances: pauses, long ones, silence; never a sample lost."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.types import SAMPLE_RATE, FloatArray
from app.engine.utterances import MAX_SILENCE_S, PauseOptions, Span, UtteranceSplitter
from app.errors import SpeechGateError

RNG = np.random.default_rng(2)
FRAME = 512


class LoudTracker:
    """Takes what is louder than 0.1 for speech."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)

    def push(self, waveform: FloatArray) -> FloatArray:
        sound = np.concatenate([self._rest, waveform])
        n = len(sound) // FRAME
        self._rest = sound[n * FRAME :]
        levels = np.abs(sound[: n * FRAME]).reshape(n, FRAME).mean(axis=1)
        return (levels > 0.1).astype(np.float32)


def sound(*parts: tuple[float, bool]) -> FloatArray:
    """Make a stream of (seconds, is speech); every sample is unlike the others."""
    pieces = [
        RNG.uniform(0.3, 0.9, round(s * SAMPLE_RATE)) * (1 if spoken else 0.01)
        for s, spoken in parts
    ]
    waveform: FloatArray = np.concatenate(pieces).astype(np.float32)
    return waveform


def split(
    waveform: FloatArray, options: PauseOptions | None = None, n_block: int = 1600
) -> list[Span]:
    splitter = UtteranceSplitter(LoudTracker(), options or PauseOptions())
    spans: list[Span] = []
    for start in range(0, len(waveform), n_block):
        spans += splitter.push(waveform[start : start + n_block])
    spans += splitter.flush()
    assert_tiles(spans, waveform)
    return spans


def assert_tiles(spans: list[Span], waveform: FloatArray) -> None:
    """Make sure that the spans are the stream: in order, no gap, no overlap."""
    at = 0
    for span in spans:
        assert span.chunk.start_sample == at
        at += len(span.chunk.waveform)
    joined = np.concatenate([span.chunk.waveform for span in spans])
    np.testing.assert_array_equal(joined, waveform)


def spoken(spans: list[Span]) -> list[tuple[float, float]]:
    return [
        (round(span.chunk.start_s, 1), round(span.chunk.end_s, 1))
        for span in spans
        if span.has_speech
    ]


def test_split_at_a_pause() -> None:
    spans = split(sound((0.2, False), (2.0, True), (1.0, False), (2.0, True), (1.0, False)))
    assert spoken(spans) == [(0.0, 2.5), (2.5, 5.5)]


def test_split_not_at_a_breath() -> None:
    assert spoken(split(sound((2.0, True), (0.5, False), (2.0, True)))) == [(0.0, 4.5)]


def test_split_the_first_word_has_a_lead() -> None:
    spans = split(sound((5.0, False), (2.0, True), (1.0, False)))
    assert [span.has_speech for span in spans] == [False, True, False]
    assert spoken(spans) == [(4.5, 7.3)]


@pytest.mark.parametrize("n_block", [1, 7, 511, 512, 513, 100_000])
def test_split_does_not_depend_on_the_blocks(n_block: int) -> None:
    n_samples = 12_000 if n_block < 10 else 200_000
    waveform = sound((0.1, False), (0.4, True), (1.5, False), (3.0, True), (9.0, False))
    waveform = waveform[:n_samples]
    assert spoken(split(waveform, n_block=n_block)) == spoken(split(waveform))


def test_split_a_long_utterance_ends_at_a_shorter_pause() -> None:
    breath = (0.5, False)
    spans = split(sound((6.0, True), breath, (18.0, True), breath, (1.0, True)))
    assert spoken(spans) == [(0.0, 24.8), (24.8, 26.0)]


def test_split_speech_without_a_pause_at_its_quietest_place() -> None:
    waveform = sound((70.0, True))
    dip = slice(round(26.0 * SAMPLE_RATE), round(26.15 * SAMPLE_RATE))
    waveform[dip] *= 0.3  # quieter, but no silence
    spans = split(waveform)
    assert spans[0].chunk.end_s == pytest.approx(26.075, abs=0.1)
    assert all(span.chunk.duration_s <= 30.0 for span in spans)
    assert all(span.has_speech for span in spans)


def test_split_obeys_the_longest_clip_of_the_model() -> None:
    spans = split(sound((25.0, True)), PauseOptions(max_open_s=10.0))
    assert all(span.chunk.duration_s <= 10.0 for span in spans)


@pytest.mark.parametrize("silence_s", [0.05, 0.15, 0.25, 0.31, 0.4, 0.5, 0.6])
@pytest.mark.parametrize("after_s", [0.0, 0.2, 3.0])
@pytest.mark.parametrize("max_open_s", [10.0, 30.0])
def test_split_longest_clip_ends_in_a_pause(
    max_open_s: float, silence_s: float, after_s: float
) -> None:
    waveform = sound((max_open_s - silence_s, True), (silence_s + after_s, False))
    spans = split(waveform, PauseOptions(max_open_s=max_open_s))
    speech = [span for span in spans if span.has_speech]
    assert len(speech) == 1, "what follows the cut is silence"
    assert speech[0].chunk.end_s >= max_open_s - silence_s


class FailingTracker(LoudTracker):
    """Fails at every other call."""

    n_calls = 0

    def push(self, waveform: FloatArray) -> FloatArray:
        self.n_calls += 1
        if self.n_calls % 2:
            raise SpeechGateError("run", "no memory")
        return super().push(waveform)


def test_split_sound_is_neither_lost_nor_doubled_when_the_tracker_fails() -> None:
    waveform = sound((0.2, False), (2.0, True), (1.0, False), (2.0, True), (1.0, False))
    splitter = UtteranceSplitter(FailingTracker(), PauseOptions())
    spans: list[Span] = []
    for start in range(0, len(waveform), 1600):
        block = waveform[start : start + 1600]
        with pytest.raises(SpeechGateError):
            splitter.push(block)
        spans += splitter.push(block)
    spans += splitter.flush()
    assert_tiles(spans, waveform)
    assert spoken(spans) == [(0.0, 2.5), (2.5, 5.5)]


def test_split_long_silence_is_handed_on_in_pieces() -> None:
    spans = split(sound((60.0, False)))
    assert not any(span.has_speech for span in spans)
    assert max(span.chunk.duration_s for span in spans) <= MAX_SILENCE_S + 1


def test_split_a_click_is_no_speech() -> None:
    assert spoken(split(sound((3.0, False), (0.1, True), (3.0, False)))) == []


def test_split_speech_up_to_the_end() -> None:
    assert spoken(split(sound((2.0, False), (1.03, True)))) == [(1.5, 3.0)]


def test_split_stop_in_the_pause_ends_the_utterance_where_the_pause_would_have() -> None:
    spans = split(sound((2.0, True), (0.5, False)))
    assert [span.has_speech for span in spans] == [True, False]
    assert spoken(spans) == [(0.0, 2.3)]
    assert [span.has_speech for span in split(sound((2.0, True), (0.25, False)))] == [True]


@pytest.mark.parametrize("n_samples", [1, 511, 512, 513])
def test_split_edge_lengths(n_samples: int) -> None:
    waveform = np.full(n_samples, 0.5, np.float32)
    assert len(split(waveform)) == 1


def test_split_nothing() -> None:
    assert UtteranceSplitter(LoudTracker(), PauseOptions()).flush() == []


def test_pauses_shrink_with_the_utterance() -> None:
    options = PauseOptions()
    pauses = [options.needed_s(seconds) for seconds in (0, 8, 14, 20, 30)]
    assert pauses == pytest.approx([0.7, 0.7, 0.525, 0.35, 0.35])


@pytest.mark.parametrize(
    "wrong",
    [{"pause_s": 0.2}, {"min_pause_s": 0.9}, {"short_s": 20.0}, {"max_open_s": 1.0}],
)
def test_options_refuse_nonsense(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        PauseOptions(**wrong)
