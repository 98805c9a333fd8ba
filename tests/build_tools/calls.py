"""What would have been run."""

from __future__ import annotations

import subprocess


class Calls:
    """Stands in for subprocess.run and records what would have been run."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        self.commands.append([str(item) for item in command])
        return subprocess.CompletedProcess(command, 0)
