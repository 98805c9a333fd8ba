"""Where the training run keeps its files.

Everything large (text, synthetic speech, features, optimiser states) lives outside the checkout so
that a clone stays small; only the finished checkpoints, the test set and the recipe are committed.
"""

from __future__ import annotations

import os
import shutil
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


def replace_folder(folder: Path, finished: Path) -> None:
    """Put a finished folder in the place of an older one, whose README.md stays."""
    older = folder.with_name(folder.name + ".older")
    if folder.exists():
        shutil.rmtree(older, ignore_errors=True)  # of a run that was killed
        folder.rename(older)
    if (older / "README.md").exists():
        shutil.copyfile(older / "README.md", finished / "README.md")
    finished.rename(folder)
    shutil.rmtree(older, ignore_errors=True)
