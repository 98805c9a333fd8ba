"""How loud it is, and whether there is anything at all.

In: mono blocks at any rate. Out: a level for a meter, and the moments at which sound stops and
comes back. It is measured in windows of 50 ms, so that it does not depend on the device's blocks.
"""

from __future__ import annotations

import math

from app.audio.resample import FloatArray
from app.numeric import np

WINDOW_S = 0.05  # short enough for a meter to follow syllables
SILENCE_DB = -50.0  # RMS; quiet speech at an arm's length is at about -45, an open room at -60
SILENCE_S = 2.0
FLOOR_DB = -100.0  # below 16-bit noise: digital silence


class Loudness:
    """Measures one stream.

    Args:
        rate: Hz.

    Attributes:
        level_db: RMS of the last window in dBFS, from −100 to 0 (a full square wave).
        is_heard: whether the last window was not below −50 dBFS.
        is_silent: whether the last 2 s were below −50 dBFS.
        is_zero: whether every sample since sound was last heard is 0: a muted microphone, or a
            system that does not let us listen.
    """

    def __init__(self, rate: int) -> None:
        self.level_db = FLOOR_DB
        self.is_heard = self.is_silent = False
        self.is_zero = True
        self._n_window = max(1, round(WINDOW_S * rate))
        self._rest = np.zeros(0, np.float32)
        self._n_quiet = 0  # windows in a row

    def forget(self) -> None:
        """Count silence from here on: it is another microphone."""
        self._n_quiet = 0
        self.is_silent, self.is_zero = False, True

    def push(self, samples: FloatArray) -> None:
        """Take float32 [n_samples]."""
        samples = np.concatenate([self._rest, samples])
        if len(samples) < self._n_window:
            self._rest = samples
            return
        n_windows = len(samples) // self._n_window
        windows = samples[: n_windows * self._n_window].reshape(n_windows, self._n_window)
        self._rest = samples[n_windows * self._n_window :]
        for power in np.mean(np.square(windows, dtype=np.float64), axis=1).tolist():
            self._take(power)

    def _take(self, power: float) -> None:
        """Take the mean square of one window."""
        self.level_db = max(FLOOR_DB, 10 * math.log10(power)) if power > 0 else FLOOR_DB
        self.is_heard = self.level_db >= SILENCE_DB
        if self.is_heard:
            self._n_quiet = 0
            self.is_zero = True
            self.is_silent = False
            return
        self._n_quiet += 1
        self.is_zero = self.is_zero and power == 0
        self.is_silent = self._n_quiet * WINDOW_S >= SILENCE_S
