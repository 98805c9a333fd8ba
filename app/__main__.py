"""Start Songshu, ``python -m app``: files, or nothing, open the window; commands stay here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from app import logs

COMMANDS = ("transcribe", "packs", "devices", "integrate")


def wants_window(arguments: Sequence[str]) -> bool:
    """Tell a double click and "Open with" from the command line.

    Without arguments, or with files, a window is wanted. What is neither a command nor looks like a
    file is a command that was mistyped.
    """
    if not arguments:
        return True
    first = arguments[0]
    if first in COMMANDS or first.startswith("-"):
        return False
    return Path(first).exists() or Path(first).suffix != "" or Path(first).parent != Path()


def main(arguments: Sequence[str]) -> int:
    """Run the window or one command; returns the exit code."""
    logs.start()
    if wants_window(arguments):
        import app.audio.vad  # noqa: F401 - loads onnxruntime; after Qt it fails on Windows
        from app.gui.application import run

        return run(arguments)
    from app.cli.main import main as run_command

    return run_command(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
