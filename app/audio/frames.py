"""From FFmpeg's frames to mono float32 at the native rate, with the time line kept.

In: decoded frames of any sample format and channel layout. Out: float32 [n_samples].

Mono is the mean of all channels, as in the official package; FFmpeg's own downmix weights the
channels of 5.1 and 7.1 and drops the LFE. Samples may leave ±1 here (see ``chunks``).
"""

from __future__ import annotations

from typing import Any

from app.audio.resample import FloatArray
from app.numeric import np

MIN_GAP_S = 0.1  # time stamps of some containers jitter by less
MAX_GAP_S = 600.0  # a longer jump is a joint of two recordings, not a pause
DTYPES = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}
LARGEST_SAMPLE = 2.0**31  # floats written at integer scale reach it; beyond lies only damage


class MonoMixer:
    """Turn frames into mono, and silence samples that are no numbers.

    Attributes:
        n_bad_samples: NaN, infinite or absurd samples so far, over all channels; they become 0,
            because one of them would spread through the resampler's filter.
    """

    def __init__(self) -> None:
        self.n_bad_samples = 0

    def mix(self, frame: Any) -> FloatArray:
        """Return the mean of a frame's channels as float32 [n_samples]."""
        samples = read_channels(frame)
        scaled = self._clean(samples) if samples.dtype.kind == "f" else scale_integers(samples)
        mono = scaled[0] if len(scaled) == 1 else sum(scaled) / len(scaled)
        return np.asarray(mono, np.float32)  # [n_channels, n_samples] -> [n_samples]

    def _clean(self, samples: Any) -> Any:
        sizes = np.abs(samples)
        if sizes.max(initial=0.0) <= LARGEST_SAMPLE:  # False for NaN
            return samples
        bad = ~(sizes <= LARGEST_SAMPLE)
        self.n_bad_samples += int(np.count_nonzero(bad))
        return np.where(bad, samples.dtype.type(0), samples)


def read_channels(frame: Any) -> np.ndarray[tuple[Any, ...], np.dtype[Any]]:
    """Return a frame's samples as they are, [n_channels, n_samples].

    PyAV 18.1's own ``to_ndarray`` crashes on planar frames of 8 channels: it counts planes by
    looking for a null pointer, which is not there. The layout knows their number.
    """
    n_channels = frame.layout.nb_channels
    dtype = np.dtype(DTYPES[frame.format.packed.name])
    if frame.format.is_planar:
        planes = frame.planes[:n_channels]
        return np.stack([np.frombuffer(plane, dtype, frame.samples) for plane in planes])
    packed = np.frombuffer(frame.planes[0], dtype, frame.samples * n_channels)
    return packed.reshape(frame.samples, n_channels).T


def scale_integers(samples: Any) -> Any:
    """Scale integer PCM of any width to [-1, 1); 8-bit PCM is unsigned."""
    if samples.dtype.kind == "u":
        return samples.astype(np.float32) / 128 - 1
    return samples.astype(np.float32) / np.float32(2.0 ** (8 * samples.dtype.itemsize - 1))


class TimeLine:
    """Find the silence that a container skips: jumps between the time stamps of its frames.

    Args:
        start_s: time stamp at which the container starts; a track that starts later has silence
            before it, so that times in the transcript fit the picture.
    """

    def __init__(self, start_s: float) -> None:
        self._expected_s = start_s

    def gap_s(self, frame: Any) -> float:
        """Return the seconds of silence before a frame, and move past the frame."""
        if frame.pts is None or frame.time_base is None:
            return 0.0
        time_s = float(frame.pts * frame.time_base)
        gap_s = time_s - self._expected_s
        self._expected_s = time_s + frame.samples / frame.sample_rate
        return gap_s if MIN_GAP_S <= gap_s <= MAX_GAP_S else 0.0
