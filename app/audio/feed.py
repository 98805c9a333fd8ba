"""Everything between an open recording and the buffer of the player: cut, skip, loop, stretch.

In: a position and options. Out: small pieces of sound in the order in which they are to be heard.
No threads here; each ``read`` decodes at most one frame, so that the caller can change its mind
between two of them, also in the middle of an hour of silence.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from app.audio.media_reader import Block, MediaReader
from app.audio.resample import FloatArray
from app.audio.silence_skip import SilenceSkipper
from app.audio.stretch import FASTEST, SLOWEST, Stretcher
from app.numeric import np

PIECE_SAMPLES = 4096  # at most, per read
SHORTEST_LOOP_S = 0.1  # below, a loop is a buzz and the feeder does nothing but seek
FADE_S = 0.003  # at both ends of a loop, against clicks


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """How a recording is to be played.

    Attributes:
        speed: 0.5 … 2, at the same pitch.
        skips_silence: shorten pauses.
        loop: (start_s, end_s) of a span to repeat, or None.
    """

    speed: float = 1.0
    skips_silence: bool = False
    loop: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not SLOWEST <= self.speed <= FASTEST:
            raise ValueError(f"speed {self.speed} is not in {SLOWEST} … {FASTEST}")
        if self.loop is not None and self.loop[1] < self.loop[0]:
            raise ValueError(f"a loop cannot end before it starts: {self.loop}")

    def with_speed(self, speed: float) -> FeedOptions:
        """Return these options at another speed."""
        return replace(self, speed=speed)

    def with_skips_silence(self, skips: bool) -> FeedOptions:
        """Return these options with pauses shortened or not."""
        return replace(self, skips_silence=skips)

    def with_loop(self, span: tuple[float, float] | None) -> FeedOptions:
        """Return these options with another span to repeat; very short ones grow."""
        if span is not None:
            start_s = max(0.0, span[0])
            span = (start_s, max(span[1], start_s + SHORTEST_LOOP_S))
        return replace(self, loop=span)

    def inside_loop(self, position_s: float) -> float:
        """Return the position, or the start of the loop if it lies outside."""
        if self.loop is None or self.loop[0] <= position_s < self.loop[1]:
            return position_s
        return self.loop[0]


class Feed:
    """A recording as it is to be heard.

    Args:
        source: a path or a binary reader.
        rate, n_channels: of the output.

    Raises:
        AudioError: one of its subclasses says what is wrong with the source.
    """

    def __init__(self, source: Path | BinaryIO, rate: int, n_channels: int) -> None:
        self._reader = MediaReader(source, rate, n_channels)
        self._rate = rate
        self._n_channels = n_channels
        self._options = FeedOptions()
        self._skipper: SilenceSkipper | None = None
        self._stretcher: Stretcher | None = None
        self._pending: deque[Block] = deque()
        self._is_loop_start = False  # the next block begins a round
        self._gave_in_round = True  # this round of the loop gave any sound
        self._is_done = False

    @property
    def duration_s(self) -> float | None:
        """Length that the container states, None if it does not."""
        return self._reader.duration_s

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def begin(self, position_s: float, options: FeedOptions) -> None:
        """Start anew at a position."""
        self._options = options
        self._skipper = SilenceSkipper(self._rate) if options.skips_silence else None
        self._stretcher = (
            Stretcher(self._rate, self._n_channels, options.speed) if options.speed != 1 else None
        )
        self._pending.clear()
        self._is_loop_start = self._is_done = False
        self._gave_in_round = False
        self._reader.seek(position_s)

    def read(self) -> Block | None:
        """Return the next piece, an empty one if there is none yet, None at the end.

        Raises:
            AudioReadError, CorruptAudioError: the file cannot be read.
        """
        if not self._pending and not self._is_done:
            self._advance()
        if self._pending:
            return self._pop_piece()
        return None if self._is_done else self._empty()

    def _advance(self) -> None:
        block = self._reader.read()
        loop = self._options.loop
        if loop is None:
            self._add(block) if block is not None else self._finish()
        elif block is None or block.position_s >= loop[1]:
            self._repeat(loop[0])
        else:
            self._add(self._shape(block, loop[1]))

    def _repeat(self, start_s: float) -> None:
        self._process(self._skipper.flush() if self._skipper else [])
        if not self._gave_in_round:
            if self._skipper is None:  # the span lies after the end of the recording
                self._finish()
                return
            self._skipper = None  # a loop of silence: better heard than nothing for ever
        self._gave_in_round = False
        self._is_loop_start = True
        self._reader.seek(start_s)

    def _shape(self, block: Block, end_s: float) -> Block:
        """Cut a block at the loop's end, and fade at both ends of the loop."""
        n_left = round((end_s - block.position_s) * self._rate)
        samples = block.samples[:n_left]
        n_fade = min(round(FADE_S * self._rate), len(samples))
        ramp = np.linspace(0, 1, n_fade, dtype=np.float32)[:, np.newaxis]
        if n_left <= len(block.samples) or self._is_loop_start:
            samples = samples.copy()
        if self._is_loop_start and n_fade:
            samples[:n_fade] *= ramp
            self._is_loop_start = False
        if n_left <= len(block.samples) and n_fade:
            samples[-n_fade:] *= ramp[::-1]
        return Block(block.position_s, samples)

    def _add(self, block: Block) -> None:
        self._process(self._skipper.push(block) if self._skipper else [block])

    def _finish(self) -> None:
        self._process(self._skipper.flush() if self._skipper else [])
        self._pending.extend(self._stretcher.flush() if self._stretcher else [])
        self._is_done = True

    def _process(self, blocks: list[Block]) -> None:
        for block in blocks:
            self._gave_in_round |= len(block.samples) > 0
            self._pending.extend(self._stretcher.push(block) if self._stretcher else [block])

    def _pop_piece(self) -> Block:
        block = self._pending.popleft()
        if len(block.samples) > PIECE_SAMPLES:
            rest_s = block.position_s + PIECE_SAMPLES / self._rate * block.speed
            self._pending.appendleft(Block(rest_s, block.samples[PIECE_SAMPLES:], block.speed))
        return Block(block.position_s, block.samples[:PIECE_SAMPLES], block.speed)

    def _empty(self) -> Block:
        nothing: FloatArray = np.zeros((0, self._n_channels), np.float32)
        return Block(0.0, nothing)
