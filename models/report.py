"""Run a step of the factory and say what it wrote: name, bytes, seconds.

Every step can be run alone; this is the part that all of them share, their command line included.
A step writes beside its target, which takes the file's name when it is whole: a failure leaves
nothing half-written, and a step may read the file that it replaces.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import SongshuError
from models.errors import disk_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A named piece of work that writes one file."""

    name: str
    target: Path


def step_parser(module: str, source: str, target: str) -> argparse.ArgumentParser:
    """Return the command line of a step: what it reads and what it writes."""
    parser = argparse.ArgumentParser(prog=f"python -m models.{module}")
    parser.add_argument("source", type=Path, metavar=source)
    parser.add_argument("target", type=Path, metavar=target)
    return parser


def timed_step(step: Step, work: Callable[[], None]) -> None:
    """Do the work and print what it wrote."""
    started_s = time.perf_counter()
    work()
    seconds = time.perf_counter() - started_s
    n_bytes = step.target.stat().st_size
    print(f"{step.name:<18} {step.target.name:<24} {n_bytes:>13,} bytes {seconds:7.1f} s")
    sys.stdout.flush()


def run_step(step: Step, write: Callable[[Path], None]) -> int:
    """Write the file of a step as a command does.

    Args:
        step: what is written.
        write: writes the path that it is given.

    Returns:
        0, or 1 after an error, which is printed.
    """

    def work() -> None:
        with written_aside(step.target) as aside:
            write(aside)

    return run_command(lambda: timed_step(step, work))


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a path beside another one, which takes its name when the block has ended well.

    Raises:
        DiskFullError: the disk is full; nothing is left behind.
    """
    aside = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        with disk_errors(path):
            yield aside
            aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def run_command(work: Callable[[], None]) -> int:
    """Do some work; return 0, or 1 after an error, which is printed."""
    try:
        work()
    except (SongshuError, OSError) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    return 0
