"""Start Songshu, ``python -m app``: files, or nothing, open the window; commands stay here.

On Windows, Qt brings a copy of the C++ run time that is older than the one ONNX Runtime needs, and
whichever is loaded first serves both: there ONNX Runtime comes before Qt, which costs 0.15 s.
Elsewhere the engine is loaded by its own thread when the window is there.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from app import frozen, logs

COMMANDS = ("transcribe", "packs", "devices", "integrate")
SELF_TEST = "--selftest"
DEVICE_CHILD = "--device-child"  # ours alone: see app/engine/device_child.py
FOR_WINDOW = ("--toggle", "--cancel-dictation", "--insert-again", "--hidden")


def wants_window(arguments: Sequence[str]) -> bool:
    """Tell a double click and "Open with" from the command line.

    Without arguments, with files, or with what the window is to do, a window is wanted. What is
    neither a command nor looks like a file is a command that was mistyped.
    """
    if not arguments:
        return True
    first = arguments[0]
    if first in FOR_WINDOW:
        return True
    if first in COMMANDS or first.startswith("-"):
        return False
    return Path(first).exists() or Path(first).suffix != "" or Path(first).parent != Path()


def lacks_display(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether no window can be opened, as over SSH; Qt would only abort the process."""
    if not sys.platform.startswith("linux"):
        return False
    if any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return False
    return not Path(environment.get("XDG_RUNTIME_DIR", ""), "wayland-0").is_socket()


def main(arguments: Sequence[str]) -> int:
    """Run the window or one command; returns the exit code."""
    if arguments[:1] == [DEVICE_CHILD]:  # before the log: how it ends is an answer, no crash
        from app.engine.device_child import main as run_device_child

        return run_device_child(arguments[1:])
    logs.start()
    if list(arguments) == [SELF_TEST]:
        from app.selftest import run as run_self_test

        return run_self_test()
    if wants_window(arguments):
        if lacks_display():
            from app.cli.main import refuse_window

            return refuse_window()
        if sys.platform == "win32":
            import app.audio.vad  # noqa: F401 - loads onnxruntime
        gc.disable()  # nothing imported is garbage: 0.07 s; app.gui.threads.collector does it later
        from app.gui.application import run

        return run(arguments)
    from app.cli.main import main as run_command

    return run_command(arguments)


if __name__ == "__main__":
    frozen.prepare()
    sys.exit(main(sys.argv[1:]))
