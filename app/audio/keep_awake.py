"""Keep the computer from falling asleep while something must go on.

Whatever the system has: systemd's inhibitor on Linux, ``caffeinate`` on macOS, a flag of the thread
on Windows. The helpers are children that end with us, however we end: the inhibitor runs ``cat``
on a pipe from us, ``caffeinate`` watches our process. Where none of it works, nothing happens; the
screen may still go dark, only sleep is held off.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from typing import Self

from app import paths

_ES_CONTINUOUS = 0x80000000
_ES_SYSTEM_REQUIRED = 0x00000001
END_S = 2.0  # for the child to end; afterwards it is killed
_log = logging.getLogger(__name__)


class KeepAwake:
    """Holds off sleep from ``start`` to ``stop``, which are called in the same thread.

    Args:
        reason: shown by the system to whoever asks why it stays awake.
        command: the child, for tests; the system's own if not given.
    """

    def __init__(self, reason: str, command: list[str] | None = None) -> None:
        self._command = command if command is not None else _command(reason)
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def child_pid(self) -> int | None:
        """The child that holds off sleep, None if there is none."""
        return None if self._child is None else self._child.pid

    def start(self) -> None:
        """Hold off sleep, if the system lets us."""
        _set_windows_state(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED)
        if not self._command or self._child is not None:
            return
        try:
            self._child = subprocess.Popen(
                self._command,
                env=paths.child_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as exc:
            _log.info("sleep cannot be held off: %s", exc)

    def stop(self) -> None:
        """Let the computer sleep again."""
        _set_windows_state(_ES_CONTINUOUS)
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        child.stdin.close()  # ends the inhibitor's cat
        if sys.platform == "darwin":
            child.terminate()
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _command(reason: str) -> list[str]:
    if sys.platform == "darwin":
        return ["caffeinate", "-i", "-w", str(os.getpid())]
    if sys.platform.startswith("linux"):
        inhibit = ["systemd-inhibit", "--what=idle:sleep", "--who=Songshu", "--mode=block"]
        return [*inhibit, f"--why={reason}", "cat"]
    return []


def _set_windows_state(state: int) -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetThreadExecutionState(state)
