"""What Songshu is called everywhere: one definition for all installers.

The version is ``app.__version__``, nowhere else. Standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from app import __version__
from installer.errors import InstallerError, TagError

ROOT = Path(__file__).resolve().parent.parent
NAME = "Songshu"
VERSION = __version__
PACKAGE = "songshu"  # of the .deb, the command and the desktop entry
IDENTIFIER = "app.songshu.songshu"  # macOS' bundle and AppStream's component
PUBLISHER = "The Songshu authors"
CONTACT = "songshu@localhost.invalid"  # whoever publishes writes their own: SONGSHU_CONTACT
SUMMARY = "Offline speech recognition"
SUMMARY_ZH = "离线语音识别"
COPYRIGHT = "Copyright 2026 The Songshu authors"
SUMS_NAME = "SHA256SUMS"
_BLOCK_BYTES = 1 << 20


def contact() -> str:
    """Return the address of whoever publishes; .invalid can never be anybody's by accident."""
    return os.environ.get("SONGSHU_CONTACT", CONTACT)


def numbers() -> tuple[int, int, int, int]:
    """Return the version as Windows wants it, four numbers."""
    found = [int(number) for number in re.findall(r"\d+", VERSION)[:4]]
    first, second, third, fourth = found + [0] * (4 - len(found))
    return first, second, third, fourth


def check_tag(tag: str) -> None:
    """Make sure that a release is tagged with the version that it holds.

    Raises:
        TagError: it is not.
    """
    if tag != f"v{VERSION}":
        raise TagError(tag, VERSION)


def sha256(path: Path) -> str:
    """Return the hex digest of a file, read block by block."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def write_sums(files: Iterable[Path]) -> list[Path]:
    """Write NAME.sha256 beside each file, as ``sha256sum --check`` reads it.

    Returns:
        The files written.
    """
    written = []
    for file in files:
        sums = file.with_name(f"{file.name}.sha256")
        sums.write_text(f"{sha256(file)}  {file.name}\n", encoding="utf-8", newline="\n")
        written.append(sums)
    return written


def join_sums(folder: Path) -> Path:
    """Join all NAME.sha256 of a folder into SHA256SUMS.

    Returns:
        SHA256SUMS.
    """
    lines = [sums.read_text(encoding="utf-8") for sums in sorted(folder.glob("*.sha256"))]
    joined = folder / SUMS_NAME
    joined.write_text("".join(lines), encoding="utf-8", newline="\n")
    return joined


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the version, check a tag, or join sums; continuous integration calls it."""
    parser = argparse.ArgumentParser(prog="python3 -m installer.product")
    parser.description = "Print the version; check a tag; join checksums."
    parser.add_argument("--check-tag", metavar="TAG", help="fail unless TAG is v + the version")
    parser.add_argument("--join-sums", metavar="FOLDER", type=Path, help=f"write {SUMS_NAME}")
    options = parser.parse_args(arguments)
    try:
        if options.check_tag:
            check_tag(options.check_tag)
        print(join_sums(options.join_sums) if options.join_sums else VERSION)
    except InstallerError as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
