"""Sounds without speech, and the circumstances in which a voice is heard; all made in NumPy.

Everything is seeded; levels are RMS in dBFS.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.audio.decode import open_audio
from app.audio.resample import SAMPLE_RATE, FloatArray

Wave = npt.NDArray[np.float64]
DATA = Path(__file__).resolve().parent.parent / "data"
VOICES = ("meeting_slt.wav", "yes_slt.wav", "meeting_espeak_zh.wav")
N = 8 * SAMPLE_RATE
TIME_S = np.arange(N) / SAMPLE_RATE


def at_level(wave: npt.NDArray[np.floating], level_db: float) -> Wave:
    """Scale to an RMS level in dBFS."""
    rms = np.sqrt(np.mean(np.square(wave, dtype=np.float64)))
    return np.asarray(wave / (rms + 1e-20) * 10 ** (level_db / 20), np.float64)


def colored(rng: np.random.Generator, exponent: float, n_samples: int = N) -> Wave:
    """Return noise whose power falls with frequency to an exponent: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    frequency = np.fft.rfftfreq(n_samples)
    spectrum[1:] /= frequency[1:] ** (exponent / 2)
    spectrum[0] = 0
    return np.asarray(np.fft.irfft(spectrum, n_samples), np.float64)


def hum(mains_hz: float) -> Wave:
    """Return mains hum: the mains frequency and its harmonics."""
    partials = [np.sin(2 * np.pi * mains_hz * k * TIME_S) / k for k in range(1, 12)]
    return np.asarray(np.sum(partials, axis=0), np.float64)


def clicks(rng: np.random.Generator, per_s: float) -> Wave:
    """Return keystrokes: short decaying bursts of noise."""
    wave = np.zeros(N)
    for start in rng.integers(0, N - 800, int(per_s * N / SAMPLE_RATE)):
        n_click = int(rng.integers(100, 700))
        decay = np.exp(-np.arange(n_click) / (n_click / 5))
        wave[start : start + n_click] += rng.standard_normal(n_click) * decay
    return wave


def plucked(rng: np.random.Generator) -> Wave:
    """Return music: two plucked notes a second with five partials."""
    wave = np.zeros(N)
    for start in range(0, N, SAMPLE_RATE // 2):
        time_s = np.arange(min(SAMPLE_RATE, N - start)) / SAMPLE_RATE
        note_hz = 220 * 2 ** (rng.integers(0, 24) / 12)
        for k in range(1, 6):
            partial = np.sin(2 * np.pi * note_hz * k * time_s) / k
            wave[start : start + len(time_s)] += partial * np.exp(-3 * time_s)
    return wave


def chord() -> Wave:
    """Return a held chord with vibrato in loudness."""
    notes = [np.sin(2 * np.pi * hz * k * TIME_S) / k for hz in (262, 330, 392) for k in range(1, 5)]
    held = np.asarray(np.sum(notes, axis=0), np.float64)
    return np.asarray(held * (1 + 0.2 * np.sin(2 * np.pi * 5 * TIME_S)))


def buzz(pitch_hz: float) -> Wave:
    """Return a sawtooth with vibrato: the source of a voice without a mouth."""
    return np.asarray((pitch_hz * TIME_S + 2 * np.sin(2 * np.pi * 5 * TIME_S)) % 1 - 0.5)


def dial_tones() -> Wave:
    """Return telephone keys, two a second."""
    tones = np.sin(2 * np.pi * 770 * TIME_S) + np.sin(2 * np.pi * 1336 * TIME_S)
    return tones * (np.sin(2 * np.pi * 2 * TIME_S) > 0)


def noises(seed: int = 0) -> dict[str, FloatArray]:
    """Return sounds without speech, float32 [n_samples] each, 8 s at 16 kHz."""
    rng = np.random.default_rng(seed)
    swell = np.clip(np.sin(2 * np.pi * 0.4 * TIME_S), 0, 1)
    waves = {
        "digital silence": np.zeros(N),
        "last-bit noise": rng.integers(-1, 2, N) / 32768,
        "50 Hz hum, −30 dBFS": at_level(hum(50), -30),
        "60 Hz hum, −12 dBFS": at_level(hum(60), -12),
        "hum and pink noise": at_level(hum(50), -35) + at_level(colored(rng, 1), -50),
        "white noise, −60 dBFS": at_level(colored(rng, 0), -60),
        "white noise, −30 dBFS": at_level(colored(rng, 0), -30),
        "white noise, −10 dBFS": at_level(colored(rng, 0), -10),
        "pink noise, −60 dBFS": at_level(colored(rng, 1), -60),
        "pink noise, −30 dBFS": at_level(colored(rng, 1), -30),
        "brown noise": at_level(colored(rng, 2), -30),
        "noise pulsing at 4 Hz": at_level(
            colored(rng, 0) * (1 + np.sin(2 * np.pi * 4 * TIME_S)), -30
        ),
        "breath": at_level(colored(rng, 1) * swell, -35),
        "clicks, 2 a second": at_level(clicks(rng, 2), -35),
        "keyboard, 8 a second": at_level(clicks(rng, 8), -30),
        "keyboard and noise": at_level(clicks(rng, 6), -35) + at_level(colored(rng, 1), -55),
        "tone 440 Hz": at_level(np.sin(2 * np.pi * 440 * TIME_S), -20),
        "sweep": at_level(np.sin(2 * np.pi * (100 * TIME_S + 200 * TIME_S**2)), -20),
        "dial tones": at_level(dial_tones(), -20),
        "chord": at_level(chord(), -20),
        "plucked music": at_level(plucked(rng), -20),
        "buzz": at_level(buzz(rng.uniform(80, 300)), -25),
    }
    return {name: wave.astype(np.float32) for name, wave in waves.items()}


def read_clip(path: Path) -> FloatArray:
    """Decode a clip to float32 [n_samples] at 16 kHz."""
    with open_audio(path) as audio:
        return np.concatenate(list(audio.blocks()))


def in_silence(voice: FloatArray, level_db: float, duration_s: float = 30.0) -> FloatArray:
    """Put a voice at a level into digital silence, a third from the start."""
    wave = np.zeros(max(round(duration_s * SAMPLE_RATE), len(voice)), np.float32)
    start = (len(wave) - len(voice)) // 3
    wave[start : start + len(voice)] = at_level(voice, level_db)
    return wave


def with_bump(voice: FloatArray) -> FloatArray:
    """Put a voice at −45 dBFS into silence beside a bump of 0.1 s at −1 dBFS."""
    wave = in_silence(voice, -45)
    wave[8000:9600] = 0.9 * np.sin(2 * np.pi * 80 * TIME_S[:1600])
    return wave


def with_noise(voice: FloatArray, snr_db: float) -> FloatArray:
    """Put a voice at −45 dBFS into pink noise that is ``snr_db`` quieter than it."""
    wave = in_silence(voice, -45)
    noise = at_level(colored(np.random.default_rng(5), 1, len(wave)), -45 - snr_db)
    return (wave + noise).astype(np.float32)


CIRCUMSTANCES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "alone, −20 dBFS": lambda voice: at_level(voice, -20).astype(np.float32),
    "alone, −45 dBFS": lambda voice: at_level(voice, -45).astype(np.float32),
    "in 30 s, −15 dBFS": lambda voice: in_silence(voice, -15),
    "in 30 s, −45 dBFS": lambda voice: in_silence(voice, -45),
    "in 30 s, −65 dBFS": lambda voice: in_silence(voice, -65),
    "beside a bump": with_bump,
    "15 dB above noise": lambda voice: with_noise(voice, 15),
}
