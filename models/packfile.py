"""Write a pack folder as one file whose parts can be memory-mapped.

A folder flows in, an uncompressed zip flows out in which the data of every member starts at a
multiple of 4,096 bytes, counted from the start of the file: the executable carries its pack this
way, and readers map members without unpacking them. The room before the data is an extra field of
the member's header (id 0xD935, as Android's zipalign writes), so that every zip tool can read the
file. The same folder always gives the same bytes.

    python -m models.packfile PACK OUT.songshu
"""

from __future__ import annotations

import shutil
import struct
import sys
import zipfile
from pathlib import Path
from typing import BinaryIO

from models.errors import ConfigError, MissingFileError, OutputExistsError
from models.json_file import read_json
from models.manifest import MANIFEST
from models.report import Step, run_command, step_parser, timed_step, written_aside

ALIGNMENT_BYTES = 4096
ALIGNMENT_FIELD = 0xD935
FIELD_HEADER = struct.Struct("<HH")
# zipfile's own rule for when a member's header needs 64-bit sizes, which makes it longer.
ZIP64_FACTOR = 1.05
OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
COPY_BYTES = 1 << 22


def write_packfile(folder: Path, path: Path) -> None:
    """Write the files that a pack's manifest lists, and the manifest first, into one file.

    Raises:
        MissingFileError: the folder is no pack, or a file of it is missing.
        ConfigError: the manifest is no pack's.
        OutputExistsError: there is something at the path.
        DiskFullError: the disk is full; nothing is left behind.
    """
    if path.exists():
        raise OutputExistsError(path, replaceable=False)
    members = _members(folder)
    with (
        written_aside(path) as aside,
        aside.open("wb") as file,
        zipfile.ZipFile(file, "w") as archive,
    ):
        for member in members:
            _add(archive, file, member)


def _members(folder: Path) -> list[Path]:
    path = folder / MANIFEST
    try:
        names = [str(entry["path"]) for entry in read_json(path, "a pack")["files"]]
    except (KeyError, TypeError) as exc:
        raise ConfigError(path, ["it lists no files, so it is no pack's"]) from exc
    members = [path, *(folder / name for name in names)]
    for member in members:
        if not member.is_file():
            raise MissingFileError(member, f"the pack ({MANIFEST} lists it)")
    return members


def _add(archive: zipfile.ZipFile, file: BinaryIO, member: Path) -> None:
    info = zipfile.ZipInfo(member.name, OLDEST_DATE)
    info.file_size = member.stat().st_size
    info.CRC = 0  # filled in when the member is closed
    info.external_attr = 0o644 << 16
    wide = info.file_size * ZIP64_FACTOR > zipfile.ZIP64_LIMIT
    info.extra = _alignment_field(file.tell() + len(info.FileHeader(wide)))
    with member.open("rb") as source, archive.open(info, "w", force_zip64=wide) as target:
        shutil.copyfileobj(source, target, COPY_BYTES)


def _alignment_field(offset: int) -> bytes:
    """Return an extra field that moves data from an offset to the next boundary."""
    n_bytes = -offset % ALIGNMENT_BYTES
    if 0 < n_bytes < FIELD_HEADER.size:
        n_bytes += ALIGNMENT_BYTES
    if n_bytes == 0:
        return b""
    n_zeros = n_bytes - FIELD_HEADER.size
    return FIELD_HEADER.pack(ALIGNMENT_FIELD, n_zeros) + bytes(n_zeros)


def main(arguments: list[str]) -> int:
    """Write OUT from the folder PACK."""
    options = step_parser("packfile", "PACK", "OUT.songshu").parse_args(arguments)
    source, target = options.source, options.target
    step = Step(name="pack file", target=target)
    return run_command(lambda: timed_step(step, lambda: write_packfile(source, target)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
