"""Follow a recording while it grows, at any distance.

In: a ``Journal``. Out: float32 blocks at 16 kHz, every sample once and in order, to the end. A
reader that is slow falls behind (``lag_s``) and catches up later; nothing is kept in memory for it
and nothing is dropped, because the recording on the disk is the queue.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from app.audio.journal import Journal
from app.audio.resample import SAMPLE_RATE, FloatArray


class JournalReader:
    """Reads one recording from its start. ``close`` may be called from any thread.

    Args:
        journal: the recording.
        block_s: the longest block, in seconds.
        least_s: wait for so much before a block is given, except at the end.
    """

    def __init__(self, journal: Journal, *, block_s: float = 1.0, least_s: float = 0.1) -> None:
        if not 0 < least_s <= block_s:
            raise ValueError(f"blocks of {least_s} to {block_s} s cannot be read")
        self._journal = journal
        self._n_block = round(block_s * SAMPLE_RATE)
        self._n_least = round(least_s * SAMPLE_RATE)
        self._n_read = 0
        self._is_closed = False

    @property
    def position_s(self) -> float:
        """How much was read."""
        return self._n_read / SAMPLE_RATE

    @property
    def lag_s(self) -> float:
        """How much is recorded but not read: "catching up 12 s"."""
        return (self._journal.n_samples - self._n_read) / SAMPLE_RATE

    def read(self, timeout_s: float | None = None) -> FloatArray | None:
        """Return the next block, float32 [n_samples].

        Args:
            timeout_s: wait no longer; None waits as long as it takes.

        Returns:
            An empty block after the timeout; None at the end of the recording, or after ``close``.

        Raises:
            RecordingWriteError: the file cannot be read any more.
        """
        n_wanted = self._n_read + self._n_least
        end_s = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._is_closed:
            left_s = None if end_s is None else max(0.0, end_s - time.monotonic())
            if self._journal.wait(n_wanted, left_s):
                break
            if left_s == 0.0:
                return self._journal.read(self._n_read, 0)
        is_finished = self._journal.is_finished  # asked first: what came before it is read below
        block = self._journal.read(self._n_read, self._n_block)
        self._n_read += len(block)
        return None if self._is_closed or (is_finished and not len(block)) else block

    def blocks(self) -> Iterator[FloatArray]:
        """Give blocks until the end of the recording, or ``close``."""
        while (block := self.read()) is not None:
            yield block

    def close(self) -> None:
        """End ``blocks`` and a waiting ``read`` at once."""
        self._is_closed = True
        self._journal.wake()
