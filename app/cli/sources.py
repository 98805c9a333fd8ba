"""What was typed as FILE: files, folders, patterns and standard input become sources, in order.

A folder stands for the audio and video files in it and below, by name. Patterns are expanded here
too, because Windows leaves that to programs.
"""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import AudioReadError

STDIN = "-"
STDIN_NAME = "stdin"
# Only for folders: a file that is named is tried whatever it is called.
AUDIO = "wav flac mp3 m4a m4b aac ogg oga opus wma amr aif aiff caf ac3 mka ape wv"
VIDEO = "mp4 m4v mov mkv webm avi wmv flv 3gp 3g2 mpg mpeg ts mts m2ts vob"
MEDIA_SUFFIXES = frozenset(f".{suffix}" for suffix in f"{AUDIO} {VIDEO}".split())


@dataclass(frozen=True, slots=True)
class Source:
    """Something to recognise.

    Attributes:
        path: None for standard input.
    """

    path: Path | None

    @property
    def is_stdin(self) -> bool:
        """Whether it is standard input."""
        return self.path is None

    @property
    def name(self) -> str:
        """How it is called in messages and results: as it was typed."""
        return STDIN_NAME if self.path is None else str(self.path)

    @property
    def stem(self) -> str:
        """Name of its output files, without suffix."""
        return STDIN_NAME if self.path is None else self.path.stem

    def open(self) -> Path | BinaryIO:
        """Return what the decoder opens.

        Raises:
            AudioReadError: there is no standard input.
        """
        if self.path is not None:
            return self.path
        if sys.stdin is None:
            raise AudioReadError(STDIN_NAME, "there is no standard input")
        return sys.stdin.buffer


def find_sources(names: Sequence[str]) -> list[Source]:
    """Return the sources that were typed; one that does not exist stays, and fails later."""
    return [source for name in names for source in _expand(name)]


def _expand(name: str) -> Iterator[Source]:
    path = Path(name)
    if name == STDIN:
        yield Source(None)
    elif path.is_dir():
        found = sorted(file for file in path.rglob("*") if is_media(file.name) and file.is_file())
        yield from map(Source, found or [path])
    elif not path.exists() and (matches := _match(name)):
        yield from (Source(Path(match)) for match in matches)
    else:
        yield Source(path)


def _match(pattern: str) -> list[str]:
    return sorted(glob.glob(pattern))  # noqa: PTH207 - Path.glob takes no absolute pattern


def is_media(name: str) -> bool:
    """Tell audio and video by name; "._talk.wav" holds what a Mac notes about "talk.wav"."""
    return Path(name).suffix.lower() in MEDIA_SUFFIXES and not name.startswith("._")
