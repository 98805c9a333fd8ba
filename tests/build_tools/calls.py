"""What would have been run."""

from __future__ import annotations

import subprocess


class Calls:
    """Stands in for subprocess.run and records what would have been run.

    Args:
        failing: a word; a command that holds it ends with 100.
    """

    def __init__(self, failing: str = "") -> None:
        self.commands: list[list[str]] = []
        self._failing = failing

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        self.commands.append([str(item) for item in command])
        return subprocess.CompletedProcess(command, 100 if self._failing in command else 0)
