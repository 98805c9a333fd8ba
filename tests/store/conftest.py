"""A library in a fresh folder, and a folder that nobody may write."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.library import Library

NOBODY = 65534  # user id without any right


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "songshu.db"


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    with Library.open(path) as opened:
        yield opened


@pytest.fixture
def locked_folder() -> Iterator[Path]:
    """Give a folder that can be read but not written; root becomes nobody meanwhile."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        Library.open(folder / "songshu.db").close()
        (folder / "songshu.db").chmod(0o444)
        folder.chmod(0o555)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            folder.chmod(0o755)
