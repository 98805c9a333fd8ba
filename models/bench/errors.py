"""What can go wrong while a pack is measured.

SongshuError
└── BenchError                   (also RuntimeError)
    ├── CheckpointNeededError    (also ValueError)
    ├── NoComparisonError        (also ValueError)
    ├── EnvironmentMissingError
    └── WorkerFailedError
"""

from __future__ import annotations

import signal
from pathlib import Path

from app.errors import SongshuError


class BenchError(SongshuError, RuntimeError):
    """A measurement cannot be made."""


class CheckpointNeededError(BenchError, ValueError):
    """An engine was asked for that runs from a checkpoint, and none was named."""

    def __init__(self, against: str) -> None:
        self.against = against
        super().__init__(
            f"--against {against} runs the checkpoint that the pack was made from: name its folder "
            "with --checkpoint DIR."
        )


class NoComparisonError(BenchError, ValueError):
    """An engine cannot run this checkpoint, or it is not the one that the pack was made from."""

    def __init__(self, against: str, checkpoint: Path, reason: str) -> None:
        self.against = against
        self.checkpoint = checkpoint
        self.reason = reason
        super().__init__(
            f"{checkpoint} cannot be measured with {against}: {reason}. Use the checkpoint that "
            "the pack was exported from, in the layout of the official package."
        )


class EnvironmentMissingError(BenchError):
    """The Python environment of an engine has not been made."""

    def __init__(self, engine: str, python: Path) -> None:
        self.engine = engine
        self.python = python
        super().__init__(
            f"{engine} needs {python}, which is not there. Type: python3 dev.py bench … "
            "--against official"
        )


class WorkerFailedError(BenchError):
    """The process of an engine ended without a result."""

    def __init__(self, engine: str, exit_code: int, last_lines: str) -> None:
        self.engine = engine
        self.exit_code = exit_code
        self.last_lines = last_lines
        if exit_code < 0:
            how = f"was ended by {signal.Signals(-exit_code).name}"
        else:
            how = f"ended with exit code {exit_code}"
        super().__init__(
            f"The process of {engine} {how}. Its last words:\n{last_lines or '(none)'}\n"
            "Free some memory and try again with --rounds 1; leave the engine out if it stays so."
        )
