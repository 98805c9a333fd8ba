"""Where played sound goes: a Protocol, and the sound device behind it.

The player gives a ``fill`` function, which the device calls from its own thread whenever it wants
samples. PortAudio's errors are mapped here. The device is let go whenever nothing is played: only
then can ``portaudio.refresh`` find devices that came later.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from app.audio import portaudio
from app.audio.resample import FloatArray
from app.errors import NoOutputDeviceError

FillFunction: TypeAlias = Callable[[FloatArray], None]
LATENCY_S = 0.08  # enough to survive a busy computer, short enough for a click to feel instant
DEFAULT_RATE = 48_000  # Hz


class AudioSink(Protocol):
    """Something that wants samples as long as it runs."""

    @property
    def rate(self) -> int:
        """Samples a second that it wants."""

    @property
    def n_channels(self) -> int:
        """Channels that it wants, 1 or 2."""

    def start(self, fill: FillFunction, on_lost: Callable[[], None]) -> None:
        """Begin to call ``fill`` with float32 [n_samples, n_channels] to be filled completely.

        Args:
            fill: called from any thread.
            on_lost: called from any thread when the device goes away by itself.

        Raises:
            NoOutputDeviceError: there is nothing to play through.
        """

    def finish(self) -> None:
        """Play what was taken, then stop."""

    def stop(self) -> None:
        """Stop at once; what was taken but not heard is dropped."""

    def close(self) -> None:
        """Stop and let go of the device."""

    def unheard_s(self) -> float:
        """Return how many seconds of what was taken are not heard yet."""


class SoundDeviceSink:
    """The system's default output through PortAudio."""

    def __init__(self) -> None:
        self.rate = DEFAULT_RATE
        self.n_channels = 2
        self._stream: Any = None
        self._fill: FillFunction | None = None
        self._on_lost: Callable[[], None] | None = None
        self._is_wanted = False
        self._heard_at_s = 0.0  # when the last taken sample will be heard, time.monotonic()

    def start(self, fill: FillFunction, on_lost: Callable[[], None]) -> None:
        """Open the default output and start it."""
        self.close()
        self._fill, self._on_lost = fill, on_lost
        try:
            sounddevice = portaudio.load()
        except portaudio.PortAudioMissingError as exc:
            raise NoOutputDeviceError(str(exc)) from exc
        try:
            self._stream = portaudio.open_stream(lambda: self._open(sounddevice))
            self._is_wanted = True
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as exc:
            self.close()
            raise NoOutputDeviceError(portaudio.reason(exc)) from exc

    def finish(self) -> None:
        """Play what was taken, then stop."""
        self._end("stop")

    def stop(self) -> None:
        """Stop at once."""
        self._end("abort")

    def close(self) -> None:
        """Stop and let go of the device."""
        self._end("abort")

    def unheard_s(self) -> float:
        """Return how long what was taken is still on its way, by the driver's own clock."""
        return max(0.0, self._heard_at_s - time.monotonic())

    def _open(self, sounddevice: Any) -> Any:
        return sounddevice.OutputStream(
            samplerate=self.rate,
            channels=self.n_channels,
            dtype="float32",
            latency=LATENCY_S,
            callback=self._callback,
            finished_callback=self._finished,
        )

    def _end(self, how: str) -> None:
        self._is_wanted = False
        stream, self._stream = self._stream, None
        if stream is not None:
            getattr(stream, how)(ignore_errors=True)
            portaudio.close_stream(stream)

    def _callback(self, out: FloatArray, n_samples: int, timing: Any, status: Any) -> None:
        if self._fill is None:
            out[:] = 0
            return
        self._fill(out)
        ahead_s = timing.outputBufferDacTime - timing.currentTime
        if not 0 < ahead_s < 5:  # some drivers leave one of the two at 0
            ahead_s = self._stream.latency if self._stream is not None else LATENCY_S
        self._heard_at_s = time.monotonic() + ahead_s + n_samples / self.rate

    def _finished(self) -> None:
        if self._is_wanted and self._on_lost is not None:
            self._on_lost()
