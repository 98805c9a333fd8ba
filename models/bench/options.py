"""What to measure, as a person asks for it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.engine.machine import default_threads
from models.bench.entry import between, count
from models.bench.errors import CheckpointNeededError

AGAINST = ("official", "mtmd")
MAX_SECONDS = 30.0  # the application never gives the model more at once


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """One measurement.

    Attributes:
        audio: a file, or None for a made-up signal; seconds: how much of it, at most 30.
        n_tokens: tokens that every engine generates, whatever it has to say.
        n_rounds: processes per engine.
    """

    pack: Path
    against: tuple[str, ...]
    checkpoint: Path | None
    audio: Path | None
    seconds: float
    n_tokens: int
    n_threads: int
    n_rounds: int
    output: Path | None

    def __post_init__(self) -> None:
        if self.against and self.checkpoint is None:
            raise CheckpointNeededError(self.against[0])


def parse_options(arguments: Sequence[str]) -> BenchOptions:
    """Read the command line; exits with 2 and a message if it is wrong.

    Raises:
        CheckpointNeededError: an engine was asked for that runs from a checkpoint.
    """
    found = _parser().parse_args(arguments)
    return BenchOptions(
        pack=found.pack,
        against=tuple(dict.fromkeys(found.against)),
        checkpoint=found.checkpoint,
        audio=found.audio,
        seconds=found.seconds,
        n_tokens=found.tokens,
        n_threads=found.threads,
        n_rounds=found.rounds,
        output=found.output,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py bench", description="Measure a model pack, alone or against other engines."
    )
    parser.add_argument("pack", type=Path, help="folder or file of the pack")
    parser.add_argument("--against", action="append", default=[], choices=AGAINST)
    parser.add_argument("--checkpoint", type=Path, help="folder that the pack was exported from")
    parser.add_argument("--audio", type=Path, help="a recording (else a made-up signal)")
    parser.add_argument(
        "--seconds", type=between(0.1, MAX_SECONDS), default=MAX_SECONDS, help="of audio, up to 30"
    )
    parser.add_argument("--tokens", type=count, default=100, help="to generate, forced")
    parser.add_argument("--threads", type=count, default=default_threads())
    parser.add_argument("--rounds", type=count, default=3, help="processes per engine")
    parser.add_argument("--output", type=Path, help="report.md, with report.json beside it")
    return parser
