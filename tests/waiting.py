"""Waiting in tests: for conditions, never for a guessed while.

What can tell is asked to: an Event or a Condition of the fakes, ``Popen.wait``, a line in a pipe, a
signal of Qt. ``wait_for`` is for what cannot call back: other programs, the X server, files that
somebody writes, and threads of Songshu whose state is read and not told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

PATIENCE_S = 120.0  # reached only when something is broken
_FIRST_S, _MOST_S = 0.001, 0.05  # between two questions: prompt at first, and cheap later
T = TypeVar("T")


def wait_for(
    what: Callable[[], T | None],
    describe: Callable[[], str] | str = "it does not come",
    timeout_s: float = PATIENCE_S,
) -> T:
    """Ask again and again until there is an answer that counts as true.

    Args:
        what: asks.
        describe: what was expected, for whoever reads the failure.
        timeout_s: until when.

    Raises:
        TimeoutError: there was none in time.
    """
    deadline = time.monotonic() + timeout_s
    pause_s = _FIRST_S
    while not (answer := what()):
        if time.monotonic() > deadline:
            text = describe if isinstance(describe, str) else describe()
            raise TimeoutError(f"not within {timeout_s:.0f} s: {text}")
        time.sleep(pause_s)  # nobody would wake us
        pause_s = min(2 * pause_s, _MOST_S)
    return answer


def take_steps(steps: Iterator[float], n: int | None = None) -> None:
    """Go through work that says how long to leave it alone before its next step, in seconds.

    Typing into other programs is such work: the pauses are its product, and in the app a timer
    keeps them. Here nothing else is going on meanwhile.

    Args:
        steps: the work.
        n: how many steps; all of them if None.
    """
    for pause_s in steps if n is None else islice(steps, n):
        time.sleep(pause_s)
