"""Make tiny's committed test set: held-out sentences of its own templates in its own two voices.

`testset_tiny/seen-<voice>-<nn>.flac` beside `.txt`; a quarter of a second of silence at both ends.

Run: python -m models.starter.testset_tiny ($SONGSHU_TRAIN names tiny's folder)
"""

from __future__ import annotations

import json

import numpy as np
import soundfile

from . import paths
from .tiny_speech import RATE, shards

FOLDER = paths.HERE / "testset_tiny"
CLIPS_PER_VOICE = 14
SILENCE = np.zeros(RATE // 4, np.int16)


def main() -> None:
    """Write the clips."""
    FOLDER.mkdir(exist_ok=True)
    for path in shards("heldout"):
        voice, wave = path.name.rsplit("-", 1)[0], np.load(path)
        rows = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
        for number, row in enumerate(rows[:CLIPS_PER_VOICE]):
            speech = wave[row["start"] : row["start"] + row["n_samples"]]
            stem = FOLDER / f"seen-{voice}-{number:02d}"
            clip = np.concatenate([SILENCE, speech, SILENCE])
            soundfile.write(stem.with_suffix(".flac"), clip, RATE, subtype="PCM_16")
            stem.with_suffix(".txt").write_text(row["text"] + "\n")


if __name__ == "__main__":
    main()
