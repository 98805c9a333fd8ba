"""Packs for tests. One thread: tests must not depend on idle cores."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from app.engine.clip import ClipRecognizer
from app.engine.pack import Pack, open_pack
from models import export

ROOT = Path(__file__).resolve().parent.parent
PACKS = ROOT / "models" / "packs"
CHECKPOINTS = ROOT / "models" / "starter" / "checkpoints"


@cache
def pack(name: str) -> Pack:
    """Open a committed pack."""
    return open_pack(PACKS / name)


@cache
def float_pack(name: str) -> Pack:
    """Export a committed checkpoint without quantisation, where switches must change nothing."""
    folder = Path(_scratch().name) / name
    arguments = [str(CHECKPOINTS / name), "--name", name, "--output", str(folder)]
    assert export.main([*arguments, "--encoder", "fp32", "--decoder", "f16"]) == 0
    return open_pack(folder)


@cache
def clips(name: str) -> ClipRecognizer:
    """Load a committed pack once for all tests."""
    return ClipRecognizer(pack(name), n_threads=1)


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="songshu-tests-")  # lives as long as the tests
