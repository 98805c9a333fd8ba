"""Speech gate: does anybody speak in a chunk? Asked before the model, which would invent words.

In: float32 [n_samples], 16 kHz. Out: ``SpeechReport``. Silence, hum, clicks and noise then give
empty text, and neither context nor a forced language reaches the model for a chunk without speech.

Chosen by measurement (docs/VAD.md; ``python -m tests.audio.gate_report`` runs it again): Silero VAD
6.2.3 against thresholds on energy and peak. Thresholds cannot tell a fan from a voice: whatever
passes speech at −45 dBFS passes every louder noise. Silero told every noise from every voice, down
to −65 dBFS, as one word in 30 s, beside a bump of −1 dBFS and in noise 15 dB below the voice.

The model is silero_vad_16k_sequence.onnx: one call takes 512 frames instead of one, which makes it
cost 0.0016 × real time on one thread, with the same probabilities. The package itself needs torch,
so the file lies in ``resources``, with its licence (MIT).

- Level: single words at −65 dBFS are lost without, so the waveform is brought to −23 dBFS first.
  Its level is the one that 8 frames (0.26 s) reach: neither a short bump nor 29 s of silence around
  one word mislead it. The gain stops at 50 dB; what then exceeds ±1 is clipped.
- Start: what begins with the first sample surprises the model: it misses half a word, and hears one
  when hum sets in. So the first 0.32 s are heard twice, first backwards.
- Decision: 5 frames in a row (0.16 s) at probability 0.5. The longest run of any noise was 4
  (plucked music), the shortest of any word 6 ("yes" under a hum 5 dB louder than the voice).

Frame i covers samples 512·i to 512·i + 511 and is heard with the 64 samples before it.

Source: snakers4/silero-vad, sequence_vad.py (the model's inputs; written anew).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnxruntime

from app.engine.types import SAMPLE_RATE, FloatArray
from app.errors import SpeechGateError

MODEL_PATH = Path(__file__).parent / "resources" / "silero_vad_16k_sequence.onnx"
N_FRAME = 512  # samples: 32 ms, what the model was trained on
N_CONTEXT = 64  # samples of the frame before, which the model hears too
N_BLOCK_FRAMES = 512  # at once: 16 s; more only costs memory
N_STATE = 128  # width of the LSTM
N_LEAD_FRAMES = 10  # mirrored before the first: 0.32 s
N_LEVEL_FRAMES = 8  # 0.26 s: shorter than "yes", longer than a bump
State: TypeAlias = tuple[FloatArray, FloatArray]  # of the LSTM: float32 [1, 1, 128] each
SILENT: State = (np.zeros((1, 1, N_STATE), np.float32), np.zeros((1, 1, N_STATE), np.float32))
SPEECH_LEVEL_DB = -23.0  # dBFS, RMS: broadcast loudness
MAX_GAIN_DB = 50.0  # lifts speech at −65 dBFS; more would lift the last bit of 16-bit silence


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions:
    """What counts as speech.

    Attributes:
        threshold: probability from which a frame is speech.
        min_run_frames: so many speech frames (32 ms each) in a row are speech.
    """

    threshold: float = 0.5
    min_run_frames: int = 5

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1 or self.min_run_frames < 1:
            raise ValueError("threshold must lie between 0 and 1, min_run_frames be at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechReport:
    """What the gate heard.

    Attributes:
        has_speech: whether the model should be asked.
        speech_s: sum of the speech frames, in seconds.
        first_s, last_s: start of the first and end of the last run that is long enough to be
            speech, in seconds; 0 without speech.
        longest_run_s: longest run of speech frames, in seconds; near the limit the decision is a
            close one.
        max_probability: of any frame.
    """

    has_speech: bool
    speech_s: float
    first_s: float
    last_s: float
    longest_run_s: float
    max_probability: float


DEFAULT_OPTIONS = GateOptions()


class SpeechGate:
    """Tells whether anybody speaks; loads in 25 ms and keeps no state between calls.

    Args:
        options: what counts as speech.
        model_path: another file with the same inputs and outputs.

    Raises:
        SpeechGateError: the model cannot be loaded.
    """

    def __init__(
        self, options: GateOptions = DEFAULT_OPTIONS, model_path: Path = MODEL_PATH
    ) -> None:
        self._options = options
        self._session = _load(model_path)

    def has_speech(self, waveform: FloatArray) -> bool:
        """Say whether float32 [n_samples] at 16 kHz holds speech."""
        return self.detect(waveform).has_speech

    def detect(self, waveform: FloatArray) -> SpeechReport:
        """Report where somebody speaks in float32 [n_samples] at 16 kHz."""
        probabilities = self.probabilities(waveform)
        is_speech = probabilities >= self._options.threshold
        runs = list(_runs(is_speech))
        spoken = [run for run in runs if run[1] - run[0] >= self._options.min_run_frames]
        return SpeechReport(
            has_speech=bool(spoken),
            speech_s=_frames_to_s(int(np.count_nonzero(is_speech))),
            first_s=_frames_to_s(spoken[0][0]) if spoken else 0.0,
            last_s=min(_frames_to_s(spoken[-1][1]), len(waveform) / SAMPLE_RATE) if spoken else 0.0,
            longest_run_s=_frames_to_s(max((end - start for start, end in runs), default=0)),
            max_probability=float(probabilities.max(initial=0.0)),
        )

    def probabilities(self, waveform: FloatArray) -> FloatArray:
        """Return the probability of speech of each frame, float32 [ceil(n_samples / 512)].

        Raises:
            SpeechGateError: the model failed.
        """
        if not len(waveform):
            return np.zeros(0, np.float32)
        lead = (N_LEAD_FRAMES * N_FRAME, 0)
        frames = _frames(np.pad(normalize_level(waveform), lead, mode="symmetric"))
        state = SILENT
        found: list[FloatArray] = []
        for start in range(0, len(frames), N_BLOCK_FRAMES):
            probabilities, state = self.hear(frames[start : start + N_BLOCK_FRAMES], state)
            found.append(probabilities)
        return np.concatenate(found)[N_LEAD_FRAMES:]

    def hear(self, frames: FloatArray, state: State) -> tuple[FloatArray, State]:
        """Judge some frames after others.

        Args:
            frames: float32 [n_frames, 64 + 512] in [-1, 1], each with what came before it.
            state: what was returned for the frames before; SILENT for the first.

        Returns:
            float32 [n_frames], the probability of speech of each; and the state after them.

        Raises:
            SpeechGateError: the model failed.
        """
        hidden, cell = state
        inputs = {"input": frames, "h": hidden, "c": cell}
        probabilities, hidden, cell = self._run(inputs)
        return probabilities, (hidden, cell)

    def _run(self, inputs: dict[str, FloatArray]) -> list[FloatArray]:
        try:
            outputs: list[FloatArray] = self._session.run(["speech_probs", "hn", "cn"], inputs)
        except Exception as exc:  # ONNX Runtime's errors share no public base class
            raise SpeechGateError("run", str(exc)) from exc
        return outputs


def normalize_level(waveform: FloatArray) -> FloatArray:
    """Bring a waveform to the level of ordinary speech; see the module's docstring.

    Args:
        waveform: float32 [n_samples].

    Returns:
        float32 [n_samples] in [-1, 1].
    """
    gain_db = min(SPEECH_LEVEL_DB - speech_level_db(waveform), MAX_GAIN_DB)
    loud: FloatArray = waveform * np.float32(10 ** (gain_db / 20))
    return np.clip(loud, -1, 1)


def speech_level_db(waveform: FloatArray) -> float:
    """Return the RMS level in dBFS that 8 frames reach, −200 for digital silence."""
    n_frames = len(waveform) // N_FRAME
    whole = waveform[: n_frames * N_FRAME] if n_frames else waveform
    frames = whole.reshape(max(1, n_frames), -1)
    powers = np.sort(np.square(frames, dtype=np.float64).sum(axis=1))[::-1] / max(
        1, frames.shape[1]
    )
    return float(10 * np.log10(powers[min(N_LEVEL_FRAMES, len(powers)) - 1] + 1e-20))


def _frames(waveform: FloatArray) -> FloatArray:
    """Cut float32 [n_samples] into [n_frames, 64 + 512], each with the end of the one before."""
    n_frames = -(-len(waveform) // N_FRAME)
    padded = np.zeros(N_CONTEXT + n_frames * N_FRAME, np.float32)
    padded[N_CONTEXT : N_CONTEXT + len(waveform)] = waveform
    windows = np.lib.stride_tricks.sliding_window_view(padded, N_CONTEXT + N_FRAME)
    return np.ascontiguousarray(windows[::N_FRAME])


def _runs(is_speech: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield (first frame, one past the last frame) of each run of speech frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_speech.astype(np.int8), [0]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield int(start), int(end)


def _frames_to_s(n_frames: int) -> float:
    return n_frames * N_FRAME / SAMPLE_RATE


def _load(model_path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # 0.05 s per chunk
    options.log_severity_level = 4  # only fatal: errors arrive as exceptions
    try:
        return onnxruntime.InferenceSession(
            str(model_path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as exc:  # ONNX Runtime's errors share no public base class
        raise SpeechGateError("load", str(exc)) from exc
