"""Read sentences aloud: text in, shards of 16 kHz speech out.

A shard is `speech/<split>/<voice>-<number>.npy`, int16 [n_samples] at 16 kHz (all its sentences one
after the other), and a `.jsonl` beside it with one {"start", "n_samples", "text"} per sentence.
Shard k of a voice depends only on (seed, voice, k): an interrupted run continues where it stopped,
and more hours later leave the first ones as they are.

Run in the synthesis environment: python -m models.starter.synthesize --voice hibari --hours 10
"""

from __future__ import annotations

import argparse
import json
import random
import time
import zlib
from pathlib import Path

import numpy as np

from . import paths
from .voices import SAMPLE_RATE, VOICES

SEED = 41
SHARD_SENTENCES = 300
SOURCE_SHARES = {
    "fortune": 0.27,
    "example": 0.40,
    "definition": 0.14,
    "template": 0.16,
    "carrier": 0.03,
}


def load_sentences(split: str) -> dict[str, list[str]]:
    """Return the sentences of `text/<split>.txt` by source."""
    by_source: dict[str, list[str]] = {}
    for line in (paths.sub("text") / f"{split}.txt").read_text().splitlines():
        source, text = line.split("\t")
        by_source.setdefault(source, []).append(text)
    return by_source


def draw(by_source: dict[str, list[str]], rng: random.Random, count: int) -> list[str]:
    """Draw sentences with the shares of SOURCE_SHARES (what a split lacks is left out)."""
    sources = [s for s in SOURCE_SHARES if s in by_source]
    weights = [SOURCE_SHARES[s] for s in sources]
    return [rng.choice(by_source[s]) for s in rng.choices(sources, weights, k=count)]


def make_shard(
    voice: str, split: str, index: int, stem: Path, by_source: dict[str, list[str]], count: int
) -> float:
    """Synthesize one shard; return its length in seconds."""
    seed = zlib.crc32(f"{SEED}/{voice}/{split}/{index}".encode())
    rng = np.random.default_rng(seed)
    waves: list[np.ndarray] = []
    rows: list[dict[str, object]] = []
    position = 0
    for text in draw(by_source, random.Random(seed), count):
        try:
            audio = VOICES[voice](text, rng)
        except Exception as exc:  # one bad sentence must not end an unattended run
            print(f"skipped {text!r}: {type(exc).__name__}: {exc}", flush=True)
            continue
        if not 0.2 * SAMPLE_RATE < len(audio) < 25 * SAMPLE_RATE:
            continue
        waves.append((np.clip(audio, -1, 1) * 32767).astype(np.int16))
        rows.append({"start": position, "n_samples": len(audio), "text": text})
        position += len(audio)
    temporary = stem.with_suffix(".part.npy")
    np.save(temporary, np.concatenate(waves))
    stem.with_suffix(".jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    temporary.rename(stem.with_suffix(".npy"))
    return position / SAMPLE_RATE


def main() -> None:
    """Synthesize until the voice has the wished number of hours."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--voice", required=True, choices=sorted(VOICES))
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--split", default="train", choices=("train", "heldout"))
    parser.add_argument(
        "--sentences", type=int, default=SHARD_SENTENCES, help="sentences in a shard"
    )
    args = parser.parse_args()
    by_source, folder = load_sentences(args.split), paths.sub("speech", args.split)
    done_s, index, began = 0.0, 0, time.monotonic()
    while done_s < args.hours * 3600:
        stem = folder / f"{args.voice}-{index:03d}"
        if stem.with_suffix(".npy").exists():
            length = np.load(stem.with_suffix(".npy"), mmap_mode="r").shape[0] / SAMPLE_RATE
        else:
            length = make_shard(args.voice, args.split, index, stem, by_source, args.sentences)
        done_s, index = done_s + length, index + 1
        print(f"{args.voice} {done_s / 3600:.2f} h in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
