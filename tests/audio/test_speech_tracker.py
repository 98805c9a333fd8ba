"""The speech gate for a stream: hears voices like the gate, at any level, and no noise."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.resample import SAMPLE_RATE, FloatArray
from app.audio.speech_tracker import SpeechTracker
from app.audio.vad import N_FRAME, SpeechGate, State
from app.errors import SpeechGateError
from tests.audio.signals import DATA, VOICES, at_level, noises, read_clip

NOISES = noises()
RNG = np.random.default_rng(4)


@pytest.fixture(scope="module")
def gate() -> SpeechGate:
    return SpeechGate()


def track(gate: SpeechGate, waveform: FloatArray, n_block: int = 1600) -> FloatArray:
    tracker = SpeechTracker(gate)
    parts = [
        tracker.push(waveform[start : start + n_block])
        for start in range(0, len(waveform), n_block)
    ]
    return np.concatenate(parts)


def longest_run(probabilities: FloatArray) -> int:
    longest = run = 0
    for probability in probabilities:
        run = run + 1 if probability >= 0.5 else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("level_db", [-20.0, -45.0, -60.0])
def test_tracker_agrees_with_the_gate(gate: SpeechGate, name: str, level_db: float) -> None:
    waveform = at_level(read_clip(DATA / name), level_db).astype(np.float32)
    room = RNG.normal(scale=1e-4, size=SAMPLE_RATE).astype(np.float32)
    waveform = np.concatenate([room, waveform, room])
    wanted = gate.probabilities(waveform) >= 0.5
    found = track(gate, waveform) >= 0.5
    n = len(waveform) // N_FRAME
    assert len(found) == n
    assert np.mean(found == wanted[:n]) > 0.9


@pytest.mark.parametrize("name", NOISES)
def test_tracker_is_not_fooled_by_noise(gate: SpeechGate, name: str) -> None:
    assert longest_run(track(gate, NOISES[name])) < 5


def test_tracker_hears_a_word_after_silence(gate: SpeechGate) -> None:
    word = at_level(read_clip(DATA / "yes_slt.wav"), -20).astype(np.float32)
    room = RNG.normal(scale=3e-4, size=12 * SAMPLE_RATE).astype(np.float32)
    found = track(gate, np.concatenate([room, word, room[:16_000]])) >= 0.5
    first = int(np.flatnonzero(found)[0]) * N_FRAME / SAMPLE_RATE
    assert 11.9 < first < 12.4
    assert found.sum() >= 5


@pytest.mark.parametrize("n_block", [1, 160, 512, 5120, 100_000])
def test_tracker_gives_every_whole_frame_once(gate: SpeechGate, n_block: int) -> None:
    waveform = read_clip(DATA / "yes_slt.wav")[:9_000]
    assert len(track(gate, waveform, n_block)) == len(waveform) // N_FRAME


class FailingGate(SpeechGate):
    """Fails at every third call, first between the two of the beginning."""

    n_calls = 0

    def hear(self, frames: FloatArray, state: State) -> tuple[FloatArray, State]:
        self.n_calls += 1
        if self.n_calls % 3 == 2:
            raise SpeechGateError("run", "no memory")
        return super().hear(frames, state)


def test_tracker_that_fails_hears_the_same_when_it_is_asked_again(gate: SpeechGate) -> None:
    waveform = read_clip(DATA / "yes_slt.wav")[:16_000]
    tracker = SpeechTracker(FailingGate())
    found = []
    for start in range(0, len(waveform), 1600):
        while True:
            try:
                found.append(tracker.push(waveform[start : start + 1600]))
            except SpeechGateError:
                continue
            break
    np.testing.assert_array_equal(np.concatenate(found), track(gate, waveform))


def test_tracker_needs_a_few_frames_to_begin(gate: SpeechGate) -> None:
    tracker = SpeechTracker(gate)
    assert len(tracker.push(np.zeros(0, np.float32))) == 0
    assert len(tracker.push(np.zeros(9 * N_FRAME, np.float32))) == 0
    assert len(tracker.push(np.zeros(N_FRAME, np.float32))) == 10
