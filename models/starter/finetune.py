"""Train the rewritten Whisper decoder and its adapter on speech: the starter after `transplant`.

What is left to learn: the prompt and the header, to stop where a clip ends although nothing is
padded to 30 s, to hear at 12.5 Hz, to spell what the smaller vocabulary lacks, and what the
rewriting got only nearly right. The frozen tower's features are read from disk (`features`), so a
step is the decoder alone.

Whisper's own decoder teaches (`teacher`), in three ways that fade out one after the other: its
residual stands in for the student's between blocks, so that every block learns its part alone;
the student's residual is drawn to the teacher's; and its distribution over the next token is
wanted beside the transcript's. Most steps use audio rows as keys and values only (`two_streams`);
`--whole` runs every row through every layer, as the engine does. `--tower RATE` trains the tower
too, on clips of one set that every step renders (`live`); without it, the features must be those of
the tower that the start has (`features --state`).

State is saved every two minutes, and kept under a name of its own every `--keep` minutes: the last
one is not always the best. A stopped run continues with the same command.

Run: python -m models.starter.finetune --sets human --until HH:MM (UTC)
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import torch
from torch import Tensor

from . import paths, prompts
from .batches import Batch, StoredBatches
from .clock import deadline
from .live import HearingStarter, LiveBatches
from .pupil import Course, Pupil
from .run import Run

SEED = 17
POSITIONS = 2400  # sequence positions in a step, about 130 s of audio
LIVE_S = 100.0  # s of audio in a step that trains the tower
SAVE_S, LOG_S = 120.0, 20.0


def parse() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", default="starter")
    parser.add_argument("--sets", default="human", help="feature sets, comma separated")
    parser.add_argument("--until", required=True, help="UTC HH:MM at which the schedule ends")
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--alone", action="store_true", help="without the teacher")
    parser.add_argument("--again", action="store_true", help="the start was trained before")
    parser.add_argument("--keep", type=float, default=10.0, help="minutes between kept states")
    parser.add_argument("--whole", action="store_true", help="every row through every layer")
    parser.add_argument("--tower", type=float, default=0.0, help="learning rate of the tower")
    parser.add_argument("--contexts", type=float, default=0.0, help="share of clips with a context")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    if args.tower and "," in args.sets:
        parser.error("--tower renders clips of one set: name one")
    return args


class Every:
    """Tells when so many seconds are over again."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._last = seconds, time.time()

    def __bool__(self) -> bool:
        if time.time() - self._last < self._seconds:
            return False
        self._last = time.time()
        return True


def batches(args: argparse.Namespace, run: Run) -> LiveBatches | StoredBatches:
    """Return where the batches come from."""
    if args.tower:
        assert isinstance(run.net, HearingStarter)
        return LiveBatches(args.sets, LIVE_S, run.net, with_teacher=not args.alone)
    return StoredBatches(args.sets.split(","), POSITIONS)


def judge(
    args: argparse.Namespace, pupil: Pupil, batch: Batch, progress: float, rng: np.random.Generator
) -> tuple[Tensor, dict[str, float]]:
    """Return the loss of a batch and its parts."""
    if args.whole:
        return pupil.whole_losses(batch)
    course = Course(0, 0, 0) if args.alone else Course.at(progress, args.again)
    return pupil.losses(batch, course, rng)


def main() -> None:
    """Train until the deadline."""
    args = parse()
    torch.set_num_threads(args.threads)
    prompts.CONTEXT_RATE, prompts.DISTRACTOR_ONLY_RATE = args.contexts * 0.7, args.contexts * 0.3
    run = Run(paths.sub("runs", args.name), args.lr, args.tower)
    token_ids = json.loads((paths.sub("tokenizer") / "whisper_ids.json").read_text())
    pupil, source = Pupil(run.net, token_ids), batches(args, run)
    rng = np.random.default_rng([SEED, run.step])
    began, end = time.time(), deadline(args.until)
    time_to_log, time_to_save, time_to_keep = Every(LOG_S), Every(SAVE_S), Every(60 * args.keep)
    parts: list[dict[str, float]] = []
    while time.time() < end:
        progress = (time.time() - run.began) / (end - run.began)
        scale = run.set_rates(progress)
        batch = source.next(rng)
        loss, part = judge(args, pupil, batch, progress, rng)
        run.learn(loss, batch.seconds)
        parts.append(part)
        if time_to_log:
            means = [f"{k} {np.mean([p[k] for p in parts if k in p]):.3f}" for k in parts[-1]]
            print(
                f"{time.time() - began:.0f} s step {run.step} {run.audio_s / 3600:.2f} h of"
                f" {source.hours:.1f} h {' '.join(means)} lr {args.lr * scale:.1e}",
                flush=True,
            )
            parts = []
        if time_to_keep:
            run.keep()
        if time_to_save:
            run.save()
    run.save()


if __name__ == "__main__":
    main()
