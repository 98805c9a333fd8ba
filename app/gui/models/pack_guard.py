"""Which packs may come in by a drop, and which must not be used any more.

found pack, verdicts of earlier checks -> the pack, perhaps with its problem
loader, paths that must not be used -> a loader that refuses them
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QDropEvent

from app.engine.loading import Loader, LoadOptions, Transcriber
from app.engine.manifest import MANIFEST_NAME
from app.engine.pack import PACK_SUFFIX
from app.engine.pack_library import FoundPack, pack_mark
from app.errors import PackCorruptError

_DROPPED_SUFFIXES = (PACK_SUFFIX, ".zip")


def judged(pack: FoundPack, damaged: Sequence[tuple[str, str]]) -> FoundPack:
    """Give a pack its old verdict, as long as its files are the same."""
    marks = dict(damaged)
    if not pack.is_usable or marks.get(str(pack.path)) != pack_mark(pack.path):
        return pack
    problem = PackCorruptError(pack.path, ["its files did not pass the check"])
    return replace(pack, problem=problem)


def guarded(load: Loader, unusable: Callable[[], Collection[str]]) -> Loader:
    """Give a loader that refuses some packs.

    Args:
        load: loads a model.
        unusable: gives the paths that must not be used now; called in the thread that loads.
    """

    def load_usable(options: LoadOptions) -> Transcriber:
        if options.pack in unusable():
            raise PackCorruptError(Path(options.pack or ""), ["it did not pass the check"])
        return load(options)

    return load_usable


def dropped_packs(event: QDropEvent) -> list[Path]:
    """Give the packs among what is dragged: folders with a manifest, pack files, zips."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [
        path
        for path in paths
        if path.suffix.lower() in _DROPPED_SUFFIXES or (path / MANIFEST_NAME).is_file()
    ]
