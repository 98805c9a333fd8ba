"""Find the model pack that was asked for, by path or by name."""

from __future__ import annotations

from pathlib import Path

from app import paths
from app.engine.pack import find_packs, open_pack
from app.errors import PackError, PackNotFoundError


def choose_pack(wanted: str | None) -> Path:
    """Return the path of a pack.

    Args:
        wanted: a path, the name of a pack, or that of its folder or file; None takes the first that
            is found.

    Raises:
        PackNotFoundError: there is none; it lists where we looked.
    """
    if wanted and (Path(wanted).exists() or Path(wanted) == paths.BUILT_IN_PACK):
        return Path(wanted)
    folders = paths.pack_folders()
    for path in find_packs(folders):
        if wanted is None or wanted in (path.name, path.stem, _inner_name(path)):
            return path
    raise PackNotFoundError(Path(wanted or "any known place"), folders)


def _inner_name(path: Path) -> str:
    """Return what a pack calls itself, "" if it cannot be opened."""
    try:
        return open_pack(path).name
    except PackError:
        return ""
