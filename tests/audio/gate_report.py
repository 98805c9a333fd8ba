"""Measure the speech gate and print the tables of docs/VAD.md.

    python -m tests.audio.gate_report [MORE_VOICES.wav …]

Beside Silero stands the best that thresholds can do: speech if some 0.26 s reach −50 dBFS RMS (so
that a voice at −45 dBFS passes) with peaks 10 dB above that (speech has more crest than hum).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from app.audio.resample import SAMPLE_RATE, FloatArray
from app.audio.vad import SpeechGate, speech_level_db
from tests.audio.signals import CIRCUMSTANCES, DATA, VOICES, noises, read_clip

N_SEEDS = 8


def thresholds_hear_speech(waveform: FloatArray) -> bool:
    """Say what thresholds on energy and peak say."""
    level_db = speech_level_db(waveform)
    peak_db = 20 * np.log10(float(np.abs(waveform).max(initial=0)) + 1e-10)
    return bool(level_db > -50 and peak_db > level_db + 10)


def noise_rows(gate: SpeechGate) -> list[str]:
    """Return a table row per noise: the worst over all seeds."""
    rows = []
    for name in noises():
        waves = [noises(seed)[name] for seed in range(N_SEEDS)]
        reports = [gate.detect(wave) for wave in waves]
        n_energy = sum(map(thresholds_hear_speech, waves))
        rows.append(
            f"| {name} | {sum(r.has_speech for r in reports)} of {N_SEEDS} "
            f"| {max(r.longest_run_s for r in reports):.2f} "
            f"| {max(r.max_probability for r in reports):.2f} | {n_energy} of {N_SEEDS} |"
        )
    return rows


def voice_rows(gate: SpeechGate, voices: list[FloatArray]) -> list[str]:
    """Return a table row per circumstance: the worst over all voices."""
    rows = []
    for name, place in CIRCUMSTANCES.items():
        waves = [place(voice) for voice in voices]
        reports = [gate.detect(wave) for wave in waves]
        n_energy = sum(map(thresholds_hear_speech, waves))
        rows.append(
            f"| {name} | {sum(r.has_speech for r in reports)} of {len(voices)} "
            f"| {min(r.longest_run_s for r in reports):.2f} | {n_energy} of {len(voices)} |"
        )
    return rows


def cost(gate: SpeechGate) -> float:
    """Return CPU seconds per second of audio, the best of five chunks of 30 s."""
    wave = np.tile(read_clip(DATA / VOICES[0]), 8)[: 30 * SAMPLE_RATE]
    times = []
    for _ in range(5):
        start = time.process_time()
        gate.detect(wave)
        times.append(time.process_time() - start)
    return min(times) / 30


def main(paths: list[str]) -> None:
    """Print both tables and the cost."""
    gate = SpeechGate()
    clips = [DATA / name for name in VOICES] + [Path(path) for path in paths]
    print("| noise | Silero: speech | longest run, s | max. probability | thresholds: speech |")
    print("|---|---|---|---|---|", *noise_rows(gate), sep="\n")
    print("\n| voice | Silero: speech | shortest longest run, s | thresholds: speech |")
    print("|---|---|---|---|", *voice_rows(gate, [read_clip(clip) for clip in clips]), sep="\n")
    print(f"\nCost: {cost(gate):.4f} × real time on one thread")


if __name__ == "__main__":
    main(sys.argv[1:])
