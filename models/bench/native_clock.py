"""How much of a pass is spent inside ONNX Runtime and llama.cpp.

The two functions that do the work (``InferenceSession.run`` and ``llama_decode``) are wrapped once,
for the life of the process; what remains of the total is ours: mel, prompt, batches, choosing
tokens, text. Wrapping costs about a microsecond a call.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


class NativeClock:
    """Adds up the seconds inside wrapped functions."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def wrap(self, owner: Any, name: str) -> None:
        """Replace an attribute by one that is timed."""
        setattr(owner, name, self.timed(getattr(owner, name)))

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give a function that does the same and is timed."""

        def call(*args: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **named)
            finally:
                self.seconds += time.perf_counter() - started

        return call

    def take(self) -> float:
        """Give the seconds since the last call of this method."""
        seconds, self.seconds = self.seconds, 0.0
        return seconds
