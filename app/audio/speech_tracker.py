"""The speech gate for sound that is still coming: a probability of speech every 32 ms.

In: blocks of float32 at 16 kHz of any size. Out: the probability of each frame of 512 samples, as
soon as it is whole. It is the network of vad.py, which keeps its state here from block to block,
and costs as little.

What vad.py can see of a clip it cannot see of a stream: its level. So the gain follows the level
that 8 of the last 312 frames (10 s) reach, and gives way at once where a block is louder than that,
for a voice that sets in after silence would else be clipped to noise. This decides only where
utterances end; whether anybody speaks in one is asked again of vad.py, which hears it whole.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from app.audio.resample import FloatArray
from app.audio.vad import (
    MAX_GAIN_DB,
    N_CONTEXT,
    N_FRAME,
    N_LEAD_FRAMES,
    N_LEVEL_FRAMES,
    SILENT,
    SPEECH_LEVEL_DB,
    SpeechGate,
    State,
)

N_MEMORY_FRAMES = 312  # 10 s
LOUDEST_DB = -9.0  # dBFS, RMS, after the gain: the peaks of a voice then just reach 1


class SpeechTracker:
    """Follows one stream.

    Args:
        gate: whose network is asked.
    """

    def __init__(self, gate: SpeechGate) -> None:
        self._gate = gate
        self._state: State = SILENT
        self._powers: deque[float] = deque(maxlen=N_MEMORY_FRAMES)
        self._context = np.zeros(N_CONTEXT, np.float32)  # of the next frame
        self._rest = np.zeros(0, np.float32)  # less than a frame, at first less than the lead
        self._has_begun = False

    def push(self, waveform: FloatArray) -> FloatArray:
        """Give the probability of speech of every frame that is whole now.

        Args:
            waveform: float32 [n_samples], what follows on the last block.

        Returns:
            float32 [n_frames]; may be empty.

        Raises:
            SpeechGateError: the network failed; the same sound may be pushed again.
        """
        whole = np.concatenate([self._rest, waveform])
        n_wait = 1 if self._has_begun else N_LEAD_FRAMES
        n_frames = len(whole) // N_FRAME
        if n_frames < n_wait:
            self._rest = whole
            return np.zeros(0, np.float32)
        heard, rest = whole[: n_frames * N_FRAME], whole[n_frames * N_FRAME :]
        powers = self._powers.copy()
        gain = _gain(powers, heard)
        context, state = self._context, self._state
        if not self._has_begun:  # the network hears the beginning backwards first; vad.py says why
            mirrored = heard[: N_LEAD_FRAMES * N_FRAME][::-1]
            _, state = self._judge(np.concatenate([context, mirrored]), gain, state)
            context = mirrored[-N_CONTEXT:]
        probabilities, state = self._judge(np.concatenate([context, heard]), gain, state)
        # Not before: whoever pushes the same sound again after an error finds all as it was.
        self._rest, self._context, self._powers = rest, heard[-N_CONTEXT:], powers
        self._state, self._has_begun = state, True
        return probabilities

    def _judge(self, sound: FloatArray, gain: np.float32, state: State) -> tuple[FloatArray, State]:
        """Judge float32 [64 + n_frames * 512]."""
        loud = np.clip(sound * gain, -1, 1)
        windows = np.lib.stride_tricks.sliding_window_view(loud, N_CONTEXT + N_FRAME)
        return self._gate.hear(np.ascontiguousarray(windows[::N_FRAME]), state)


def _gain(powers: deque[float], heard: FloatArray) -> np.float32:
    """Give the gain for float32 [n_frames * 512], whose powers are added to those before."""
    new = np.square(heard.reshape(-1, N_FRAME), dtype=np.float64).mean(axis=1)
    powers.extend(new.tolist())
    loudest = sorted(powers, reverse=True)[:N_LEVEL_FRAMES]
    gain_db = min(SPEECH_LEVEL_DB - _db(loudest[-1]), LOUDEST_DB - _db(float(new.max())))
    return np.float32(10 ** (min(gain_db, MAX_GAIN_DB) / 20))


def _db(power: float) -> float:
    return float(10 * np.log10(power + 1e-20))
