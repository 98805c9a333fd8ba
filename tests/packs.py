"""The committed packs, for tests. One thread: tests must not depend on idle cores."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.engine.clip import ClipRecognizer
from app.engine.pack import Pack, open_pack

ROOT = Path(__file__).resolve().parent.parent
PACKS = ROOT / "models" / "packs"


@cache
def pack(name: str) -> Pack:
    """Open a committed pack."""
    return open_pack(PACKS / name)


@cache
def clips(name: str) -> ClipRecognizer:
    """Load a committed pack once for all tests."""
    return ClipRecognizer(pack(name), n_threads=1)
