"""What the two benchmarks share on the command line: numbers, and the way from options to a report.

words -> parse -> options -> measure -> report -> printed, and written if the options say where
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from app.errors import SongshuError


class Options(Protocol):
    """What both have: the report's file, or None."""

    @property
    def output(self) -> Path | None: ...  # noqa: D102 - see the class


class Report(Protocol):
    """What is measured, for people and as a file."""

    def to_markdown(self) -> str: ...  # noqa: D102 - see the class

    def write(self, path: Path) -> None: ...  # noqa: D102 - see the class


T = TypeVar("T", bound=Options)


def run(
    arguments: Sequence[str],
    parse: Callable[[Sequence[str]], T],
    measure: Callable[[T], Report],
) -> int:
    """Measure, print the report and write it; returns 1 after an error, 130 after Ctrl-C."""
    try:
        options = parse(arguments)
        report = measure(options)
    except SongshuError as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(report.to_markdown())
    if options.output is not None:
        report.write(options.output)
    return 0


def count(text: str) -> int:
    """Read a number of something that there must be."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1")
    return value


def positive(text: str) -> float:
    """Read a number above 0."""
    value = float(text)
    if not value > 0:  # nan is neither
        raise argparse.ArgumentTypeError(f"{text}: must be positive")
    return value


def between(least: float, most: float) -> Callable[[str], float]:
    """Make what reads a number of a range, both ends included."""

    def seconds(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text}: from {least:g} to {most:g}")
        return value

    return seconds
