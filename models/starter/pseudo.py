"""Bring human speech without transcripts into the training: Whisper itself writes them.

Beneath a Steel Sky (Debian: beneath-a-steel-sky; 2.2 h, a dozen actors) prints its lines by a
table inside ScummVM's program, so its texts are not read. Whisper tiny.en hears them padded to
30 s, as it was trained; what it is unsure of is left out. The student can't learn more from that
than Whisper knows, but it has a long way to go to there.

Lines that follow each other are joined up to a drawn length, because Whisper hears windows of
30 s and the work is the same for one line. Shards: `speech/<split>/human_bass-<number>`, as
`human` writes them. Beneath a Steel Sky: © 1994 Revolution Software; freely redistributable, not to
be sold (/usr/share/doc/beneath-a-steel-sky/copyright).

Two steps, because clips are read by the product's decoder and Whisper runs on torch:
    .venv/bin/python -m models.starter.pseudo --unpack
    .venv-official/bin/python -m models.starter.pseudo
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from . import paths
from .human_games import read_sky

RATE = 16_000
GAME, VOICE = "human_bass", "bass"
LENGTHS_S = (5.0, 12.0, 24.0)  # of joined lines, drawn
GAP_S = 0.35
SHARD_WINDOWS = 100
HELD_OUT_PERCENT = 4
SURE = -0.75  # mean log-probability of a token; below it a transcript is left out
CHARACTERS_PER_S = (4.0, 26.0)
MAX_TOKENS = 200
NOT_SPOKEN = re.compile(r"[^A-Za-z0-9 .,;:!?'\-$%&]|(\b\w+\b)(\W+\1){3}")  # notes, loops
Pcm = npt.NDArray[np.int16]


def unpack(games: Path) -> None:
    """Write every line of the game, int16 [n_samples] at 16 kHz, into one file with its lengths."""
    from .human import decode

    lines = [decode(clip) for clip in read_sky(games)]
    np.savez(
        paths.sub("speech") / f"{GAME}.npz",
        samples=np.concatenate(lines),
        lengths=np.array([len(line) for line in lines]),
    )
    print(f"{len(lines)} lines, {sum(map(len, lines)) / RATE / 3600:.2f} h")


def windows(lines: list[Pcm], rng: np.random.Generator) -> list[Pcm]:
    """Join lines that follow each other, with short gaps, up to drawn lengths."""
    gap = np.zeros(int(GAP_S * RATE), np.int16)
    out: list[Pcm] = []
    parts: list[Pcm] = []
    limit = float(rng.choice(LENGTHS_S)) * RATE
    for line in lines:
        if parts and sum(map(len, parts)) + len(line) > limit:
            out.append(np.concatenate(parts))
            parts, limit = [], float(rng.choice(LENGTHS_S)) * RATE
        parts += [line, gap]
    return [*out, np.concatenate(parts)] if parts else out


def is_sure(text: str, log_prob: float, n_samples: int) -> bool:
    """Tell whether a transcript is good enough to learn from."""
    rate = len(text) / (n_samples / RATE)
    low, high = CHARACTERS_PER_S
    return log_prob > SURE and low <= rate <= high and not NOT_SPOKEN.search(text)


def label() -> None:
    """Transcribe what `unpack` wrote, and write shards."""
    from .whisper_greedy import WhisperGreedy

    stored = np.load(paths.sub("speech") / f"{GAME}.npz")
    lines = np.split(stored["samples"], np.cumsum(stored["lengths"])[:-1])
    joined = windows(lines, np.random.default_rng(23))
    whisper = WhisperGreedy()
    n_kept, seconds = 0, 0.0
    for index, first in enumerate(range(0, len(joined), SHARD_WINDOWS)):
        stems = {split: shard_stem(split, index) for split in ("train", "heldout")}
        if all(stem.with_suffix(".npy").exists() for stem in stems.values()):
            continue
        found: dict[str, list[tuple[Pcm, str]]] = {split: [] for split in stems}
        for window in joined[first : first + SHARD_WINDOWS]:
            text, log_prob = whisper(window.astype(np.float32) / 32768, MAX_TOKENS)
            if is_sure(text, log_prob, len(window)):
                held_out = zlib.crc32(text.encode()) % 100 < HELD_OUT_PERCENT
                found["heldout" if held_out else "train"].append((window, text))
                n_kept, seconds = n_kept + 1, seconds + len(window) / RATE
        for split, kept in found.items():
            write_shard(stems[split], kept)
        done = min(len(joined), first + SHARD_WINDOWS)
        print(f"{n_kept} of {done} of {len(joined)} kept, {seconds / 3600:.2f} h", flush=True)


def shard_stem(split: str, index: int) -> Path:
    """Name a shard, without its suffix."""
    return paths.sub("speech", split) / f"{GAME}-{index:03d}"


def write_shard(stem: Path, kept: list[tuple[Pcm, str]]) -> None:
    """Write one shard of `speech/`, the `.npy` last."""
    rows, position = [], 0
    for window, text in kept:
        rows.append({"start": position, "n_samples": len(window), "text": text, "voice": VOICE})
        position += len(window)
    stem.with_suffix(".jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    temporary = stem.with_suffix(".part.npy")
    np.save(temporary, np.concatenate([np.zeros(0, np.int16), *(w for w, _ in kept)]))
    temporary.rename(stem.with_suffix(".npy"))


def main() -> None:
    """Run one of the two steps."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--unpack", action="store_true", help="read the game's files")
    parser.add_argument("--games", type=Path, default=Path("/usr/share/scummvm"))
    args = parser.parse_args()
    if args.unpack:
        unpack(args.games)
    else:
        label()


if __name__ == "__main__":
    main()
