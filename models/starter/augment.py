"""Make clean synthetic sentences sound like recordings: waveform in, waveform out, all random
choices from one generator.

Order as in reality: the speaker (pitch, formants, tempo by resampling), the room, the noise around,
the microphone and the line (EQ, telephone band, codec, clipping), the gain. The filters are applied
as one multiplication in the frequency domain per clip. Waveforms are float32 [n_samples] at 16 kHz.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import fft

Audio = npt.NDArray[np.float32]
Rng = np.random.Generator
RATE = 16_000  # Hz


def rms(x: Audio) -> float:
    """Root mean square, at least 1e-7."""
    return max(float(np.sqrt(np.mean(np.square(x)))) if len(x) else 0.0, 1e-7)


def resample(x: Audio, factor: float) -> Audio:
    """Play `factor` times as fast (moves pitch, formants and tempo together), by linear
    interpolation.
    """
    positions = np.arange(0, len(x) - 1, factor)
    return np.interp(positions, np.arange(len(x)), x).astype(np.float32)


def coloured_noise(n: int, rng: Rng) -> Audio:
    """Noise with a random slope from blue to brown and a few random bands, RMS 1."""
    size = fft.next_fast_len(n, real=True)
    spectrum = fft.rfft(rng.standard_normal(size, dtype=np.float32))
    f = np.linspace(1e-4, 1, len(spectrum), dtype=np.float32)
    shape = f ** np.float32(-rng.uniform(-0.3, 1.1))
    for _ in range(int(rng.integers(0, 3))):
        shape = shape * (
            1
            + rng.uniform(0, 6)
            * np.exp(-(((f - rng.uniform(0, 0.6)) / rng.uniform(0.01, 0.2)) ** 2))
        )
    shape[: max(1, int(len(f) * 30 / 8000))] = 0
    noise = fft.irfft(spectrum * shape, size)[:n].astype(np.float32)
    if rng.random() < 0.5:  # slow level changes: traffic, wind
        knots = rng.uniform(-0.8, 0.8, n // RATE + 3)
        noise *= np.exp(
            np.interp(np.linspace(0, len(knots) - 1, n), np.arange(len(knots)), knots)
        ).astype(np.float32)
    return noise / np.float32(rms(noise))


def hum(n: int, rng: Rng) -> Audio:
    """Mains hum with harmonics, RMS 1."""
    base, t = (
        rng.choice([50.0, 60.0]) * rng.uniform(0.99, 1.01),
        np.arange(n, dtype=np.float32) / RATE,
    )
    angle = np.float32(2 * np.pi * base) * t
    x = np.zeros(n, np.float32)
    for k in range(1, 7):
        x += np.float32(rng.exponential() / k) * np.sin(angle * k + np.float32(rng.uniform(0, 6.3)))
    return np.asarray(x / np.float32(rms(x)), np.float32)


def music(n: int, rng: Rng) -> Audio:
    """Chords and a melody of decaying harmonic tones over an occasional beat, RMS 1."""
    x = np.zeros(n + RATE, np.float32)
    beat, root = int(RATE * rng.uniform(0.15, 0.6)), rng.uniform(80, 300)
    scale, partials = (
        np.array([0, 2, 4, 5, 7, 9, 11, 12, 16, 19]),
        rng.exponential(size=6) / np.arange(1, 7),
    )
    decay, drums = rng.uniform(1, 8), rng.random() < 0.6
    t = np.arange(RATE, dtype=np.float32) / RATE
    for start in range(0, n, beat):
        for note in rng.choice(scale, int(rng.integers(1, 5))):
            f = root * 2 ** (note / 12)
            tone = sum(a * np.sin(2 * np.pi * f * (k + 1) * t) for k, a in enumerate(partials[:4]))
            x[start : start + RATE] += (tone * np.exp(-decay * t)).astype(np.float32)[
                : len(x) - start
            ]
        if drums:
            x[start : start + RATE] += (
                3
                * rng.standard_normal(RATE, dtype=np.float32)[: len(x) - start]
                * np.exp(-40 * t)[: len(x) - start]
            )
    return x[:n] / np.float32(rms(x[:n]))


def clicks(n: int, rng: Rng) -> Audio:
    """Sparse clicks, knocks and key strokes, RMS 1."""
    x = np.zeros(n, np.float32)
    for _ in range(int(rng.integers(1, 4 + 3 * n // RATE))):
        at, length = int(rng.integers(n)), int(rng.integers(10, 2500))
        burst = rng.standard_normal(length, dtype=np.float32) * np.exp(
            -np.arange(length) / rng.uniform(3, length / 3 + 4)
        )
        x[at : at + length] += burst[: n - at] * rng.uniform(0.2, 1)
    return x / np.float32(rms(x))


def no_speech(n: int, rng: Rng) -> Audio:
    """A clip in which nobody speaks: digital silence, noise, hum, music, clicks or a mixture."""
    kinds: list[Callable[[int, Rng], Audio]] = [coloured_noise, coloured_noise, hum, music, clicks]
    x = np.zeros(n, np.float32)
    if rng.random() < 0.08:
        return x
    for index in rng.choice(len(kinds), int(rng.integers(1, 3)), replace=False):
        x += kinds[index](n, rng) * np.float32(rng.uniform(0.1, 1))
    return x * np.float32(10 ** (rng.uniform(-75, -8) / 20) / rms(x))


def room_response(rng: Rng) -> Audio:
    """Direct sound, a few early reflections and a decaying tail (RT60 0.1 to 0.9 s); starts at
    sample 0.
    """
    rt60 = rng.uniform(0.1, 0.9) ** 1.3
    n = int(RATE * min(rt60, 0.7))
    tail = rng.standard_normal(n, dtype=np.float32) * np.exp(
        -6.9 * np.arange(n) / (rt60 * RATE)
    ).astype(np.float32)
    tail = np.convolve(tail, np.ones(int(rng.integers(1, 5))), "same").astype(np.float32)
    tail[: int(rng.uniform(20, 160))] = 0
    tail *= np.float32(10 ** (-rng.uniform(-3, 14) / 20) / (np.linalg.norm(tail) + 1e-6))
    for _ in range(int(rng.integers(0, 7))):
        tail[int(rng.integers(10, min(n, 900)))] += rng.uniform(-0.5, 0.5)
    tail[0] = 1
    return tail


def equaliser(n_bins: int, rng: Rng) -> Audio:
    """A smooth random gain curve, often with band limits of small speakers, telephones or old
    lines; linear gain.
    """
    octaves = np.log2(np.linspace(20, 8000, n_bins, dtype=np.float32))
    knots = np.linspace(octaves[0], octaves[-1], 9)
    gain_db = np.interp(octaves, knots, rng.normal(0, rng.uniform(0.5, 6), 9))
    gain = 10 ** (gain_db / 20)
    f = np.linspace(0, 8000, n_bins)
    kind = rng.random()
    low, high = rng.uniform(30, 200), 8000.0
    if kind < 0.15:
        low, high = rng.uniform(200, 400), rng.uniform(3200, 3800)  # telephone
    elif kind < 0.35:
        high = rng.uniform(3400, 7500)  # compressed or old recordings
    gain = gain / (1 + (low / np.maximum(f, 1)) ** 4) / (1 + (f / high) ** rng.uniform(12, 60))
    return gain.astype(np.float32)


def codec(x: Audio, rng: Rng) -> Audio:
    """Send the clip through one lossy step: mu-law, few bits, clipping, or spectral holes as of a
    low bit rate.
    """
    kind = int(rng.integers(4))
    peak = np.float32(np.abs(x).max() + 1e-6)
    if kind == 0:
        y = np.sign(x) * np.log1p(255 * np.abs(x) / peak) / np.log(256)
        y = np.round(y * 127) / 127
        return (np.sign(y) * (np.expm1(np.abs(y) * np.log(256)) / 255) * peak).astype(np.float32)
    if kind == 1:
        step = peak / 2 ** rng.integers(5, 9)
        return (np.round(x / step) * step).astype(np.float32)
    if kind == 2:
        return np.clip(x, -peak * rng.uniform(0.15, 0.7), peak * rng.uniform(0.15, 0.7)).astype(
            np.float32
        )
    frame = 512
    padded = np.pad(x, (0, -len(x) % frame)).reshape(-1, frame)
    spectrum = fft.dct(padded, axis=1, norm="ortho")
    step = np.abs(spectrum).max(axis=1, keepdims=True) * 10 ** (-rng.uniform(20, 40) / 20) + 1e-9
    return (
        fft.idct(np.round(spectrum / step) * step, axis=1, norm="ortho")
        .reshape(-1)[: len(x)]
        .astype(np.float32)
    )


def real_codec(x: Audio, rng: Rng) -> Audio:
    """Encode and decode with MP3, Opus or AMR-like settings through FFmpeg (needs PyAV)."""
    import av

    name, container, rate = [("libmp3lame", "mp3", 16_000), ("libopus", "ogg", 16_000)][
        int(rng.integers(2))
    ]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        stream = out.add_stream(name, rate=rate, layout="mono")
        stream.bit_rate = int(rng.choice([8_000, 12_000, 16_000, 24_000, 32_000]))
        pcm = (np.clip(x, -1, 1) * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = RATE
        for resampled in av.AudioResampler(
            "fltp" if container == "mp3" else "s16", "mono", rate
        ).resample(frame):
            out.mux(stream.encode(resampled))
        out.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer) as source:
        resampler = av.AudioResampler("s16", "mono", RATE)
        parts = [f.to_ndarray() for raw in source.decode(audio=0) for f in resampler.resample(raw)]
    y = np.concatenate(parts, axis=1)[0].astype(np.float32) / 32768
    return np.pad(y, (0, max(0, len(x) - len(y))))[: len(x)]


def degrade(x: Audio, rng: Rng, babble: Callable[[int], Audio], strength: float = 1.0) -> Audio:
    """Put a clip (speech and pauses in place) into a room, noise and a recording chain.

    Args:
        x: float32 [n_samples], clean.
        rng: all random choices.
        babble: returns n samples of other people's speech at RMS 1.
        strength: probability scale of each degradation; 0 only sets the gain.

    Returns:
        float32 [n_samples].
    """
    n, level = len(x), rms(x)
    size = fft.next_fast_len(n + 12_000, real=True)
    transfer: npt.NDArray[np.complex64] | None = None
    if rng.random() < 0.5 * strength:
        transfer = fft.rfft(room_response(rng), size)
    if rng.random() < 0.7 * strength:
        curve = equaliser(size // 2 + 1, rng)
        transfer = curve.astype(np.complex64) if transfer is None else transfer * curve
    if transfer is not None:
        x = fft.irfft(fft.rfft(x, size) * transfer, size)[:n].astype(np.float32)
        x *= np.float32(level / rms(x))
    if rng.random() < 0.75 * strength:
        noise = coloured_noise(n, rng)
        kind = rng.random()
        if kind < 0.12:
            noise = noise * 0.1 + babble(n)
        elif kind < 0.2:
            noise = noise * 0.1 + music(n, rng)
        elif kind < 0.3:
            noise = noise * 0.2 + hum(n, rng)
        elif kind < 0.4:
            noise = noise * 0.2 + clicks(n, rng)
        snr_db = rng.uniform(3, 45) if rng.random() < 0.8 else rng.uniform(-2, 10)
        x = x + noise * np.float32(level / rms(noise) * 10 ** (-snr_db / 20))
    if rng.random() < 0.12 * strength:
        x = codec(x, rng)
    elif rng.random() < 0.06 * strength:
        x = real_codec(x / np.float32(np.abs(x).max() + 1e-6), rng)
    gain_db = rng.uniform(-30, -8) if rng.random() < 0.75 else rng.uniform(-50, -4)
    x = x * np.float32(10 ** (gain_db / 20) / rms(x))
    if rng.random() < 0.5:
        x = np.round(x * 32768) / np.float32(32768)  # 16-bit files
    return np.clip(x, -1, 1).astype(np.float32)
