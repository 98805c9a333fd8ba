"""Where recorded sound comes from: a Protocol, and the sound device behind it.

A stream tells what happens through one function, called from the device's own thread: ``Captured``
with a copy of the samples, ``Ended`` when it ends by itself, ``Moved`` when the sound server gave
it another microphone. Nothing else happens in the device's thread: mixing, resampling and writing
are the recorder's.

What was spoken just before ``stop`` is still inside the driver at that moment. So ``stop`` waits
until a sample arrives that was captured after the call (by the driver's clock, at most 0.5 s), and
only then ends the stream: the last word is complete.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from app.audio import portaudio, pulse
from app.audio.microphones import (
    Microphone,
    default_microphone,
    device_index,
    find_microphone,
    list_microphones,
)
from app.audio.resample import FloatArray
from app.errors import MicrophoneError, NoMicrophoneError

LATENCY_S = 0.1  # buffered in the driver: a busy computer loses nothing, live text is not late
DRAIN_S = 0.5  # the latest that the driver gives what it had at ``stop``; seen: up to 0.37 s
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Captured:
    """Samples came: float32 [n_samples, n_channels], ±1, ours to keep.

    Attributes:
        is_after_gap: whether the driver says that it lost samples just before.
    """

    samples: FloatArray
    is_after_gap: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The stream ended although nobody stopped it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The microphone is gone, and the system goes on with another one, in the same stream."""

    microphone: Microphone


CaptureEvent: TypeAlias = Captured | Ended | Moved
OnEvent: TypeAlias = Callable[[CaptureEvent], None]


class CaptureStream(Protocol):
    """An opened microphone that gives samples between ``start`` and ``stop``."""

    @property
    def microphone(self) -> Microphone:
        """What is recorded."""

    @property
    def rate(self) -> int:
        """Samples a second that it gives."""

    def start(self) -> None:
        """Begin, or go on after ``stop``.

        Raises:
            MicrophoneError: the device refuses.
        """

    def stop(self) -> None:
        """End after everything captured before the call was given; blocks up to half a second."""

    def close(self) -> None:
        """End at once, and let go of the device; no event comes afterwards."""


# Opens a microphone, None the system's default; raises NoMicrophoneError or MicrophoneError.
OpenStream: TypeAlias = Callable[[Microphone | None, OnEvent], CaptureStream]


class SoundDeviceStream:
    """A microphone through PortAudio.

    Args:
        microphone: as it is listed now.
        on_event: called from the device's thread.

    Raises:
        NoMicrophoneError: there is no PortAudio.
        MicrophoneError: the device is not there, or refuses.
    """

    def __init__(self, microphone: Microphone, on_event: OnEvent) -> None:
        self.microphone = microphone
        self.rate = microphone.rate
        self._on_event = on_event
        self._is_wanted = False
        self._drain_until_s = float("inf")  # on the stream's clock
        self._drained = threading.Event()
        self._watcher: pulse.Watcher | None = None
        try:
            self._sounddevice = portaudio.load()
        except portaudio.PortAudioMissingError as exc:
            raise NoMicrophoneError(str(exc)) from exc
        try:
            self._stream = portaudio.open_stream(self._open)
        except (self._sounddevice.PortAudioError, ValueError) as exc:
            raise MicrophoneError(microphone.title, portaudio.reason(exc)) from exc
        if microphone.api == pulse.API:
            self._watcher = pulse.Watcher(self._look_for_move)

    def start(self) -> None:
        """Begin, or go on after ``stop``."""
        self._drain_until_s = float("inf")
        self._is_wanted = True
        try:
            self._stream.start()
        except self._sounddevice.PortAudioError as exc:
            self._is_wanted = False
            raise MicrophoneError(self.microphone.title, portaudio.reason(exc)) from exc

    def stop(self) -> None:
        """End after everything captured before the call was given."""
        if self._is_wanted:
            with suppress(self._sounddevice.PortAudioError):  # the device goes away just now
                self._drain()
        self._is_wanted = False
        self._stream.stop(ignore_errors=True)

    def close(self) -> None:
        """End at once, and let go of the device."""
        self._is_wanted = False
        if self._watcher is not None:
            self._watcher.close()
        portaudio.close_stream(self._stream)

    def _open(self) -> Any:
        index = device_index(self._sounddevice, self.microphone)
        if index is None:
            raise ValueError("it is not connected")
        is_pulse = self.microphone.api == pulse.API
        with pulse.chosen(self.microphone.name) if is_pulse else nullcontext():
            return self._sounddevice.InputStream(
                device=index,
                samplerate=self.rate,
                channels=self.microphone.channels,
                dtype="float32",
                latency=LATENCY_S,
                callback=self._callback,
                finished_callback=self._finished,
            )

    def _drain(self) -> None:
        """Wait until what was captured up to now is here."""
        if self._stream.active:
            self._drained.clear()
            self._drain_until_s = self._stream.time
            self._drained.wait(DRAIN_S)

    def _callback(self, samples: FloatArray, n_samples: int, timing: Any, status: Any) -> None:
        self._on_event(Captured(samples.copy(), bool(status.input_overflow)))
        end_s = (timing.inputBufferAdcTime or timing.currentTime) + n_samples / self.rate
        if end_s >= self._drain_until_s:
            self._drained.set()

    def _finished(self) -> None:
        if self._is_wanted:
            self._on_event(Ended())

    def _look_for_move(self) -> None:
        """Tell when the sound server has no such source any more, and so moved the stream."""
        there = list_microphones(refresh=False)
        names = {item.name for item in there if item.api == pulse.API}
        if not names or self.microphone.name in names or not self._is_wanted:
            return
        moved_to = next((item for item in there if item.name == pulse.default_name()), None)
        if moved_to is not None:
            self.microphone = moved_to
            self._on_event(Moved(moved_to))


def open_microphone(microphone: Microphone | None, on_event: OnEvent) -> SoundDeviceStream:
    """Open a microphone as it is connected now; None takes the system's default.

    Raises:
        NoMicrophoneError: there is none.
        MicrophoneError: the one that was asked for is not connected, or refuses.
    """
    if microphone is None:
        return SoundDeviceStream(default_microphone(), on_event)
    now = find_microphone(microphone.name, microphone.api)
    if now is None:
        raise MicrophoneError(microphone.title, "it is not connected")
    return SoundDeviceStream(now, on_event)
