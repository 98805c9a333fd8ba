"""Checkpoints that several tests read, written once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.checkpoint import Checkpoint, open_checkpoint
from tests.models.checkpoints import Spec, write_checkpoint


@pytest.fixture(scope="session")
def official(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """Return a checkpoint in the layout of the qwen_asr package."""
    return open_checkpoint(write_checkpoint(tmp_path_factory.mktemp("official")))


@pytest.fixture(scope="session")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """Return a checkpoint in the layout of the starter."""
    folder = tmp_path_factory.mktemp("whisper")
    return open_checkpoint(write_checkpoint(folder, Spec(layout="whisper")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a fresh official checkpoint that a test may damage."""
    return write_checkpoint(tmp_path / "checkpoint")
