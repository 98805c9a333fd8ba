"""The link to whichever microphone there is now: opened, lost, found again.

Events of the open stream go into a queue with the stream's number, so that a late word of a stream
that is closed already is known as such. The policy of what to open next is here; what to say about
it is the recorder's.
"""

from __future__ import annotations

import functools
import logging
import queue
from dataclasses import dataclass
from typing import Any

from app.audio.capture import CaptureEvent, CaptureStream, Moved, OpenStream
from app.audio.microphones import Microphone
from app.errors import MicrophoneError, RecordingError

FIRST_S = 5.0  # a Bluetooth headset needs 2-3 s until the first sample
STALL_S = 2.0  # without samples: the device is gone, even if nobody says so
RETRY_S = 1.0  # between two looks for a microphone while there is none
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FromStream:
    """An event of the stream with a number."""

    number: int
    event: CaptureEvent


class MicrophoneLink:
    """At most one open microphone; used by one thread.

    Args:
        events: gets a ``FromStream`` for everything a stream tells.
        open_stream: opens a microphone.
        wanted: what was asked for, None for the default.

    Attributes:
        microphone: what is open, None if nothing is.
    """

    def __init__(
        self, events: queue.SimpleQueue[Any], open_stream: OpenStream, wanted: Microphone | None
    ) -> None:
        self.microphone: Microphone | None = None
        self._events = events
        self._open_stream = open_stream
        self._wanted = wanted
        self._stream: CaptureStream | None = None
        self._number = 0

    @property
    def rate(self) -> int:
        """Samples a second that the open microphone gives."""
        assert self._stream is not None
        return self._stream.rate

    def is_current(self, item: FromStream) -> bool:
        """Whether an event is of the stream that is open."""
        return item.number == self._number

    def patience_s(self, *, has_begun: bool) -> float | None:
        """Return how long a silent stream is waited for; None forever.

        Windows' loopback gives no samples at all while nothing is played.
        """
        if self.microphone is None:
            return RETRY_S
        if self.microphone.is_loopback and "WASAPI" in self.microphone.api:
            return None
        return STALL_S if has_begun else FIRST_S

    def open_wanted(self) -> None:
        """Open and start what was asked for, else the default.

        Raises:
            NoMicrophoneError: there is nothing.
            MicrophoneError: nothing could be opened.
        """
        try:
            self._open(self._wanted)
        except RecordingError as exc:
            if self._wanted is None or not self.open_other():
                raise
            _log.info("%s", exc)

    def open_other(self, *, first: Microphone | None = None) -> bool:
        """Open and start ``first`` if given, else the default; False if there is nothing."""
        for microphone in [None] if first is None else [first, None]:
            try:
                self._open(microphone)
            except RecordingError as exc:
                _log.info("%s", exc)
            else:
                return True
        return False

    def start(self) -> None:
        """Go on after ``stop``.

        Raises:
            MicrophoneError: the device refuses, or is gone.
        """
        if self._stream is None:
            raise MicrophoneError("", "it is not connected")
        self._stream.start()

    def stop(self) -> None:
        """Stop after everything up to now is in the queue."""
        if self._stream is not None:
            self._stream.stop()

    def move(self, event: Moved) -> Microphone | None:
        """Note that the system changed the microphone; returns the one before."""
        before, self.microphone = self.microphone, event.microphone
        return before

    def close(self) -> Microphone | None:
        """Let go of the microphone, and return which it was."""
        stream, self._stream = self._stream, None
        before, self.microphone = self.microphone, None
        if stream is not None:
            stream.close()
        return before

    def _open(self, microphone: Microphone | None) -> None:
        self._number += 1
        stream = self._open_stream(microphone, functools.partial(self._hear, self._number))
        try:
            stream.start()
        except RecordingError:
            stream.close()
            self._number += 1  # whatever it has told is of no stream that is open
            raise
        self._stream, self.microphone = stream, stream.microphone

    def _hear(self, number: int, event: CaptureEvent) -> None:
        """Take an event in the device's thread."""
        self._events.put(FromStream(number, event))
