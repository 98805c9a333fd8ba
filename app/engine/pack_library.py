"""The packs of a person: which there are, where they came from, what is known of them.

    folders, in order -> found packs (usable, or with the reason why not) -> facts for people

A pack that cannot be opened is listed too: "it is not there" and "it is damaged" need different
help. Nothing is loaded and nothing is hashed here; that is ``Pack.verify``. Copying a pack into the
user's folder is ``pack_import``. No Qt: the models page and the command line share this file.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app import paths
from app.engine.manifest import MANIFEST_NAME, Manifest
from app.engine.pack import find_packs, open_pack
from app.errors import PackError, PackRemoveError

_log = logging.getLogger(__name__)
SMALL_MODEL_WIDTHS = (896, 1024)  # encoder and decoder of Qwen3-ASR 0.6B; both differ in 1.7B
# FLEURS word error rates of Qwen3-ASR 0.6B are 36 to 59 % in these (paper 2601.21337, table A.2);
# its other languages are below 26 %.
WEAK_LANGUAGES = (
    "Czech",
    "Danish",
    "Filipino",
    "Finnish",
    "Greek",
    "Hungarian",
    "Macedonian",
    "Persian",
    "Romanian",
    "Swedish",
)


class PackOrigin(StrEnum):
    """Where a pack was found, which says who may delete it."""

    BUILT_IN = "built in"
    BESIDE = "beside"
    USER = "user"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How many words the model got wrong where it was measured.

    Attributes:
        wer: word error rate, 0.05 is one word in twenty.
        wer_error: its standard error; n_clips: how many clips were measured.
    """

    wer: float
    wer_error: float
    n_clips: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPack:
    """A pack, or what looks like one.

    Attributes:
        path: folder or file.
        manifest: None if it cannot be used; then ``problem`` holds the error.
        n_bytes: size of its files by the manifest, 0 if unknown.
    """

    path: Path
    origin: PackOrigin
    manifest: Manifest | None = None
    problem: PackError | None = None
    n_bytes: int = 0

    @property
    def is_usable(self) -> bool:
        """Whether it can be opened and all of its files have the right size."""
        return self.problem is None

    @property
    def name(self) -> str:
        """What it calls itself, or the name of its folder."""
        return self.manifest.name if self.manifest is not None else self.path.stem

    @property
    def is_removable(self) -> bool:
        """Whether its files may be deleted by the program."""
        return self.origin is PackOrigin.USER


class PackLibrary:
    """Finds packs, and removes those that are the user's.

    Args:
        user_folder: where imported packs go; by default <data>/packs.
        places: folders with packs and what they are; by default those of ``app.paths``.
    """

    def __init__(
        self,
        user_folder: Path | None = None,
        places: Sequence[tuple[Path, PackOrigin]] | None = None,
    ) -> None:
        self.user_folder = user_folder or paths.user_data_folder() / "packs"
        self._places = list(places) if places is not None else _known_places(self.user_folder)

    def find(self, extra: Sequence[Path] = ()) -> list[FoundPack]:
        """List all packs, the user's first, each once.

        Args:
            extra: packs, or folders with packs, that a person chose.
        """
        places = [*self._places, *((path, PackOrigin.OTHER) for path in extra)]
        found: dict[Path, FoundPack] = {}
        for place, origin in places:
            for path in _packs_at(place):
                found.setdefault(path.resolve(), inspect_pack(path, origin))
        order = [PackOrigin.USER, PackOrigin.BESIDE, PackOrigin.OTHER, PackOrigin.BUILT_IN]
        return sorted(found.values(), key=lambda pack: order.index(pack.origin))

    def find_in(self, place: Path) -> list[FoundPack]:
        """List the pack at a place, or those in it, wherever it is."""
        return [inspect_pack(path) for path in _packs_at(place)]

    def remove(self, pack: FoundPack) -> None:
        """Delete the files of a pack; whatever else lies in its folder stays.

        Raises:
            PackRemoveError: it is not the user's, or the system refuses.
        """
        if not pack.is_removable:
            raise PackRemoveError(pack.path, "it does not lie in your folder for models")
        try:
            _delete(pack)
        except OSError as exc:
            raise PackRemoveError(pack.path, exc.strerror or str(exc)) from exc
        _log.info("removed the pack %s", pack.path)


def inspect_pack(path: Path, origin: PackOrigin = PackOrigin.OTHER) -> FoundPack:
    """Open a pack and compare the sizes of its files; its content is not read."""
    try:
        pack = open_pack(path)
        manifest = pack.manifest
    except PackError as exc:
        return FoundPack(path=path, origin=origin, problem=exc)
    try:
        for entry in manifest.files:
            pack.locate(entry.path)
    except PackError as exc:
        problem: PackError | None = exc
    else:
        problem = None
    return FoundPack(
        path=path, origin=origin, manifest=manifest, problem=problem, n_bytes=pack.n_bytes
    )


def is_there(path: Path) -> bool:
    """Whether something lies where a pack is said to be."""
    return path.exists() or (path == paths.BUILT_IN_PACK and paths.built_in_pack() is not None)


def pack_mark(path: Path) -> str:
    """Give a mark that changes when a file of a pack is written anew; "" if there is none.

    A verdict on a pack holds as long as its mark does: a copy that replaces it is judged anew.
    """
    if path == paths.BUILT_IN_PACK and (span := paths.built_in_pack()):
        path = span.path
    try:
        files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
        facts = [file.stat() for file in files]
    except OSError:
        return ""
    newest = max((fact.st_mtime_ns for fact in facts), default=0)
    return f"{sum(fact.st_size for fact in facts)}-{newest}" if facts else ""


def choose_found(packs: Sequence[FoundPack], wanted: str | None) -> FoundPack | None:
    """Give the pack that is to be used.

    Args:
        packs: as ``PackLibrary.find`` lists them.
        wanted: path of one; None takes the first that is usable. One that is gone or damaged gives
            None: another model is never used in silence.
    """
    usable = [pack for pack in packs if pack.is_usable]
    if wanted is None:
        return usable[0] if usable else None
    return next((pack for pack in usable if str(pack.path) == wanted), None)


def measured_quality(manifest: Manifest) -> Quality | None:
    """Give the word error rate that was measured when the pack was made, if it was."""
    figures = manifest.quality.get("application")
    if not isinstance(figures, Mapping):
        return None
    wer, error, n_clips = (figures.get(key) for key in ("wer", "wer_error", "n_clips"))
    if not isinstance(wer, int | float) or not isinstance(n_clips, int):
        return None
    return Quality(
        wer=float(wer),
        wer_error=float(error) if isinstance(error, int | float) else 0.0,
        n_clips=n_clips,
    )


def weak_languages(manifest: Manifest) -> tuple[str, ...]:
    """Give the languages of a pack in which every third word or more is likely to be wrong."""
    if (manifest.encoder.d_model, manifest.decoder.hidden_size) != SMALL_MODEL_WIDTHS:
        return ()
    return tuple(name for name in manifest.languages if name in WEAK_LANGUAGES)


def _known_places(user_folder: Path) -> list[tuple[Path, PackOrigin]]:
    origins = {
        user_folder: PackOrigin.USER,
        paths.user_data_folder(): PackOrigin.USER,
        paths.executable_folder() / "packs": PackOrigin.BESIDE,
        paths.executable_folder(): PackOrigin.BESIDE,
        paths.bundle_folder() / "models" / "packs": PackOrigin.BUILT_IN,
        paths.BUILT_IN_PACK: PackOrigin.BUILT_IN,
    }
    folders = dict.fromkeys([*paths.pack_folders(), user_folder])
    return [(folder, origins.get(folder, PackOrigin.OTHER)) for folder in folders]


def _packs_at(place: Path) -> Iterator[Path]:
    """Give the pack at a place, or those in it."""
    if place == paths.BUILT_IN_PACK or place.is_file() or (place / MANIFEST_NAME).is_file():
        yield place
        return
    yield from find_packs([place])


def _delete(pack: FoundPack) -> None:
    if pack.path.is_file():
        pack.path.unlink()
        return
    (pack.path / MANIFEST_NAME).unlink(missing_ok=True)  # first: what is half gone is no pack
    for entry in pack.manifest.files if pack.manifest else ():
        (pack.path / entry.path).unlink(missing_ok=True)
    for folder in (*sorted(filter(Path.is_dir, pack.path.rglob("*")), reverse=True), pack.path):
        if not any(folder.iterdir()):
            folder.rmdir()
