"""A PortAudio with the devices that a test gives it, in place of the module ``sounddevice``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from app.audio.resample import FloatArray


class PortAudioError(Exception):
    """As the module's own."""


@dataclass
class FakePortAudio:
    """The part of ``sounddevice`` that we use.

    Attributes:
        plugged: (name, api, input channels, rate) of what is plugged in now.
        apis: names, in PortAudio's order.
        default: name of each API's default input.
        refusal: what opening and initialising say, if they refuse.
        on_read: called whenever the list of devices is read.
        streams: everything that was opened.
    """

    plugged: list[tuple[str, str, int, float]]
    apis: list[str]
    default: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    on_read: Callable[[], None] = lambda: None
    streams: list[FakeInputStream] = field(default_factory=list)
    PortAudioError: type[Exception] = PortAudioError
    _seen: list[tuple[str, str, int, float]] = field(default_factory=list)
    _is_initialized: bool = True

    def __post_init__(self) -> None:
        self._seen = list(self.plugged)

    def _terminate(self) -> None:
        if not self._is_initialized:
            raise PortAudioError("PortAudio not initialized")
        self._is_initialized = False
        for stream in self.streams:
            stream.is_open = False

    def _initialize(self) -> None:
        if self.refusal:
            raise PortAudioError(self.refusal)
        self._is_initialized = True
        self._seen = list(self.plugged)

    def query_hostapis(self) -> list[dict[str, Any]]:
        self._read()
        return [self._api(name) for name in self.apis]

    def _read(self) -> None:
        if not self._is_initialized:
            raise PortAudioError("PortAudio not initialized")
        self.on_read()

    def query_devices(self, number: int | None = None) -> Any:
        self._read()
        devices = [
            {
                "name": name,
                "hostapi": self.apis.index(api),
                "max_input_channels": channels,
                "default_samplerate": rate,
            }
            for name, api, channels, rate in self._seen
        ]
        return devices if number is None else devices[number]

    def InputStream(self, **options: Any) -> FakeInputStream:  # noqa: N802 - the module's name
        if self.refusal:
            raise PortAudioError(self.refusal)
        self.streams.append(FakeInputStream(self, **options))
        return self.streams[-1]

    def _api(self, name: str) -> dict[str, Any]:
        numbers = [i for i, device in enumerate(self._seen) if device[1] == name]
        default = [i for i in numbers if self._seen[i][0] == self.default.get(name)]
        return {"name": name, "devices": numbers, "default_input_device": (default or [-1])[0]}


class FakeInputStream:
    """An opened device.

    Attributes:
        options: with which it was opened.
        clock_s: the driver's clock.
        was_asked_time: set when somebody looked at the clock.
        is_gone: whether it was pulled out, and the driver answers nothing any more.
    """

    def __init__(self, owner: FakePortAudio, **options: Any) -> None:
        self.options = options
        self.clock_s = 100.0
        self.was_asked_time = threading.Event()
        self.is_open = True
        self.is_gone = self._is_active = False
        self._owner = owner

    @property
    def active(self) -> bool:
        if self.is_gone:
            raise PortAudioError("Internal PortAudio error")
        return self._is_active

    @property
    def time(self) -> float:
        self.was_asked_time.set()
        return self.clock_s

    def start(self) -> None:
        if self._owner.refusal:
            raise PortAudioError(self._owner.refusal)
        self._is_active = True

    def stop(self, ignore_errors: bool = True) -> None:
        self.end()

    def close(self, ignore_errors: bool = True) -> None:
        self.end()
        self.is_open = False

    def end(self) -> None:
        """End, as PortAudio also does when the callback raises or the device is gone."""
        was_active, self._is_active = self._is_active, False
        if was_active:
            self.options["finished_callback"]()

    def capture(self, samples: FloatArray, captured_at_s: float, *, overflow: bool = False) -> None:
        """Call the callback as the driver does."""
        timing = SimpleNamespace(inputBufferAdcTime=captured_at_s, currentTime=captured_at_s + 0.1)
        status = SimpleNamespace(input_overflow=overflow)
        buffer = samples.copy()
        self.options["callback"](buffer, len(buffer), timing, status)
        buffer[:] = np.nan  # the driver takes its memory back


Maker = Callable[..., FakePortAudio]
