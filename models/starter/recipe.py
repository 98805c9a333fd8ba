"""The whole recipe of a model in one command: text, speech, tokens, features, training, checkpoint.

    .venv/bin/python -m models.starter.recipe starter --hours 1.5
    .venv/bin/python -m models.starter.recipe tiny --hours 1.5 --show    # only tell the commands

Every step is a module that can be run alone. What a step has written is not made again, and the
training goes on from its last state, so the same command continues after a stop. ``--hours`` is how
long is trained at most; the schedule of the learning rate follows it. The checkpoint goes to the
working directory (``$SONGSHU_TRAIN``), not over the published one.
"""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import paths

ROOT = Path(__file__).resolve().parents[2]
HOME = Path("~/.cache/songshu").expanduser()
ENVIRONMENTS = {  # what a step needs -> its Python
    "speech": HOME / "tts-venv" / "bin" / "python",
    "torch": ROOT / ".venv-official" / "bin" / "python",
    "app": ROOT / ".venv" / "bin" / "python",
}
FOLDERS = {"starter": HOME / "train", "tiny": HOME / "train-tiny"}
PROGRAMS = {
    "starter": ("espeak-ng", "flite", "ffmpeg", "/usr/games/fortune"),
    "tiny": ("flite", "ffmpeg"),
}
HOURS_OF_SPEECH = {"hibari": 6, "heart": 2, "joe": 1.5, "espeak": 1, "slt": 1, "rms": 1, "awb": 1}
FEATURE_WORKERS, FEATURE_HOURS = 2, 11  # processes, hours of each


@dataclass(frozen=True, slots=True)
class Step:
    """A module to run.

    Attributes:
        environment: of ``ENVIRONMENTS``.
        made: what it writes; the step is left out where that exists. Others look for themselves.
    """

    environment: str
    module: str
    arguments: tuple[str, ...] = ()
    made: str = ""

    def command(self) -> list[str]:
        """Give what is run."""
        python = str(ENVIRONMENTS[self.environment])
        return [python, "-m", f"models.starter.{self.module}", *self.arguments]


def steps(model: str, until: str) -> list[list[Step]]:
    """List the steps of a model in order; those of a group run at once.

    Args:
        model: "starter" or "tiny".
        until: UTC HH:MM at which the training ends.
    """
    checkpoint = ("--out", f"{FOLDERS[model]}/checkpoint")
    if model == "tiny":
        alone = [
            Step("torch", "texts", ("--templates-only",), "text/train.txt"),
            Step("torch", "tokenizer", ("--size", "512"), "tokenizer/vocab.json"),
            Step("torch", "tiny_speech", ("--sentences", "4000")),
            Step("torch", "train_tiny", ("--until", until)),
            Step("torch", "export_checkpoints", ("tiny", *checkpoint)),
        ]
        return [[step] for step in alone]
    voices = [
        Step("speech", "synthesize", ("--voice", voice, "--hours", str(hours)))
        for voice, hours in HOURS_OF_SPEECH.items()
    ]
    before = [
        Step("torch", "texts", made="text/train.txt"),
        *voices,
        Step("app", "human"),
        Step("app", "pseudo", ("--unpack",), "speech/human_bass.npz"),
        Step("torch", "pseudo"),
        Step("torch", "whisper_tokens", made="tokenizer/whisper_ids.json"),
    ]
    hours = str(FEATURE_HOURS)
    features = [
        Step("torch", "features", ("--set", "human", "--worker", str(worker), "--hours", hours))
        for worker in range(FEATURE_WORKERS)
    ]
    after = [
        Step("torch", "transplant", made="runs/starter/init.pt"),
        Step("torch", "finetune", ("--until", until)),
        Step("torch", "export_checkpoints", ("starter", *checkpoint)),
    ]
    return [*([step] for step in before), features, *([step] for step in after)]


def missing(model: str) -> list[str]:
    """Say what must be there before the first step."""
    groups = steps(model, "00:00")
    wanted = {step.environment for group in groups for step in group}
    problems = [
        f"no {ENVIRONMENTS[name]}" for name in sorted(wanted) if not ENVIRONMENTS[name].exists()
    ]
    problems += [f"no {name}" for name in PROGRAMS[model] if shutil.which(name) is None]
    return problems


def run(model: str, until: str) -> int:
    """Run what is left to do; returns the exit code of the step that failed, else 0."""
    for group in steps(model, until):
        due = [step for step in group if not (step.made and (paths.root() / step.made).exists())]
        for step in due:
            print("==", *step.command()[1:], flush=True)
        children = [subprocess.Popen(step.command(), cwd=ROOT) for step in due]
        codes = [child.wait() for child in children]
        if any(codes):
            return next(code for code in codes if code)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a model; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", choices=sorted(FOLDERS))
    parser.add_argument("--hours", type=float, default=1.5, help="of training, less than 24")
    parser.add_argument("--show", action="store_true", help="print the commands, run nothing")
    options = parser.parse_args(arguments)
    if not 0 < options.hours < 24:
        parser.error("--hours must be more than 0 and less than 24")
    os.environ.setdefault("SONGSHU_TRAIN", str(FOLDERS[options.model]))
    now = datetime.datetime.now(datetime.UTC)
    until = (now + datetime.timedelta(hours=options.hours)).strftime("%H:%M")
    if options.show:
        for group in steps(options.model, until):
            for step in group:
                print(*step.command())
        return 0
    if problems := missing(options.model):
        print(*problems, sep="\n", file=sys.stderr)
        print("See 'Run it again' in models/starter/README.md.", file=sys.stderr)
        return 1
    return run(options.model, until)


if __name__ == "__main__":
    sys.exit(main())
