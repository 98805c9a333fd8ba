"""Four hours of sound with a reader that lags: nothing is lost, and memory does not grow."""

from __future__ import annotations

import threading
import zlib
from pathlib import Path

import numpy as np
import psutil

from app.audio.journal_reader import JournalReader
from app.audio.recorder import Recorder
from tests.audio.fake_microphone import FakeSystem
from tests.waiting import PATIENCE_S, wait_for

HOURS = 4
MINUTE = 60 * 16_000
QUEUED_S = 60.0  # of sound that may wait for the recorder; a real device is never so far ahead
GROWTH_BYTES = 32 << 20  # of the process between the first and the fourth hour, which is 345 MB


class SlowReader:
    """Reads as slowly as it is allowed to.

    Attributes:
        n_samples: read so far.
        checksum: of them, as 16-bit samples.
        worst_lag_s: the farthest it was behind.
    """

    def __init__(self, reader: JournalReader) -> None:
        self.n_samples = self.checksum = 0
        self.worst_lag_s = 0.0
        self._reader = reader
        self._permits = threading.Semaphore(0)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def allow(self, n_blocks: int) -> None:
        for _ in range(n_blocks):
            self._permits.release()

    def _run(self) -> None:
        while self._permits.acquire():
            block = self._reader.read()
            if block is None:
                return
            self.n_samples += len(block)
            samples = (block * np.float32(32768)).astype("<i2")
            self.checksum = zlib.crc32(samples.tobytes(), self.checksum)
            self.worst_lag_s = max(self.worst_lag_s, self._reader.lag_s)


def test_four_hours_with_a_slow_reader(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(-20_000, 20_000, MINUTE + 60 * HOURS, dtype=np.int16)
    system = FakeSystem()
    recorder = Recorder(tmp_path, None, system.open, keeps_awake=False)
    recorder.start()
    slow = SlowReader(recorder.reader(block_s=10.0, least_s=1.0))
    stream = system.stream()
    checksum = n_given = 0
    used_bytes = []
    for minute in range(60 * HOURS):
        pcm = values[minute : minute + MINUTE]  # no minute is like another
        checksum = zlib.crc32(pcm.astype("<i2").tobytes(), checksum)
        stream.give((pcm / np.float32(32768))[:, np.newaxis], block=16_000)
        n_given += len(pcm)
        wait_for(lambda given=n_given: given / 16_000 - recorder.recorded_s < QUEUED_S)  # type: ignore[misc]
        slow.allow(1)  # 10 s for each minute: six times too slow
        used_bytes.append(psutil.Process().memory_info().rss)
    recorder.stop()
    slow.allow(6 * 60 * HOURS + 1)  # now it catches up; the last permit is for the end
    slow.thread.join(PATIENCE_S)
    assert recorder.wait(PATIENCE_S)
    assert slow.worst_lag_s > HOURS * 3600 / 2
    assert (slow.n_samples, slow.checksum) == (n_given, checksum)
    assert recorder.recording is not None
    assert recorder.recording.duration_s == HOURS * 3600
    growth_bytes = max(used_bytes[-60:]) - max(used_bytes[:60])
    print(f"memory grew by {growth_bytes / 1e6:.1f} MB, lag was {slow.worst_lag_s / 60:.0f} min")
    assert growth_bytes < GROWTH_BYTES
    recorder.recording.path.unlink()  # 460 MB
