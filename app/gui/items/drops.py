"""What was dropped, chosen or handed over, turned into media files; folders are walked aside.

    mime data / paths -> DropContent (local paths, refused addresses)   quick, in the GUI thread
    local paths -> FoundFiles                                          in a thread: disks are slow

A file that is named is taken whatever it is called, since FFmpeg may know it all the same; in
folders only names that look like audio or video are taken. Addresses on the network are refused:
Songshu never goes online.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QRunnable, QThreadPool, QUrl, Signal

from app.cli.sources import is_media

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropContent:
    """What a drag carries.

    Attributes:
        paths: local files and folders, in order, without repeats.
        remote: addresses that are not on this computer.
    """

    paths: tuple[Path, ...] = ()
    remote: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFiles:
    """What was found under the paths that were given.

    Attributes:
        files: absolute, in order, without repeats.
        missing: paths at which there is nothing (any more).
        empty: folders without any media file.
        not_media: named files that are certainly something else, such as a text.
    """

    files: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()
    empty: tuple[Path, ...] = ()
    not_media: tuple[Path, ...] = ()


# Files that FFmpeg would open although they hold no speech (pictures), or never can.
TEXTS = "txt md srt vtt json csv docx doc html htm pdf xls xlsx ppt pptx odt ods rtf epub xml"
PICTURES = "png jpg jpeg gif bmp webp svg tif tiff heic ico psd"
PROGRAMS = "zip 7z rar gz tar bz2 xz iso exe dll so dmg msi deb rpm app bat sh py js css c h cpp"
OTHER_SUFFIXES = frozenset(f".{suffix}" for suffix in f"{TEXTS} {PICTURES} {PROGRAMS}".split())


def may_be_dropped(mime: QMimeData) -> bool:
    """Tell, while the drag still hovers, whether a drop would do anything."""
    return mime.hasUrls() or (mime.hasText() and bool(_urls_in(mime.text())))


def read_mime(mime: QMimeData) -> DropContent:
    """Sort what a drag carries into local paths and addresses elsewhere."""
    urls = mime.urls() if mime.hasUrls() else _urls_in(mime.text())
    paths, remote = [], []
    for url in urls:
        if url.isLocalFile():
            paths.append(Path(url.toLocalFile()))
        elif not url.isEmpty():
            remote.append(url.toDisplayString())
    return DropContent(paths=tuple(dict.fromkeys(paths)), remote=tuple(dict.fromkeys(remote)))


def find_files(paths: Iterable[Path]) -> FoundFiles:
    """Walk files and folders; never raises, whatever the disk does meanwhile."""
    files: list[Path] = []
    missing: list[Path] = []
    empty: list[Path] = []
    not_media: list[Path] = []
    for path in map(_absolute, paths):
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
            found = _media_below(path)
            files += found
            if not found:
                empty.append(path)
        elif not _exists(path):
            missing.append(path)
        elif path.suffix.lower() in OTHER_SUFFIXES:
            not_media.append(path)
        else:
            files.append(path)
    return FoundFiles(
        files=tuple(dict.fromkeys(files)),
        missing=tuple(missing),
        empty=tuple(empty),
        not_media=tuple(not_media),
    )


class FileFinder(QObject):
    """Runs ``find_files`` beside the GUI thread.

    Signals:
        found(FoundFiles): in the GUI thread, once for every call of ``find``.
    """

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)  # so that drops come out in the order they came in

    def find(self, paths: Sequence[Path]) -> None:
        """Look at files and folders; ``found`` tells what there is."""
        self._pool.start(_Find(self, tuple(paths)))

    def wait(self) -> None:
        """Let what is running end; called when the window goes."""
        self._pool.clear()
        self._pool.waitForDone()


class _Find(QRunnable):
    def __init__(self, finder: FileFinder, paths: tuple[Path, ...]) -> None:
        super().__init__()
        self._finder = finder
        self._paths = paths

    def run(self) -> None:
        self._finder.found.emit(find_files(self._paths))


def _media_below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=_note):
        folders.sort()
        found += [Path(root, name) for name in sorted(names) if is_media(name)]
    return found


def _note(error: OSError) -> None:
    _log.warning("a folder was left out: %s", error)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for the system, say
        return False


def _urls_in(text: str) -> list[QUrl]:
    """Read text/plain as a list of addresses, as some browsers and file managers give it."""
    lines = [line.strip() for line in text.splitlines()]
    urls = [QUrl(line) for line in lines if "://" in line]
    return [url for url in urls if url.isValid() and url.scheme()]
