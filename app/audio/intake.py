"""From what one open microphone gives to what is recorded and shown.

    float32 [n_samples, n_channels] at its rate → mono → loudness
                                                       → 16 kHz float32 [n_samples]

One ``Intake`` serves from the start of a stream to its stop. ``flush`` gives the resampler's tail,
so n samples become round(n × 16000 / rate), however they were cut into blocks.
"""

from __future__ import annotations

from app.audio.loudness import Loudness
from app.audio.resample import FloatArray, Resampler
from app.numeric import np

LARGEST_SAMPLE = 8.0  # float devices may overshoot ±1; beyond lies only a broken driver


class Intake:
    """Turns blocks into mono at 16 kHz.

    Args:
        rate: of the microphone, in Hz.

    Attributes:
        loudness: of what came so far.
        n_samples: that came so far, at the microphone's rate.
    """

    def __init__(self, rate: int) -> None:
        self.loudness = Loudness(rate)
        self.n_samples = 0
        self._resampler = Resampler(rate)

    def push(self, samples: FloatArray) -> FloatArray:
        """Take float32 [n_samples, n_channels], return what is ready at 16 kHz."""
        mono = to_mono(samples)
        self.n_samples += len(mono)
        self.loudness.push(mono)
        return self._resampler.push(mono) if len(mono) else mono

    def flush(self) -> FloatArray:
        """Return the rest; nothing may be pushed afterwards."""
        return self._resampler.flush()


def to_mono(samples: FloatArray) -> FloatArray:
    """Return the mean of the channels, as in files; samples that are no numbers become 0."""
    mono = samples.mean(axis=1, dtype=np.float32) if samples.ndim == 2 else samples
    if not np.abs(mono).max(initial=0.0) <= LARGEST_SAMPLE:  # also true for NaN
        mono = np.where(np.abs(mono) <= LARGEST_SAMPLE, mono, np.float32(0))
    return np.ascontiguousarray(mono, np.float32)  # [n_samples, n_channels] -> [n_samples]
