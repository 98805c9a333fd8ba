"""The ring between the feeder thread and the sound device's callback.

In: blocks with positions. Out: samples for the device, and the position of any sample that it took.
The owner holds its lock around every call; each one only copies.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property

from app.audio.media_reader import Block
from app.audio.resample import FloatArray
from app.numeric import np


class PlayBuffer:
    """A ring of samples that knows where in the recording they belong.

    Args:
        n_samples: how many samples fit.
        n_channels: of the samples.
        rate: in Hz.

    Attributes:
        n_ready: samples that wait to be taken.
        n_taken: samples taken since the last ``clear``.
    """

    def __init__(self, n_samples: int, n_channels: int, rate: int) -> None:
        self._shape = n_samples, n_channels
        self._rate = rate
        self.n_ready = 0
        self.n_taken = 0
        self._start_s = 0.0
        self._marks: deque[tuple[int, float, float]] = deque()  # (sample, position_s, speed)

    @cached_property
    def _ring(self) -> FloatArray:
        """Memory and NumPy are asked for when something is played."""
        return np.zeros(self._shape, np.float32)

    @property
    def n_free(self) -> int:
        """How many samples may be written."""
        return self._shape[0] - self.n_ready

    def clear(self, position_s: float) -> None:
        """Forget everything; the next block will be heard after ``position_s``."""
        self.n_ready = self.n_taken = 0
        self._start_s = position_s
        self._marks.clear()

    def write(self, block: Block) -> None:
        """Add a block, which must fit."""
        n_new = len(block.samples)
        assert n_new <= self.n_free
        end = self.n_taken + self.n_ready
        self._marks.append((end, block.position_s, block.speed))
        at = end % len(self._ring)
        n_first = min(n_new, len(self._ring) - at)
        self._ring[at : at + n_first] = block.samples[:n_first]
        self._ring[: n_new - n_first] = block.samples[n_first:]
        self.n_ready += n_new

    def take_into(self, out: FloatArray) -> int:
        """Copy what is there into the start of ``out`` and return how many samples that was."""
        n_given = min(len(out), self.n_ready)
        at = self.n_taken % len(self._ring)
        n_first = min(n_given, len(self._ring) - at)
        out[:n_first] = self._ring[at : at + n_first]
        out[n_first:n_given] = self._ring[: n_given - n_first]
        self.n_taken += n_given
        self.n_ready -= n_given
        return n_given

    def position_s(self, n_unheard: float) -> float:
        """Return the position that is heard now.

        Args:
            n_unheard: samples that were taken but are still on their way to the ear.
        """
        heard = self.n_taken - n_unheard
        if heard <= 0 or not self._marks:
            return self._start_s
        while len(self._marks) > 1 and self._marks[1][0] <= heard:
            self._marks.popleft()
        first, position_s, speed = self._marks[0]
        return position_s + max(0.0, heard - first) / self._rate * speed
