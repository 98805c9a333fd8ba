"""Compute the mel filter bank of a checkpoint and write it as .npy.

The sizes flow in from preprocessor_config.json (or processor_config.json), the matrix float32
[n_fft // 2 + 1, n_mels] flows out: triangles on Slaney's mel scale (linear below 1 kHz, logarithmic
above), each of the same area, from 0 Hz to half the sample rate. The engine multiplies power
spectra by it and knows no other constant of the front end.

Source: Malcolm Slaney, Auditory Toolbox (1998); the parameters are those of transformers'
WhisperFeatureExtractor, which Qwen3-ASR uses.

    python -m models.mel_filters CHECKPOINT OUT.npy
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.engine.types import SAMPLE_RATE
from models.config import read_config
from models.errors import ConfigError, disk_errors
from models.json_file import Section, read_json
from models.report import Step, run_step, step_parser

# Slaney's scale: 200/3 Hz a mel up to 1 kHz = 15 mel, then 27 mel for each factor of 6.4.
HZ_PER_MEL = 200.0 / 3.0
BREAK_HZ = 1000.0
BREAK_MEL = BREAK_HZ / HZ_PER_MEL
LOG_STEP = np.log(6.4) / 27.0

# Whisper's recipe, for checkpoints that come without a preprocessor configuration.
N_FFT = 400
HOP_LENGTH_SAMPLES = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class MelShape:
    """Sizes of the mel front end: bins, samples in a frame and between frames, samples a second."""

    n_mels: int
    n_fft: int = N_FFT
    hop_length: int = HOP_LENGTH_SAMPLES
    sample_rate: int = SAMPLE_RATE


def read_mel_shape(folder: Path, n_mels: int) -> MelShape:
    """Read the preprocessor's configuration; a checkpoint without one uses Whisper's constants.

    Raises:
        ConfigError: an entry is no positive number, or another than the audio tower or the
            application has.
    """
    path, features = _preprocessor(folder)
    shape = MelShape(
        n_mels=features.size("feature_size", n_mels),
        n_fft=features.size("n_fft", N_FFT),
        hop_length=features.size("hop_length", HOP_LENGTH_SAMPLES),
        sample_rate=features.size("sampling_rate", SAMPLE_RATE),
    )
    wanted = (
        ("feature_size", shape.n_mels, n_mels, "the audio tower"),
        ("sampling_rate", shape.sample_rate, SAMPLE_RATE, "the application"),
    )
    problems = features.problems or [
        f"{name} is {found}, not {right} as in {place}"
        for name, found, right, place in wanted
        if found != right
    ]
    if problems:
        raise ConfigError(path, problems)
    return shape


def mel_filters(shape: MelShape) -> npt.NDArray[np.float32]:
    """Compute the filter bank.

    Returns:
        float32 [n_fft // 2 + 1, n_mels], area-normalised: each filter times its width in Hz is 2.
    """
    nyquist_hz = shape.sample_rate / 2
    bins_hz = np.linspace(0.0, nyquist_hz, shape.n_fft // 2 + 1)
    edges_hz = mel_to_hz(np.linspace(0.0, float(hz_to_mel(nyquist_hz)), shape.n_mels + 2))
    widths_hz = np.diff(edges_hz)
    rising = (bins_hz[:, None] - edges_hz[None, :-2]) / widths_hz[None, :-1]
    falling = (edges_hz[None, 2:] - bins_hz[:, None]) / widths_hz[None, 1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    areas = 2.0 / (edges_hz[2:] - edges_hz[:-2])
    return (triangles * areas[None, :]).astype(np.float32)


def hz_to_mel(hz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Convert frequencies to Slaney's mel scale."""
    values = np.asarray(hz, dtype=np.float64)
    above = BREAK_MEL + np.log(np.maximum(values, BREAK_HZ) / BREAK_HZ) / LOG_STEP
    return np.where(values < BREAK_HZ, values / HZ_PER_MEL, above)


def mel_to_hz(mel: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Convert Slaney's mels to frequencies."""
    values = np.asarray(mel, dtype=np.float64)
    above = BREAK_HZ * np.exp(LOG_STEP * (np.maximum(values, BREAK_MEL) - BREAK_MEL))
    return np.where(values < BREAK_MEL, values * HZ_PER_MEL, above)


def write_mel_filters(shape: MelShape, path: Path) -> None:
    """Write the filter bank.

    Raises:
        DiskFullError: the disk is full.
    """
    with disk_errors(path), path.open("wb") as file:
        np.save(file, mel_filters(shape))


def _preprocessor(folder: Path) -> tuple[Path, Section]:
    plain, nested = folder / "preprocessor_config.json", folder / "processor_config.json"
    if plain.is_file():
        return plain, Section("", read_json(plain, "the mel front end"))
    if nested.is_file():
        whole = Section("", read_json(nested, "the mel front end"))
        features = Section("feature_extractor", whole.table("feature_extractor"))
        features.problems += whole.problems
        return nested, features
    return plain, Section("", {})


def main(arguments: list[str]) -> int:
    """Write OUT.npy for CHECKPOINT."""
    options = step_parser("mel_filters", "CHECKPOINT", "OUT.npy").parse_args(arguments)
    source: Path = options.source

    def write(path: Path) -> None:
        n_mels = read_config(source).audio.n_mels
        write_mel_filters(read_mel_shape(source, n_mels), path)

    return run_step(Step(name="mel filters", target=options.target), write)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
