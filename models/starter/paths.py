"""Where the training run keeps its files.

Everything large (text, synthetic speech, features, optimiser states) lives outside the checkout so
that a clone stays small; only the finished checkpoints, the test set and the recipe are committed.
"""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKPOINTS = HERE / "checkpoints"
TESTSET = HERE / "testset"


def root() -> Path:
    """Return the working directory of the run: $SONGSHU_TRAIN, else ~/.cache/songshu/train."""
    path = Path(os.environ.get("SONGSHU_TRAIN", "~/.cache/songshu/train")).expanduser()
    path.mkdir(parents=True, exist_ok=True)
    return path


def sub(*parts: str) -> Path:
    """Return (and make) a folder below the working directory."""
    path = root().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path
