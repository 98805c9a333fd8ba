"""Shorten the pauses of a recording while it is played.

In: blocks of sound with their positions. Out: the same blocks without the inside of long pauses.
A pause is time whose level is far below the loudest of the last seconds, so that a quiet recording
is judged by its own measure. Of each pause ``KEPT_S`` stays, half behind the sound that ended and
half before the one that begins: soft consonants lie there.

Energy is enough here. The speech gate would be better at noise, but it costs 1 % of a core, looks
30 s ahead, and a wrong guess here costs a listener nothing: the toggle is beside the waveform.
"""

from __future__ import annotations

from collections import deque

from app.audio.media_reader import Block
from app.audio.resample import FloatArray
from app.numeric import np

KEPT_S = 0.15  # of each pause: less and sentences run into each other
WINDOW_S = 0.01  # one level each; a pitch period of a deep voice
DROP_DB = 35.0  # speech varies by about 30 dB within a sentence
HIGHEST_DB = -38.0  # louder than this is never a pause
LOWEST_DB = -65.0  # quieter than this is always one
FORGET_DB_PER_S = 1.0  # how fast the loudest level is forgotten: a loud cough is over in 20 s


class SilenceSkipper:
    """Drop the inside of pauses from a stream of blocks.

    Args:
        rate: of the samples, in Hz.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._n_window = round(WINDOW_S * rate)
        self._n_kept = round(KEPT_S / 2 / WINDOW_S)  # windows on each side
        self._loudest_db = HIGHEST_DB
        self._n_quiet = 0  # windows since the last sound
        self._held: deque[Block] = deque()  # the newest quiet windows, which may precede a sound
        self._rest: Block | None = None  # less than a window

    def push(self, block: Block) -> list[Block]:
        """Return what of the sound so far is to be played."""
        whole = self._with_rest(block)
        n_windows = len(whole.samples) // self._n_window
        played: list[Block] = []
        for index in range(n_windows):
            played += self._judge(self._window(whole, index))
        self._rest = self._after(whole, n_windows * self._n_window)
        return join(played, self._rate)

    def flush(self) -> list[Block]:
        """Return what is left at the end; a pause there is dropped like any other."""
        rest = [self._rest] if self._rest is not None and len(self._rest.samples) else []
        self._held.clear()
        self._rest = None
        return rest

    def _with_rest(self, block: Block) -> Block:
        if self._rest is None or not len(self._rest.samples):
            return block
        return Block(
            self._rest.position_s, np.concatenate([self._rest.samples, block.samples]), block.speed
        )

    def _window(self, block: Block, index: int) -> Block:
        start = index * self._n_window
        return Block(
            block.position_s + start / self._rate, block.samples[start : start + self._n_window]
        )

    def _after(self, block: Block, start: int) -> Block:
        return Block(block.position_s + start / self._rate, block.samples[start:])

    def _judge(self, window: Block) -> list[Block]:
        if not self._is_quiet(level_db(window.samples)):
            played = [*self._held, window]
            self._held.clear()
            self._n_quiet = 0
            return played
        self._n_quiet += 1
        if self._n_quiet <= self._n_kept:
            return [window]
        self._held.append(window)
        if len(self._held) > self._n_kept:
            self._held.popleft()
        return []

    def _is_quiet(self, window_db: float) -> bool:
        self._loudest_db = max(window_db, self._loudest_db - FORGET_DB_PER_S * WINDOW_S)
        threshold_db = min(max(self._loudest_db - DROP_DB, LOWEST_DB), HIGHEST_DB)
        return window_db < threshold_db


def level_db(samples: FloatArray) -> float:
    """Return the RMS level in dBFS, −120 for digital silence."""
    mean_square = float(np.mean(np.square(samples))) if samples.size else 0.0
    return 10 * float(np.log10(mean_square + 1e-12))


def join(blocks: list[Block], rate: int) -> list[Block]:
    """Join blocks that follow each other without a gap."""
    joined: list[list[Block]] = []
    for block in blocks:
        last = joined[-1][-1] if joined else None
        if last and abs(last.position_s + len(last.samples) / rate - block.position_s) < 0.5 / rate:
            joined[-1].append(block)
        else:
            joined.append([block])
    return [
        Block(run[0].position_s, np.concatenate([block.samples for block in run]), run[0].speed)
        for run in joined
    ]
