"""Read what a Linux library needs and offers: other libraries, functions, and the C library.

Only 64-bit little-endian files, by the System V ABI (gABI, chapters 4 and 5) and LSB's symbol
versions. It answers three questions of the build: which functions must a stub offer, which
libraries does one need, and which glibc is the oldest that all of them can live with.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SECTION = struct.Struct("<IIQQQQIIQQ")
_DYNAMIC = struct.Struct("<qQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_NEED = struct.Struct("<HHIII")
_NEED_ITEM = struct.Struct("<IHHII")
_DYNAMIC_SECTION, _SYMBOL_SECTION, _NEED_SECTION = 6, 11, 0x6FFFFFFE
_DT_NEEDED, _DT_SONAME = 1, 14
_MAGIC = b"\x7fELF\x02\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Elf:
    """What one library says of itself.

    Attributes:
        soname: the name by which others ask for it.
        needed: names of the libraries that it loads.
        defined, undefined: names of functions and data that it offers, and asks of others.
        versions: symbol versions that it asks of others, such as GLIBC_2.17.
    """

    path: Path
    soname: str
    needed: tuple[str, ...]
    defined: frozenset[str]
    undefined: frozenset[str]
    versions: frozenset[str]


def is_elf(path: Path) -> bool:
    """Whether a file is a 64-bit little-endian ELF file."""
    with path.open("rb") as file:
        return file.read(6) == _MAGIC


def read_elf(path: Path) -> Elf:
    """Read a library or program.

    Raises:
        ValueError: it is no 64-bit little-endian ELF file.
    """
    data = path.read_bytes()
    if data[:6] != _MAGIC:
        raise ValueError(f"{path} is no 64-bit ELF file")
    sections = list(_sections(data))
    dynamic = [item for kind, item in _dynamic(data, sections)]
    symbols = list(_symbols(data, sections))
    return Elf(
        path=path,
        soname=next((name for tag, name in dynamic if tag == _DT_SONAME), path.name),
        needed=tuple(name for tag, name in dynamic if tag == _DT_NEEDED),
        defined=frozenset(name for name, is_defined in symbols if is_defined),
        undefined=frozenset(name for name, is_defined in symbols if not is_defined),
        versions=frozenset(_versions(data, sections)),
    )


def oldest_glibc(elves: Iterable[Elf]) -> tuple[tuple[int, int], list[Path]]:
    """Give the glibc that all of them can live with, and those that need one as new as that."""
    wanted = {elf.path: _glibc(elf) for elf in elves}
    newest = max(wanted.values(), default=(0, 0))
    return newest, sorted(path for path, version in wanted.items() if version == newest)


def _glibc(elf: Elf) -> tuple[int, int]:
    found = [re.fullmatch(r"GLIBC_(\d+)\.(\d+)(?:\.\d+)?", version) for version in elf.versions]
    return max(((int(m[1]), int(m[2])) for m in found if m), default=(0, 0))


def _sections(data: bytes) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield (type, offset, size, link, info) of every section."""
    (table,) = struct.unpack_from("<Q", data, 40)
    entry_bytes, n_entries = struct.unpack_from("<HH", data, 58)
    for index in range(n_entries):
        values = _SECTION.unpack_from(data, table + index * entry_bytes)
        yield values[1], values[4], values[5], values[6], values[7]


def _dynamic(
    data: bytes, sections: list[tuple[int, int, int, int, int]]
) -> Iterator[tuple[int, tuple[int, str]]]:
    for kind, offset, size, link, _info in sections:
        if kind != _DYNAMIC_SECTION:
            continue
        strings = sections[link][1]
        for tag, value in _DYNAMIC.iter_unpack(data[offset : offset + size]):
            if tag in (_DT_NEEDED, _DT_SONAME):
                yield kind, (tag, _text(data, strings + value))


def _symbols(
    data: bytes, sections: list[tuple[int, int, int, int, int]]
) -> Iterator[tuple[str, bool]]:
    for kind, offset, size, link, _info in sections:
        if kind != _SYMBOL_SECTION:
            continue
        strings = sections[link][1]
        for name, _type, _other, section, _value, _size in _SYMBOL.iter_unpack(
            data[offset : offset + size]
        ):
            if name:
                yield _text(data, strings + name), section != 0


def _versions(data: bytes, sections: list[tuple[int, int, int, int, int]]) -> Iterator[str]:
    for kind, offset, _size, link, n_needs in sections:
        if kind != _NEED_SECTION:
            continue
        strings = sections[link][1]
        for _ in range(n_needs):
            _version, n_items, _file, item, following = _NEED.unpack_from(data, offset)
            place = offset + item
            for _ in range(n_items):
                _hash, _flags, _other, name, next_item = _NEED_ITEM.unpack_from(data, place)
                yield _text(data, strings + name)
                place += next_item
            offset += following


def _text(data: bytes, start: int) -> str:
    return data[start : data.index(b"\0", start)].decode("utf-8", "replace")
