"""Log-mel spectrogram of the Whisper recipe in torch, for training (the product has its own in
NumPy).

n_fft 400, hop 160, periodic Hann, centred with reflection, last frame dropped, Slaney mel filters 0
to 8 kHz, log10 with floor 1e-10, at most 8 below the clip's maximum, (x + 4) / 4. No padding to 30
s.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

N_FFT, HOP, SAMPLE_RATE = 400, 160, 16_000  # samples, samples, Hz


@cache
def filters(n_mels: int) -> Tensor:
    """Return the Slaney filter bank, float32 [n_mels, 201]."""
    from transformers.audio_utils import mel_filter_bank

    bank = mel_filter_bank(201, n_mels, 0.0, 8000.0, SAMPLE_RATE, norm="slaney", mel_scale="slaney")
    return torch.from_numpy(np.ascontiguousarray(bank.T)).float()


@cache
def _window() -> Tensor:
    return torch.hann_window(N_FFT)


def log_mel(waveforms: Tensor, n_mels: int) -> Tensor:
    """Compute normalised log-mel spectrograms.

    Args:
        waveforms: float32 [batch, n_samples] in [-1, 1], at least 201 samples.
        n_mels: 80 (starter) or 128 (tiny).

    Returns:
        float32 [batch, n_mels, n_samples // 160].
    """
    spectrum = torch.stft(
        waveforms, N_FFT, HOP, window=_window(), return_complex=True, pad_mode="reflect"
    )
    power = spectrum[..., :-1].abs().square()
    mel = (filters(n_mels) @ power).clamp_min(1e-10).log10()
    mel = torch.maximum(mel, mel.amax(dim=(1, 2), keepdim=True) - 8.0)
    return (mel + 4.0) / 4.0
