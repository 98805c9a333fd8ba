"""Microphones that give samples when a test says so, and a system that has some of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.audio.capture import Captured, Ended, Moved, OnEvent
from app.audio.decode import open_audio
from app.audio.microphones import Microphone
from app.audio.notices import Notice
from app.audio.recorder import Recorder
from app.audio.resample import FloatArray, resample
from app.errors import MicrophoneError, NoMicrophoneError
from tests.waiting import PATIENCE_S, wait_for

BLOCK_S = 0.1  # of a device that keeps the pace of speech


def microphone(name: str = "desk", rate: int = 16_000, channels: int = 1) -> Microphone:
    return Microphone(name=name, api="Fake", channels=channels, rate=rate)


def noise(n_samples: int, channels: int = 1, seed: int = 0) -> FloatArray:
    """Return a voice-loud signal without any repetition, float32 [n_samples, channels]."""
    rng = np.random.default_rng(seed)
    return rng.uniform(-0.5, 0.5, (n_samples, channels)).astype(np.float32)


def sound(path: Path) -> FloatArray:
    """Return what a microphone hears of a file, float32 [n_samples, n_channels=1] at 16 kHz."""
    with open_audio(path) as audio:
        return np.concatenate(list(audio.blocks()))[:, None]


def as_recorded(samples: FloatArray, rate: int) -> FloatArray:
    """Return what a stream becomes in a recording: mono, 16 kHz, 16 bits."""
    waveform = resample(samples.mean(axis=1, dtype=np.float32), rate)
    return (np.clip(np.rint(waveform * 32768), -32768, 32767) / 32768).astype(np.float32)


class FakeStream:
    """One opened microphone.

    Attributes:
        rest: what the driver still has, given by ``stop``.
        is_running: between ``start`` and ``stop``.
        is_stale: its device was pulled out: only a new stream can start.
        is_closed: whether it is given back; the device ends then.
    """

    def __init__(self, system: FakeSystem, microphone: Microphone, on_event: OnEvent) -> None:
        self.microphone = microphone
        self.rate = microphone.rate
        self.rest: FloatArray | None = None
        self.is_running = self.is_stale = False
        self._system = system
        self._on_event = on_event
        self._closed = threading.Event()

    @property
    def is_closed(self) -> bool:
        return self._closed.is_set()

    def start(self) -> None:
        if self.is_stale or self.microphone.name in self._system.refusing:
            raise MicrophoneError(self.microphone.name, "it is busy")
        with self._system.changed:
            self.is_running = True
            self._system.changed.notify_all()

    def stop(self) -> None:
        if self.rest is not None:
            self.give(self.rest)
            self.rest = None
        self.is_running = False

    def close(self) -> None:
        self.is_running = False
        self._closed.set()

    def give(self, samples: FloatArray, *, block: int = 1000, is_after_gap: bool = False) -> None:
        """Give samples, float32 [n_samples, channels], as a device does: block by block."""
        for start in range(0, len(samples), block):
            if self.is_running:
                self._on_event(Captured(samples[start : start + block].copy(), is_after_gap))

    def give_at(
        self,
        samples: FloatArray,
        speed: float,
        on_given: Callable[[int], None] = lambda n_samples: None,
    ) -> None:
        """Give samples block by block, ``speed`` times as fast as they were spoken, until closed.

        A device that was held up goes on at its pace: what is late is not given all at once.

        Args:
            samples: float32 [n_samples, channels].
            speed: 1 is the pace of speech.
            on_given: told after each block how many samples were given in all.
        """
        n_block = round(self.rate * BLOCK_S)
        for start in range(0, len(samples), n_block):
            block = samples[start : start + n_block]
            self.give(block, block=n_block)
            on_given(start + len(block))
            if self._closed.wait(BLOCK_S / speed):
                return

    def give_broken(self, samples: FloatArray) -> None:
        """Give one block as it is, whether it makes sense or not, at any time."""
        self._on_event(Captured(samples))

    def die(self) -> None:
        self.is_running = False
        self._on_event(Ended())

    def move(self, microphone: Microphone) -> None:
        self.microphone = microphone
        self._on_event(Moved(microphone))


@dataclass
class FakeSystem:
    """What is plugged in, the default first.

    Attributes:
        plugged: microphones that can be opened.
        refusing: names of those that open but do not start.
        streams: everything that was opened, oldest first.
        changed: notified when a stream is opened or started.
    """

    plugged: list[Microphone] = field(default_factory=lambda: [microphone()])
    refusing: set[str] = field(default_factory=set)
    streams: list[FakeStream] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def open(self, wanted: Microphone | None, on_event: OnEvent) -> FakeStream:
        if not self.plugged:
            raise NoMicrophoneError("nothing is plugged in")
        found = self.plugged[0] if wanted is None else wanted
        if not any(found.is_same(item) for item in self.plugged):
            raise MicrophoneError(found.name, "it is not connected")
        stream = FakeStream(self, found, on_event)
        with self.changed:
            self.streams.append(stream)
            self.changed.notify_all()
        return stream

    def stream(self, number: int = 0) -> FakeStream:
        """Return the stream that was opened as number ``number``, once it is started."""

        def is_there() -> bool:
            return len(self.streams) > number and self.streams[number].is_running

        with self.changed:
            assert self.changed.wait_for(is_there, PATIENCE_S), f"no stream {number}"
        return self.streams[number]

    def wait_until_running(self, stream: FakeStream) -> None:
        """Wait until a stream that was stopped goes on."""
        with self.changed:
            assert self.changed.wait_for(lambda: stream.is_running, PATIENCE_S)


@dataclass
class Session:
    """A recorder on a fake system, and everything it said."""

    recorder: Recorder
    system: FakeSystem
    said: list[Notice] = field(default_factory=list)

    def wait_for(self, kind: type[Notice], n_times: int = 1) -> None:
        """Wait until the recorder has said something so often."""

        def has_come() -> bool:
            self.said += self.recorder.notices()
            return sum(isinstance(notice, kind) for notice in self.said) >= n_times

        wait_for(has_come)

    def wait_recorded(self, n_samples: int) -> None:
        wait_for(lambda: round(self.recorder.recorded_s * 16_000) >= n_samples)

    def finish(self) -> list[str]:
        """Stop, and return the names of everything that was said."""
        self.recorder.stop()
        assert self.recorder.wait(PATIENCE_S)
        self.said += self.recorder.notices()
        return [type(notice).__name__ for notice in self.said]

    def one(self, kind: type) -> Notice:
        """Return the only notice of a kind."""
        (found,) = [notice for notice in self.said if isinstance(notice, kind)]
        return found
