"""A sound device that takes samples only when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from app.audio.playback import Player, PlayerEvent
from app.audio.resample import FloatArray
from app.audio.sink import FillFunction
from app.errors import NoOutputDeviceError


class FakeSink:
    """Collects what is played.

    Attributes:
        is_missing: whether starting fails, as without a loudspeaker.
        latency_s: what it says is on its way to the ear.
    """

    def __init__(self, rate: int = 48_000, n_channels: int = 1) -> None:
        self.rate = rate
        self.n_channels = n_channels
        self.is_missing = False
        self.is_running = self.is_closed = False
        self.latency_s = 0.0
        self.n_finished = 0
        self._fill: FillFunction | None = None
        self._on_lost: Callable[[], None] | None = None

    def start(self, fill: FillFunction, on_lost: Callable[[], None]) -> None:
        if self.is_missing:
            raise NoOutputDeviceError("there is no sound device")
        self._fill, self._on_lost = fill, on_lost
        self.is_running = True

    def finish(self) -> None:
        self.n_finished += 1
        self.is_running = False

    def stop(self) -> None:
        self.is_running = False

    def close(self) -> None:
        self.is_running = False
        self.is_closed = True

    def unheard_s(self) -> float:
        return self.latency_s

    def lose(self) -> None:
        """Go away, as a cable that is pulled."""
        assert self._on_lost is not None
        self._on_lost()

    def take(self, n_samples: int) -> FloatArray:
        """Ask for samples as a device does; float32 [n_samples, n_channels]."""
        assert self._fill is not None
        out = np.full((n_samples, self.n_channels), np.nan, np.float32)
        self._fill(out)
        return out


@dataclass
class Rig:
    """A player on a fake device.

    Attributes:
        events: what the player said so far.
    """

    sink: FakeSink
    events: list[PlayerEvent] = field(default_factory=list)
    stall_s: float = 600.0

    def __post_init__(self) -> None:
        self.player = Player(self.events.append, self.sink, self.stall_s)

    def settle(self) -> None:
        """Wait until the player has done what it was asked for."""
        assert self.player.wait_until_fed()

    def play_s(self, duration_s: float) -> FloatArray:
        """Let the device take a span of time; float32 [n_samples] of the first channel."""
        n_left = round(duration_s * self.sink.rate)
        pieces = []
        while n_left > 0:
            self.settle()
            n_piece = min(n_left, 1000)
            pieces.append(self.sink.take(n_piece)[:, 0])
            n_left -= n_piece
        self.settle()
        return np.concatenate(pieces)

    def kinds(self) -> list[str]:
        """Return the names of the events so far."""
        return [type(event).__name__ for event in self.events]
