"""The speech gate: no noise passes, no voice is lost, and the report says where it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.audio.resample import SAMPLE_RATE, FloatArray
from app.audio.vad import (
    MODEL_PATH,
    N_FRAME,
    GateOptions,
    SpeechGate,
    normalize_level,
    speech_level_db,
)
from app.errors import SpeechGateError
from tests.audio.gate_report import thresholds_hear_speech
from tests.audio.signals import CIRCUMSTANCES, DATA, VOICES, at_level, in_silence, noises, read_clip

NOISES = noises()


@pytest.fixture(scope="module")
def gate() -> SpeechGate:
    return SpeechGate()


@pytest.fixture(scope="module", params=VOICES)
def voice(request: pytest.FixtureRequest) -> FloatArray:
    return read_clip(DATA / str(request.param))


@pytest.mark.parametrize("name", NOISES)
def test_gate_stays_shut_for_noise(gate: SpeechGate, name: str) -> None:
    assert not gate.has_speech(NOISES[name])


@pytest.mark.parametrize("name", NOISES)
def test_gate_stays_shut_when_noise_sets_in(gate: SpeechGate, name: str) -> None:
    assert not gate.has_speech(np.concatenate([np.zeros(3000, np.float32), NOISES[name]]))


@pytest.mark.parametrize("name", CIRCUMSTANCES)
def test_gate_opens_for_a_voice(gate: SpeechGate, voice: FloatArray, name: str) -> None:
    assert gate.has_speech(CIRCUMSTANCES[name](voice))


def test_thresholds_would_not_do() -> None:
    wrong = [name for name, noise in NOISES.items() if thresholds_hear_speech(noise)]
    assert len(wrong) >= 5


def test_report_says_where_the_voice_is(gate: SpeechGate) -> None:
    voice = read_clip(DATA / "meeting_slt.wav")
    report = gate.detect(in_silence(voice, -25))
    start_s = (30 - len(voice) / SAMPLE_RATE) / 3
    assert report.first_s == pytest.approx(start_s, abs=0.3)
    assert report.last_s == pytest.approx(start_s + len(voice) / SAMPLE_RATE, abs=0.5)
    assert report.speech_s == pytest.approx(len(voice) / SAMPLE_RATE, abs=1)
    assert 0.5 < report.longest_run_s <= report.speech_s
    assert 0.9 < report.max_probability <= 1


def test_report_of_noise_is_empty(gate: SpeechGate) -> None:
    report = gate.detect(NOISES["digital silence"])
    assert (report.speech_s, report.first_s, report.last_s, report.longest_run_s) == (0, 0, 0, 0)
    assert report.max_probability < 0.1


def test_report_never_ends_after_the_waveform(gate: SpeechGate) -> None:
    voice = read_clip(DATA / "meeting_slt.wav")[: 3 * SAMPLE_RATE + 7]
    assert gate.detect(voice).last_s <= len(voice) / SAMPLE_RATE


@pytest.mark.parametrize("n_samples", [0, 1, N_FRAME - 1, N_FRAME, N_FRAME + 1, 512 * N_FRAME + 1])
def test_probabilities_edge_lengths(gate: SpeechGate, n_samples: int) -> None:
    noise = np.random.default_rng(0).standard_normal(n_samples).astype(np.float32)
    assert gate.probabilities(noise).shape == (-(-n_samples // N_FRAME),)
    assert not gate.has_speech(noise)


def test_detect_keeps_no_state(gate: SpeechGate) -> None:
    voice = read_clip(DATA / "yes_slt.wav")
    before = gate.detect(voice)
    gate.detect(NOISES["white noise, −10 dBFS"])
    assert gate.detect(voice) == before


def test_decision_needs_a_run(gate: SpeechGate) -> None:
    voice = read_clip(DATA / "yes_slt.wav")
    n_frames = round(gate.detect(voice).longest_run_s * SAMPLE_RATE / N_FRAME)
    assert SpeechGate(GateOptions(min_run_frames=n_frames)).has_speech(voice)
    assert not SpeechGate(GateOptions(min_run_frames=n_frames + 1)).has_speech(voice)


@pytest.mark.parametrize("level_db", [-10.0, -45.0, -60.0])
def test_normalize_level_brings_a_voice_to_one_level(level_db: float) -> None:
    voice = at_level(read_clip(DATA / "meeting_slt.wav"), level_db).astype(np.float32)
    assert speech_level_db(normalize_level(voice)) == pytest.approx(-23, abs=0.01)


def test_normalize_level_is_not_misled_by_a_bump() -> None:
    voice = at_level(read_clip(DATA / "meeting_slt.wav"), -45).astype(np.float32)
    quiet_db = speech_level_db(voice)
    voice[8000:9600] = 0.9
    assert speech_level_db(voice) == pytest.approx(quiet_db, abs=3)
    assert np.abs(normalize_level(voice)).max() <= 1


def test_normalize_level_leaves_silence_silent() -> None:
    assert not normalize_level(np.zeros(5000, np.float32)).any()
    last_bit = np.full(5000, 1 / 32768, np.float32)
    assert speech_level_db(normalize_level(last_bit)) < -35


def test_load_missing_model(tmp_path: Path) -> None:
    with pytest.raises(SpeechGateError, match="load") as caught:
        SpeechGate(model_path=tmp_path / "gone.onnx")
    assert caught.value.step == "load"


def test_load_damaged_model(tmp_path: Path) -> None:
    path = tmp_path / "damaged.onnx"
    path.write_bytes(MODEL_PATH.read_bytes()[:10_000])
    with pytest.raises(SpeechGateError, match="load"):
        SpeechGate(model_path=path)


def test_run_of_a_foreign_waveform_fails_clearly(gate: SpeechGate) -> None:
    with pytest.raises(SpeechGateError, match="run") as caught:
        gate._run({"input": np.zeros((1, 3), np.float32)})
    assert caught.value.step == "run"


@pytest.mark.parametrize(("threshold", "min_run_frames"), [(0.0, 5), (1.0, 5), (0.5, 0)])
def test_options_refuse_nonsense(threshold: float, min_run_frames: int) -> None:
    with pytest.raises(ValueError, match="threshold"):
        GateOptions(threshold=threshold, min_run_frames=min_run_frames)


def test_model_has_its_licence_beside_it() -> None:
    assert "MIT License" in (MODEL_PATH.parent / "silero_vad_LICENSE.txt").read_text()
