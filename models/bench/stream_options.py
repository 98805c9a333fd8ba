"""What to measure of a stream, as a person asks for it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.engine.growing_clip import Savings
from app.engine.machine import default_threads
from app.engine.streaming import StreamOptions
from models.bench.entry import between, count, positive

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
VARIANTS: dict[str, Savings] = {
    "all on": Savings(),
    "chunks off": Savings(chunks=False),
    "windows off": Savings(windows=False),
    "prefix off": Savings(prefix=False),
    "drafts off": Savings(drafts=False),
    "all off": Savings(chunks=False, windows=False, prefix=False, drafts=False),
}
MAX_SPEECH_S = 29.5  # of one forced utterance: just below the longest there is


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamBenchOptions:
    """One measurement.

    Attributes:
        audio: recordings, spoken one after the other.
        tokens_per_s: None to recognise; else one utterance of seconds, with forced tokens.
        step_s: new sound after which a partial text is due.
        max_duty: seconds of computing for partial texts per second of sound, at most.
        mean_duty: the same over a whole utterance.
        variants: names of ``VARIANTS``.
        keeps_up: count with a machine that is fast enough for every partial text.
        cpu_clock: what computing takes is processor time divided by the threads.
    """

    pack: Path
    audio: tuple[Path, ...]
    tokens_per_s: float | None
    seconds: float
    step_s: float
    max_duty: float
    mean_duty: float
    n_threads: int
    n_rounds: int
    variants: tuple[str, ...]
    keeps_up: bool
    cpu_clock: bool
    output: Path | None


def parse_stream_options(arguments: Sequence[str]) -> StreamBenchOptions:
    """Read the command line; exits with 2 and a message if it is wrong."""
    found = _parser().parse_args(arguments)
    return StreamBenchOptions(
        pack=found.pack,
        audio=tuple(found.audio or sorted(SAMPLES.glob("*.wav"))),
        tokens_per_s=found.forced,
        seconds=found.seconds,
        step_s=found.step,
        max_duty=found.duty,
        mean_duty=found.mean_duty,
        n_threads=found.threads,
        n_rounds=found.rounds,
        variants=tuple(found.variant or VARIANTS),
        keeps_up=found.keeps_up,
        cpu_clock=found.cpu_clock,
        output=found.output,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py bench --stream", description="Measure live recognition."
    )
    parser.add_argument("--stream", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("pack", type=Path, help="folder or file of the pack")
    parser.add_argument("--audio", type=Path, nargs="+", help="recordings (else samples/)")
    parser.add_argument(
        "--forced",
        type=positive,
        metavar="TOKENS_PER_S",
        help="for random weights: one long utterance that says so much, whatever it hears",
    )
    parser.add_argument(
        "--seconds",
        type=between(2, MAX_SPEECH_S),
        default=MAX_SPEECH_S,
        help="of the forced utterance",
    )
    parser.add_argument("--step", type=positive, default=1.0, help="seconds between partial texts")
    parser.add_argument(
        "--duty", type=positive, default=0.5, help="of partial texts: at most so many s per s"
    )
    parser.add_argument(
        "--mean-duty",
        type=positive,
        default=StreamOptions().mean_duty,
        help="the same over a whole utterance",
    )
    parser.add_argument("--threads", type=count, default=default_threads())
    parser.add_argument("--rounds", type=count, default=3, help="the median one counts")
    parser.add_argument("--variant", action="append", choices=VARIANTS)
    parser.add_argument(
        "--keeps-up", action="store_true", help="show every text, however long computing takes"
    )
    parser.add_argument(
        "--cpu-clock", action="store_true", help="processor time / threads, for a busy machine"
    )
    parser.add_argument("--output", type=Path, help="report.md, with report.json beside it")
    return parser
