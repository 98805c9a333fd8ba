"""What dev.py says while it works, and the error of a step that needs a person.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import sys
import time


class SetupError(Exception):
    """Something is missing that this script cannot install; the message says what to type."""


class step:  # noqa: N801 - reads as a statement
    """Say what is being done, and afterwards how long it took. To stderr, for stdout is text."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        print(f"\n== {self._name}", file=sys.stderr, flush=True)
        self._started = time.monotonic()

    def __exit__(self, *_: object) -> None:
        seconds = time.monotonic() - self._started
        print(f"== {self._name}: {seconds:.1f} s", file=sys.stderr, flush=True)
