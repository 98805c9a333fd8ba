"""Log-mel spectrogram, exactly as the model was trained on.

    waveform [n_samples] -> reflect-pad n_fft/2 -> frames -> |rfft|^2 -> mel -> log10 -> normalise

Recipe (Whisper's): 16 kHz, n_fft 400, hop 160, periodic Hann window, the last frame dropped,
log10 with floor 1e-10, clamped to 8 below the clip's maximum, (x + 4) / 4. No padding to 30 s. The
maximum is over the whole clip, so a clip must be given whole. Blocks are always full: in smaller
ones sums are rounded in another order, and a clip that has grown would no longer begin with what it
was (encoder_cache.py). SciPy's transform computes in float32
and twice as fast as numpy.fft; app.engine.fourier loads it without the rest of SciPy.
Source: huggingface/transformers, feature_extraction_whisper.py (checked by models.verify).
"""

from __future__ import annotations

import numpy as np

from app.engine.fourier import rfft
from app.engine.types import FloatArray

LOG_FLOOR = 1e-10  # power below which log10 is cut
DYNAMIC_RANGE = 8.0  # in log10 of power: 80 dB below the loudest bin of the clip
_BLOCK_FRAMES = 512  # frames transformed at once, so that the spectrum (0.4 MB) stays in L2


class MelExtractor:
    """Turns waveforms into normalised log-mel spectrograms.

    Args:
        filters: mel filters, float32 [n_fft / 2 + 1, n_mels].
        hop_length: samples between frames.
    """

    def __init__(self, filters: FloatArray, hop_length: int = 160) -> None:
        self.n_mels = filters.shape[1]
        self.n_fft = 2 * (filters.shape[0] - 1)
        self.hop_length = hop_length
        self._filters = np.ascontiguousarray(filters, dtype=np.float32)
        positions = np.arange(self.n_fft) * (2 * np.pi / self.n_fft)
        self._window = (0.5 - 0.5 * np.cos(positions)).astype(np.float32)  # periodic Hann

    def n_frames(self, n_samples: int) -> int:
        """Frames of a clip of n_samples."""
        return n_samples // self.hop_length

    def __call__(self, waveform: FloatArray) -> FloatArray:
        """Compute the normalised log-mel spectrogram of a whole clip.

        Args:
            waveform: float32 [n_samples], mono, in [-1, 1].

        Returns:
            float32 [n_mels, n_frames = n_samples // hop], about -1 to 2 (its range is 2).
        """
        n_frames = self.n_frames(len(waveform))
        if n_frames == 0:
            return np.zeros((self.n_mels, 0), dtype=np.float32)
        log_mel = np.log10(np.maximum(self.power(waveform), np.float32(LOG_FLOOR)))
        np.maximum(log_mel, log_mel.max() - np.float32(DYNAMIC_RANGE), out=log_mel)
        log_mel += np.float32(4.0)
        log_mel *= np.float32(0.25)
        return np.ascontiguousarray(log_mel.T)  # [n_frames, n_mels] -> [n_mels, n_frames]

    def power(self, waveform: FloatArray) -> FloatArray:
        """Compute mel power, float32 [n_frames, n_mels], before logarithm and normalisation."""
        n_frames = self.n_frames(len(waveform))
        frames = self._frames(np.asarray(waveform, dtype=np.float32), n_frames)
        power = np.empty((n_frames, self.n_mels), dtype=np.float32)
        for start in range(0, n_frames, _BLOCK_FRAMES):
            block = frames[start : start + _BLOCK_FRAMES] * self._window
            whole = np.pad(block, ((0, _BLOCK_FRAMES - len(block)), (0, 0)))
            spectrum = rfft(whole)  # [_BLOCK_FRAMES, n_fft / 2 + 1]
            energy = spectrum.real**2 + spectrum.imag**2
            power[start : start + len(block)] = (energy @ self._filters)[: len(block)]
        return power

    def _frames(self, waveform: FloatArray, n_frames: int) -> FloatArray:
        half = self.n_fft // 2
        padded = np.pad(waveform, half, mode="reflect" if len(waveform) > 1 else "edge")
        frames = np.lib.stride_tricks.sliding_window_view(padded, self.n_fft)
        view: FloatArray = frames[:: self.hop_length][:n_frames]  # the last frame is dropped
        return view
