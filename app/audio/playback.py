"""Play a recording: what the player bar does, without Qt.

In: a file and wishes (play, seek, speed, loop, skip silence, volume) from any thread. Out: sound
through an ``AudioSink``, the position that is heard now, and events.

    MediaReader → SilenceSkipper → Stretcher → PlayBuffer → the device's callback
    ------------- feeder thread -------------            copies, never waits

Every method only notes a wish and returns: opening, seeking and decoding happen in the feeder
thread, so that a GUI never waits. A wish that changes what is heard (seek, speed, loop, skip)
empties the buffer and feeds again from the position that was heard: one mechanism, and it is heard
at once. The callback gives silence while a wish is pending.

Errors of the file or the device arrive as ``Failed`` events; the player stays usable.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from app.audio.feed import PIECE_SAMPLES, Feed, FeedOptions
from app.audio.play_buffer import PlayBuffer
from app.audio.resample import FloatArray
from app.audio.sink import AudioSink, SoundDeviceSink
from app.errors import NoOutputDeviceError, OutputDeviceLostError, PlaybackError, SongshuError
from app.numeric import np

BUFFER_S = 1.5  # decoded ahead: a busy computer may delay the feeder for long
STALL_S = 3.0  # a device that takes nothing for so long is gone
CLOSE_S = 5.0  # a file on a sleeping network drive must not hold up the app's end
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """The file is open and can be played; its stated length is None if the container has none."""

    duration_s: float | None


@dataclass(frozen=True, slots=True)
class Started:
    """Sound is being played."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Sound has stopped, at a position."""

    position_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The end was heard; the next play begins at the start."""

    position_s: float


@dataclass(frozen=True, slots=True)
class Failed:
    """The file or the device failed; the player waits for the next wish."""

    error: SongshuError


PlayerEvent: TypeAlias = Opened | Started | Paused | Ended | Failed


class Player:
    """Plays one recording at a time.

    Args:
        on_event: called in the feeder thread for everything that happens.
        sink: where the sound goes; the system's default output if not given.
        stall_s: how long the device may take nothing before it counts as lost.

    Attributes:
        source_number: which ``open`` the events are about, counted from 1; steady in ``on_event``.
    """

    def __init__(
        self,
        on_event: Callable[[PlayerEvent], None],
        sink: AudioSink | None = None,
        stall_s: float = STALL_S,
    ) -> None:
        self._on_event = on_event
        self._sink: AudioSink = SoundDeviceSink() if sink is None else sink
        self._stall_s = stall_s
        self._changed = threading.Condition()  # guards everything below, held only for moments
        self._buffer = PlayBuffer(
            round(BUFFER_S * self._sink.rate), self._sink.n_channels, self._sink.rate
        )
        self._source: Path | BinaryIO | None = None
        self._is_source_new = False
        self._n_opened = 0
        self._target_s: float | None = None  # where the feeder is to begin anew
        self._options = FeedOptions()
        self._volume = 1.0
        self._wants_play = False
        self._is_at_end = False  # the feeder has delivered everything
        self._has_failed = False  # the file could not be read on; the next play tries again
        self._is_lost = False
        self._is_idle = False  # the feeder waits
        self._is_closed = False
        # Only the feeder thread changes these three.
        self.source_number = 0
        self._feed: Feed | None = None
        self._is_running = False  # the sink
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    @property
    def is_playing(self) -> bool:
        """Whether sound is wanted; it may still take a moment to come."""
        return self._wants_play

    @property
    def position_s(self) -> float:
        """Seconds into the recording of what is heard now."""
        with self._changed:
            return self._heard_s()

    def open(self, source: Path | BinaryIO | None, position_s: float = 0.0) -> int:
        """Open another recording, paused; None closes the one that is open.

        Returns:
            Its number, by which its events are known.
        """
        with self._changed:
            self._source, self._is_source_new = source, True
            self._n_opened += 1
            self._options = FeedOptions(
                speed=self._options.speed, skips_silence=self._options.skips_silence
            )
            self._wants_play = False
            self._begin_at(position_s)
            return self._n_opened

    def play(self) -> None:
        """Play from the current position, from the start if that is the end."""
        with self._changed:
            if self._is_at_end and not self._buffer.n_ready and self._target_s is None:
                self._begin_at(self._buffer.position_s(0) if self._has_failed else 0.0)
            self._wants_play = True
            self._changed.notify_all()

    def pause(self) -> None:
        """Stop the sound; what was not heard yet is played after the next ``play``."""
        with self._changed:
            if self._wants_play:
                self._wants_play = False
                self._begin_at(self._heard_s())

    def seek(self, position_s: float) -> None:
        """Go to a position; playing goes on there if it was on."""
        with self._changed:
            self._begin_at(max(0.0, position_s))

    def set_speed(self, speed: float) -> None:
        """Play 0.5 … 2 times as fast, at the same pitch."""
        self._set(lambda options: options.with_speed(speed))

    def set_skips_silence(self, skips: bool) -> None:
        """Shorten pauses, or play them as they are."""
        self._set(lambda options: options.with_skips_silence(skips))

    def set_loop(self, span: tuple[float, float] | None) -> None:
        """Repeat a span (start_s, end_s) until another wish; None goes on after it."""
        self._set(lambda options: options.with_loop(span))

    def set_volume(self, volume: float) -> None:
        """Set the loudness, 0 … 1 as on a knob; heard loudness follows its square."""
        self._volume = min(max(volume, 0.0), 1.0)

    def close(self) -> None:
        """Stop, and let go of file and device."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(CLOSE_S)

    def wait_until_fed(self, timeout_s: float = 10.0) -> bool:
        """Block until all wishes are fulfilled and the buffer is full or holds the end.

        For programs without an event loop, and for tests.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._is_idle and not self._has_work(), timeout_s)

    # The feeder thread.

    def _run(self) -> None:
        while not self._is_closed:
            try:
                self._step()
            except SongshuError as exc:
                self._fail(exc)
            except Exception as exc:  # a bug or a failing disk must not silence the app for good
                _log.exception("the player failed")
                reason = str(exc).rstrip(".")
                self._fail(PlaybackError(f"Playing failed: {reason}. Open the recording again."))
        self._sink.close()
        if self._feed is not None:
            self._feed.close()

    def _step(self) -> None:
        """Do one thing of what is to be done, or wait until there is something."""
        if self._is_source_new:
            self._change_source()
        elif self._is_lost:
            self._lose_device()
        elif self._is_running and not self._wants_play:
            self._stop_sink()
        elif self._target_s is not None:
            self._begin()
        elif self._wants_play and self._feed is None:
            self._forget_play()
        elif self._wants_play and not self._is_running:
            self._start_sink()
        elif self._has_ended():
            self._end()
        elif self._can_feed():
            self._feed_buffer()
        else:
            self._wait()

    def _change_source(self) -> None:
        if self._is_running:
            self._stop_sink()
        old, self._feed = self._feed, None
        if old is not None:
            old.close()
        with self._changed:
            source, self._is_source_new = self._source, False
            self.source_number = self._n_opened
        if source is None:
            return
        self._feed = Feed(source, self._sink.rate, self._sink.n_channels)
        self._on_event(Opened(self._feed.duration_s))

    def _begin(self) -> None:
        with self._changed:
            target_s, options = self._target_s, self._options
        if self._feed is not None and target_s is not None:
            self._feed.begin(target_s, options)
        with self._changed:
            is_same = self._target_s == target_s and self._options == options
            if is_same and not self._is_source_new:  # the next recording may have the same wishes
                self._target_s = None
                self._changed.notify_all()

    def _feed_buffer(self) -> None:
        block = self._feed.read() if self._feed is not None else None
        with self._changed:
            if self._target_s is not None or self._is_source_new:
                return  # somebody wants to be elsewhere: this block is stale
            if block is None:
                self._is_at_end = True
            elif len(block.samples):
                self._buffer.write(block)
            self._changed.notify_all()

    def _start_sink(self) -> None:
        self._sink.start(self._fill, self._on_lost)
        self._is_running = True
        self._on_event(Started())

    def _stop_sink(self) -> None:
        self._sink.stop()
        self._is_running = False
        self._on_event(Paused(self.position_s))

    def _end(self) -> None:
        self._sink.finish()
        self._is_running = False
        with self._changed:
            is_elsewhere = self._target_s is not None  # a wish came while the last sound was heard
            position_s = self._heard_s() if is_elsewhere else self._buffer.position_s(0)
            if not is_elsewhere:
                self._wants_play = False
            self._changed.notify_all()
        self._on_event(Paused(position_s) if is_elsewhere else Ended(position_s))

    def _lose_device(self) -> None:
        with self._changed:
            position_s = self._heard_s()
            self._is_lost = self._wants_play = False
            self._begin_at(position_s)
        self._sink.close()
        self._is_running = False
        self._on_event(Failed(OutputDeviceLostError(position_s)))

    def _forget_play(self) -> None:
        """Drop a wish to play when there is nothing to play."""
        with self._changed:
            if not self._is_source_new:
                self._wants_play = False
                self._changed.notify_all()

    def _fail(self, error: SongshuError) -> None:
        _log.warning("playback: %s", error)
        self._sink.stop()
        self._is_running = False
        with self._changed:
            position_s = self._heard_s()
            self._wants_play = False
            # A missing device leaves the recording as it is; anything else would only fail again.
            if not isinstance(error, NoOutputDeviceError) and not self._is_source_new:
                self._buffer.clear(position_s)
                self._target_s = None
                self._is_at_end = self._has_failed = True
            self._changed.notify_all()
        self._on_event(Failed(error))

    def _wait(self) -> None:
        with self._changed:
            if self._has_work():
                return
            n_taken = self._buffer.n_taken
            self._is_idle = True
            self._changed.notify_all()
            is_woken = self._changed.wait(self._stall_s if self._is_running else None)
            self._is_idle = False
            if self._is_running and not is_woken and n_taken == self._buffer.n_taken:
                self._is_lost = True

    # Called from the device's thread.

    def _fill(self, out: FloatArray) -> None:
        n_given = 0
        with self._changed:
            if self._wants_play and self._target_s is None:
                n_given = self._buffer.take_into(out)
                self._changed.notify_all()
        out[:n_given] *= np.float32(self._volume**2)
        out[n_given:] = 0

    def _on_lost(self) -> None:
        with self._changed:
            self._is_lost = True
            self._changed.notify_all()

    # Called with the lock held.

    def _begin_at(self, position_s: float) -> None:
        self._target_s = position_s
        self._is_at_end = self._has_failed = False
        self._buffer.clear(position_s)
        self._changed.notify_all()

    def _heard_s(self) -> float:
        if self._target_s is not None:
            return self._target_s
        return self._buffer.position_s(self._sink.unheard_s() * self._sink.rate)

    def _has_work(self) -> bool:
        """Whether the feeder has anything to do before somebody takes samples or has a wish."""
        return (
            self._is_closed
            or self._is_source_new
            or self._is_lost
            or self._is_running != self._wants_play
            or self._target_s is not None
            or self._has_ended()
            or self._can_feed()
        )

    def _has_ended(self) -> bool:
        return self._is_running and self._is_at_end and not self._buffer.n_ready

    def _can_feed(self) -> bool:
        is_open = self._feed is not None and not self._is_at_end
        return is_open and self._buffer.n_free >= PIECE_SAMPLES

    def _set(self, change: Callable[[FeedOptions], FeedOptions]) -> None:
        with self._changed:
            options = change(self._options)
            if options == self._options:
                return
            position_s = self._heard_s()
            self._options = options
            self._begin_at(options.inside_loop(position_s))
