"""One flag with which any thread asks the engine thread to stop.

Set directly, never through a queue: a queued request cannot reach a busy worker. The engine polls
it between tokens, and llama.cpp polls it inside prefill through its abort callback.
"""

from __future__ import annotations

import threading

from app.errors import Cancelled


class CancelToken:
    """A thread-safe flag that can be set once."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has asked the work to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled if the work is to stop."""
        if self._event.is_set():
            raise Cancelled
