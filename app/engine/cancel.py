"""One flag with which any thread asks the engine thread to stop.

Set directly, never through a queue: a queued request cannot reach a busy worker. The engine polls
it between tokens; llama.cpp polls the very same byte inside a running computation (llama.py), which
is why the flag is a C string of one character instead of a threading.Event.
"""

from __future__ import annotations

import ctypes

from app.errors import Cancelled


class CancelToken:
    """A thread-safe flag that can be set once.

    Attributes:
        address: of the flag, as a C string: "" while the work may go on, "\\x01" afterwards.
    """

    def __init__(self) -> None:
        self._flag = ctypes.create_string_buffer(2)
        self.address = ctypes.addressof(self._flag)

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._flag[0] = b"\x01"

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has asked the work to stop."""
        return self._flag[0] != b"\0"

    def check(self) -> None:
        """Raise Cancelled if the work is to stop."""
        if self.is_cancelled:
            raise Cancelled
