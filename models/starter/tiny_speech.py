"""Read template sentences aloud with flite and keep which phone is spoken when: what tiny learns.

flite says where each of its phones ends, so the tower can first be taught phones, every 80 ms, and
needs minutes where CTC alone had learnt nothing after hours.

A shard is `speech/<split>/<voice>-<number>.npy`, int16 [n_samples] at 16 kHz, and a `.jsonl` with
{"start", "n_samples", "text", "phones": [[name, end in s], ...]} per sentence.

Run: python -m models.starter.tiny_speech --sentences 3000 ($SONGSHU_TRAIN names the folder)
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
import wave
import zlib
from pathlib import Path

import numpy as np

from . import paths
from .synthesize import draw, load_sentences

SEED = 43
VOICES = {"slt": 170.0, "rms": 95.0}  # and their usual pitch in Hz
SHARD_SENTENCES = 500
HELD_OUT_SENTENCES = 60
MAX_S = 12.0
RATE = 16_000


def speak(voice: str, text: str, rng: np.random.Generator) -> tuple[np.ndarray, list[list[object]]]:
    """Return int16 samples and the phones with the time in s at which each ends."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        stretch = f"duration_stretch={rng.uniform(0.9, 1.2):.3f}"
        target = f"int_f0_target_mean={VOICES[voice] * rng.uniform(0.9, 1.12):.1f}"
        command = ["flite", "-voice", voice, "--setf", stretch, "--setf", target]
        command += ["-t", text, "-psdur", "-o", file.name]
        printed = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True)
        with wave.open(file.name) as reader:
            if reader.getframerate() != RATE:
                raise ValueError(f"flite's {voice} speaks at {reader.getframerate()} Hz")
            samples = np.frombuffer(reader.readframes(reader.getnframes()), np.int16)
    pairs = (entry.rsplit(":", 1) for entry in printed.stdout.split())
    return samples, [[name, float(end)] for name, end in pairs]


def make_shard(voice: str, split: str, index: int, count: int) -> None:
    """Write one shard, unless it exists."""
    stem = paths.sub("speech", split) / f"{voice}-{index:03d}"
    if stem.with_suffix(".npy").exists():
        return
    seed = zlib.crc32(f"{SEED}/{voice}/{split}/{index}".encode())
    rng, position = np.random.default_rng(seed), 0
    waves: list[np.ndarray] = []
    rows: list[dict[str, object]] = []
    for text in draw(load_sentences(split), random.Random(seed), count):
        samples, phones = speak(voice, text, rng)
        if len(samples) < MAX_S * RATE:
            row = {"start": position, "n_samples": len(samples), "text": text, "phones": phones}
            rows.append(row)
            waves.append(samples)
            position += len(samples)
    stem.with_suffix(".jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    aside = stem.with_suffix(".part.npy")
    np.save(aside, np.concatenate(waves))
    aside.rename(stem.with_suffix(".npy"))
    print(f"{voice} {split} {index}: {position / RATE / 60:.1f} min", flush=True)


def shards(split: str) -> list[Path]:
    """Return the `.npy` files of a split."""
    return sorted(paths.sub("speech", split).glob("[a-z]*-[0-9][0-9][0-9].npy"))


def main() -> None:
    """Make the training and the held-out speech."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=int, default=3000, help="of each voice, for training")
    args = parser.parse_args()
    for voice in VOICES:
        make_shard(voice, "heldout", 0, HELD_OUT_SENTENCES)
        for index in range(args.sentences // SHARD_SENTENCES):
            make_shard(voice, "train", index, SHARD_SENTENCES)


if __name__ == "__main__":
    main()
