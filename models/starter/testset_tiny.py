"""Make tiny's committed test set: held-out sentences of its own templates in its own two voices.

`testset_tiny/seen-<voice>-<nn>.flac` beside `.txt`; a quarter of a second of silence at both ends.
Nothing is written from another model's working directory, which may hold voices that must not be in
the checkout.

Run: python -m models.starter.testset_tiny ($SONGSHU_TRAIN names tiny's folder)
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import soundfile

from . import paths
from .tiny_speech import RATE, VOICES

FOLDER = paths.HERE / "testset_tiny"
CLIPS_PER_VOICE = 14
SILENCE = np.zeros(RATE // 4, np.int16)


def write_clips(voice: str, shard: Path) -> None:
    """Write the first clips of a shard of `tiny_speech`."""
    wave = np.load(shard)
    rows = [json.loads(line) for line in shard.with_suffix(".jsonl").read_text().splitlines()]
    for number, row in enumerate(rows[:CLIPS_PER_VOICE]):
        speech = wave[row["start"] : row["start"] + row["n_samples"]]
        stem = FOLDER / f"seen-{voice}-{number:02d}"
        clip = np.concatenate([SILENCE, speech, SILENCE])
        soundfile.write(stem.with_suffix(".flac"), clip, RATE, subtype="PCM_16")
        stem.with_suffix(".txt").write_text(row["text"] + "\n")


def is_tinys(shard: Path) -> bool:
    """Tell whether a shard is there and says when each phone ends, as only tiny's do."""
    return shard.is_file() and '"phones"' in shard.with_suffix(".jsonl").read_text()


def main() -> None:
    """Write the clips."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    shards = {voice: paths.sub("speech", "heldout") / f"{voice}-000.npy" for voice in VOICES}
    if not all(is_tinys(shard) for shard in shards.values()):
        parser.error(f"{paths.root()} holds no speech of tiny_speech; set SONGSHU_TRAIN")
    FOLDER.mkdir(exist_ok=True)
    for voice, shard in shards.items():
        write_clips(voice, shard)


if __name__ == "__main__":
    main()
