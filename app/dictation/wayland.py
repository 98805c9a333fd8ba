"""Typing on Wayland: through a helper program, because no program may strike keys for another.

The first that is installed is taken: wtype (Sway, Hyprland and others), kwtype (KDE), dotool,
ydotool (any desktop, with their service). Nothing tells which window has the focus, and a paste
could not be confirmed; so texts are always typed. A helper that fails leaves the text on the
clipboard.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence

from app import paths
from app.dictation.chord import Chord
from app.dictation.keys import Target
from app.errors import KeyboardError, TypingError

_POLL_S = 0.02
_START_S = 30.0  # before it types: the desktop may ask the person whether it may
_LEAST_PER_S = 25.0  # the slowest, ydotool, types some 50 characters in a second
# Program -> (arguments, standard input) for a text. The text is never an argument that could be
# taken for an option.
_HELPERS: Mapping[str, Callable[[str], tuple[Sequence[str], str]]] = {
    "wtype": lambda text: (["-"], text),
    "kwtype": lambda text: (["--", text], ""),
    "dotool": lambda text: ([], "".join(f"{line}\n" for line in _dotool_lines(text))),
    "ydotool": lambda text: (["type", "--file", "-"], text),
}


class WaylandTypist:
    """``Typist`` of Wayland.

    Args:
        helpers: programs to look for, in order.

    Raises:
        KeyboardError: none is installed.
    """

    can_paste = False

    def __init__(self, helpers: Sequence[str] = tuple(_HELPERS)) -> None:
        found = [name for name in helpers if shutil.which(name)]
        if not found:
            raise KeyboardError(f"typing on Wayland needs one of the programs {', '.join(helpers)}")
        self._program = found[0]
        self._failed = False

    def target(self) -> Target:
        """Give a window of an unknown program; Wayland does not tell."""
        return Target(window=0, program="")

    def held_modifiers(self) -> frozenset[str]:
        """Tell of none; Wayland does not say."""
        return frozenset()

    def lift_modifiers(self) -> None:
        """Do nothing: the helper has a keyboard of its own, without modifiers."""

    def strike(self, chord: Chord) -> None:
        """Refuse: a paste could not be confirmed.

        Raises:
            TypingError: always.
        """
        raise TypingError(f"{chord} cannot be struck on Wayland")

    def type_text(self, text: str) -> Iterator[float]:
        """Have the helper type."""
        process = self._start(text)
        try:
            yield from _wait(process, limit_s(text))
            if process.returncode != 0:
                reason = process.stderr.read().decode(errors="replace") if process.stderr else ""
                raise TypingError(f"{self._program} says: {reason.strip()}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stderr is not None:
                process.stderr.close()

    def arrived(self, target: Target) -> bool:
        """Trust the helper, which has ended without an error."""
        return True

    def is_of_target(self, window: int, target: Target) -> bool:
        """Tell no window from another."""
        return False

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _start(self, text: str) -> subprocess.Popen[bytes]:
        """Start the helper with a text.

        It lies in a file in memory: a pipe would hold 64 KB and then let us wait.
        """
        arguments, given = _HELPERS[self._program](text)
        try:
            with os.fdopen(os.memfd_create("text"), "w+b") as file:
                file.write(given.encode())
                file.seek(0)
                return subprocess.Popen(
                    [self._program, *arguments],
                    env=paths.child_environment(),
                    stdin=file,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                )
        except OSError as exc:
            raise TypingError(f"{self._program} cannot be started ({exc.strerror})") from exc


def limit_s(text: str) -> float:
    """Give the most seconds that a helper may take for a text."""
    return _START_S + len(text) / _LEAST_PER_S


def _wait(process: subprocess.Popen[bytes], seconds: float) -> Iterator[float]:
    """Wait for the helper.

    Raises:
        TypingError: it takes too long.
    """
    for _ in range(round(seconds / _POLL_S)):
        if process.poll() is not None:
            return
        yield _POLL_S
    raise TypingError("the helper program does not end")


def _dotool_lines(text: str) -> Iterator[str]:
    """Write commands of dotool: it has one for a line of text and one for a key."""
    for number, line in enumerate(text.split("\n")):
        if number:
            yield "key enter"
        if line:
            yield f"type {line}"
