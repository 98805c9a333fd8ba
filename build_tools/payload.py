"""The program as one stream inside the executable, which the launcher unpacks once.

    folder of PyInstaller -> index (place, kind, size, digest of each file) + blocks of LZ4

launcher/package.h draws the format. The same folder always gives the same bytes: entries are
sorted, times are not kept.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import lz4.block

from build_tools.contents import is_early

DIGEST_BYTES = 32
_HEAD = struct.Struct(
    "<II"
)  # of the index: its bytes, its entries; of a block: bytes in, bytes out
_ENTRY = struct.Struct(f"<BHQ{DIGEST_BYTES}s")
_FILE, _PROGRAM, _LINK, _EARLY = range(4)
_BLOCK_BYTES = 4 << 20
_STRENGTH = 9  # of 12, which gains 0.5 % and takes twice as long


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file or a link of the program."""

    place: str
    kind: int
    content: bytes

    def head(self) -> bytes:
        """Give its record in the index."""
        place = self.place.encode()
        digest = hashlib.blake2b(self.content, digest_size=DIGEST_BYTES).digest()
        return _ENTRY.pack(self.kind, len(place), len(self.content), digest) + place


def make_payload(folder: Path) -> bytes:
    """Pack all files and links of a folder."""
    entries = list(_entries(folder))
    index = b"".join(entry.head() for entry in entries)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # lz4 works without the GIL
        blocks = list(pool.map(_compress, _blocks(entries)))
    return b"".join([_HEAD.pack(len(index), len(entries)), index, *blocks])


def digest(payload: bytes) -> bytes:
    """Give what the launcher compares while it unpacks."""
    return hashlib.blake2b(payload, digest_size=DIGEST_BYTES).digest()


def sizes(folder: Path) -> dict[str, int]:
    """Give the size of every file of a folder in bytes, by its place; links take none."""
    return {entry.place: len(entry.content) for entry in _entries(folder) if entry.kind != _LINK}


def _entries(folder: Path) -> Iterator[Entry]:
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield Entry(place=place, kind=_LINK, content=os.fsencode(path.readlink()))
        elif path.is_file():
            kind = _EARLY if is_early(place) else _FILE
            kind = _PROGRAM if path.parent == folder else kind
            yield Entry(place=place, kind=kind, content=path.read_bytes())


def _blocks(entries: list[Entry]) -> Iterator[bytes]:
    waiting = bytearray()
    for entry in entries:
        waiting += entry.content
        while len(waiting) >= _BLOCK_BYTES:
            yield bytes(waiting[:_BLOCK_BYTES])
            del waiting[:_BLOCK_BYTES]
    if waiting:
        yield bytes(waiting)


def _compress(block: bytes) -> bytes:
    packed: bytes = lz4.block.compress(
        block, mode="high_compression", compression=_STRENGTH, store_size=False
    )
    if len(packed) >= len(block):
        packed = block  # equal lengths say: stored
    return _HEAD.pack(len(packed), len(block)) + packed
