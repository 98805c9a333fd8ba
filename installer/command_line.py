"""What the packagers of the three systems share on the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from installer import payload, product
from installer.errors import InstallerError


def make_parser(system: str, description: str | None) -> argparse.ArgumentParser:
    """Make a parser that knows where packages go.

    Args:
        system: the package's name in ``installer``.
        description: docstring of its module.
    """
    parser = argparse.ArgumentParser(
        prog=f"python3 -m installer.{system}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = product.ROOT / "dist" / "release"
    parser.add_argument("--output", type=Path, default=default, help="dist/release")
    return parser


def run(package: Callable[[], Sequence[Path]]) -> int:
    """Package, and list what was written; returns 1 with the reason if that cannot be."""
    try:
        written = package()
    except InstallerError as exc:
        print(exc, file=sys.stderr)
        return 1
    print(payload.listed(written))
    return 0
