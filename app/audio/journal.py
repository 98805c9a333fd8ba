"""A recording while it is made: a WAV file that survives a cut at any moment.

In: float32 waveforms at 16 kHz. Out: "2026-11-25 17.20.05.wav.part", which ``finish`` turns into
"….wav" by writing two lengths into the header and renaming it: no copy, no room needed, done at
once after four hours too. ``app.audio.recovery`` does the same to what a crash left behind.

16-bit mono at 16 kHz is what the models hear, 115 MB an hour. A sample is kept as
round(x × 32768): what a 16-bit microphone gave at 16 kHz comes back bit by bit.

Layout (little-endian, 100 bytes before the samples, see ``app.audio.journal_file``):

    RIFF size WAVE | JUNK 28 (ds64 beyond 4 GiB) | fmt  16 | sgsh 12: start, version | data size

CRITICAL: until it is finished both sizes are 0xFFFFFFFF, "unknown", and the file's own length is
the truth: a size that is kept up to date would be wrong after each crash.

What is on the disk when: every ``append`` writes at once, unbuffered, so that a killed process
loses nothing that was appended. A power cut loses what the system had not written yet; a thread of
its own calls fdatasync every half second for that. Measured (``python -m app.audio.journal DIR``,
ext4 on a virtual SSD; in brackets while another program writes 1.5 GB): an append of 0.1 s takes
0.01 ms, at worst 0.2 (19) ms; a sync 6-10 (37) ms, at worst 39 (88) ms. Old disks take longer, and
``append`` must not wait for them: hence the thread.

When the disk is full, or fails, ``problem`` says so, ``append`` keeps the samples in memory and
tries again each time: who makes room loses nothing. After ten minutes (19 MB) it raises.

The recording is its own queue: ``read`` gives any span that was appended, so recognition may lag by
hours without memory growing.
"""

from __future__ import annotations

import logging
import shutil
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.audio import journal_file
from app.audio.journal_file import BYTES_PER_SAMPLE, HEADER_BYTES
from app.audio.resample import SAMPLE_RATE, FloatArray
from app.errors import RecordingError, RecordingFullError, RecordingWriteError
from app.numeric import np

SYNC_S = 0.5  # half of the second that may be lost; the other half is for a slow disk
PENDING_BYTES = 600 * SAMPLE_RATE * BYTES_PER_SAMPLE  # kept in memory while the disk is full
LEAST_FREE_BYTES = 4 << 20  # two minutes: with less a recording does not begin
CLOSE_S = 5.0  # a disk that sleeps must not hold up the end
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A finished recording: a WAV file, 16-bit mono at 16 kHz.

    Attributes:
        started_at: local time.
    """

    path: Path
    started_at: datetime
    duration_s: float


class Journal:
    """One recording being written. ``append`` from one thread, ``read`` and ``wait`` from any.

    Args:
        folder: where the file goes; it exists.
        started_at: local time, the file's name; now if not given.

    Raises:
        RecordingFullError: there is no room for two minutes.
        RecordingWriteError: the file cannot be made.

    Attributes:
        path: the file, which has another name after ``finish``.
        n_samples: appended so far, and ready to be read; after ``finish`` what was kept.
        problem: why samples are kept in memory and not in the file, None if they are not.
        is_finished: whether nothing will be appended any more.
    """

    def __init__(self, folder: Path, started_at: datetime | None = None) -> None:
        self.started_at = started_at or datetime.now()
        self.n_samples = 0
        self.problem: RecordingError | None = None
        self.is_finished = False
        self._n_file_bytes = 0  # of samples, in the file
        self._pending = bytearray()  # what follows them, while the disk is full
        self._grown = threading.Condition()
        self._files = threading.Lock()  # guards the file, its path and _pending
        self._is_closing = threading.Event()
        try:
            if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
                raise RecordingFullError(folder)
            self.path, self._file = journal_file.create(folder, self.started_at)
            self._begin()
        except OSError as exc:
            if isinstance(exc, RecordingError):
                raise
            raise journal_file.write_error(folder, exc) from exc
        self._syncer = threading.Thread(target=self._sync, name="journal-sync", daemon=True)
        self._syncer.start()

    def append(self, waveform: FloatArray) -> None:
        """Write float32 [n_samples] at 16 kHz; what is beyond ±1 is cut off.

        Raises:
            RecordingFullError: the disk has been full for ten minutes; nothing more is taken.
            RecordingWriteError: the same, for another reason.
        """
        with self._files:
            if self.problem is not None and len(self._pending) >= PENDING_BYTES:
                raise self.problem
            self._pending += to_pcm(waveform)
            self._write_pending()
        with self._grown:
            self.n_samples += len(waveform)
            self._grown.notify_all()

    def read(self, start: int, n_samples: int) -> FloatArray:
        """Return what was appended from sample ``start`` on, float32 [at most n_samples].

        Raises:
            RecordingWriteError: the file cannot be read any more.
        """
        n_samples = max(0, min(n_samples, self.n_samples - start))
        offset, n_bytes = start * BYTES_PER_SAMPLE, n_samples * BYTES_PER_SAMPLE
        with self._files:
            n_in_file = max(0, min(n_bytes, self._n_file_bytes - offset))
            data = self._read_file(offset, n_in_file) if n_in_file else b""
            in_pending = offset + n_in_file - self._n_file_bytes
            data += self._pending[in_pending : in_pending + n_bytes - n_in_file]
        return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32768)

    def wait(self, n_samples: int, timeout_s: float | None = None) -> bool:
        """Block until so many samples were appended, or the recording is finished, or ``wake``."""
        with self._grown:
            if self.n_samples < n_samples and not self.is_finished:
                self._grown.wait(timeout_s)
            return self.n_samples >= n_samples or self.is_finished

    def wake(self) -> None:
        """Let every ``wait`` return."""
        with self._grown:
            self._grown.notify_all()

    def finish(self) -> Recording | None:
        """Make a normal WAV file of it; None if nothing was recorded, then no file is left.

        Samples that are in memory only, because the disk is still full, are lost here. If the
        sealed file cannot be renamed either, the recovery of the next start does it.
        """
        self._is_closing.set()
        self._syncer.join(CLOSE_S)
        with self._files:
            self._write_pending()
            self._pending.clear()
            n_kept = self._n_file_bytes // BYTES_PER_SAMPLE
            self._end(n_kept)
        with self._grown:
            self.n_samples = n_kept
            self.is_finished = True
            self._grown.notify_all()
        if not n_kept:
            return None
        duration_s = n_kept / SAMPLE_RATE
        return Recording(path=self.path, started_at=self.started_at, duration_s=duration_s)

    def _begin(self) -> None:
        try:
            journal_file.write_all(self._file, journal_file.header(self.started_at))
        except OSError:
            self._file.close()
            self.path.unlink(missing_ok=True)
            raise

    def _end(self, n_samples: int) -> None:
        try:
            if n_samples:
                journal_file.seal(self._file, n_samples, self.started_at)
            self._file.close()  # Windows renames and deletes no open file
            if n_samples:
                self.path = journal_file.give_final_name(self.path)
            else:
                self.path.unlink(missing_ok=True)
        except OSError as exc:
            self._note(exc)
            self._file.close()

    def _write_pending(self) -> None:
        try:
            while self._pending:
                n_written = self._file.write(self._pending)
                self._n_file_bytes += n_written
                del self._pending[:n_written]
        except OSError as exc:
            self._note(exc)
            return
        self.problem = None

    def _note(self, exc: OSError) -> None:
        if self.problem is None:
            _log.error("the recording %s cannot be written: %s", self.path, exc)
        self.problem = journal_file.write_error(self.path, exc)

    def _read_file(self, offset: int, n_bytes: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(HEADER_BYTES + offset)
                data: bytes = file.read(n_bytes)
        except OSError as exc:
            raise journal_file.write_error(self.path, exc) from exc
        if len(data) < n_bytes:  # else whoever follows would ask again and again
            raise RecordingWriteError(self.path, "another program has cut the file")
        return data

    def _sync(self) -> None:
        """Bring the file's name, then what is written to the disk itself, twice a second."""
        journal_file.sync_folder(self.path.parent)
        n_synced = -1
        while not self._is_closing.wait(SYNC_S):
            n_samples = self.n_samples
            if n_samples > n_synced:
                try:
                    journal_file.sync_data(self._file.fileno())
                except (OSError, ValueError) as exc:  # the next write meets the cause, and says so
                    _log.warning("%s was not synced: %s", self.path, exc)
                n_synced = n_samples


def to_pcm(waveform: FloatArray) -> bytes:
    """Turn float32 [n_samples] into 16-bit samples."""
    scaled = np.clip(np.rint(waveform * np.float32(32768)), -32768, 32767)
    pcm: bytes = scaled.astype("<i2").tobytes()
    return pcm


def _measure(folder: Path, n_rounds: int = 40) -> str:
    """Say how long 0.1 s of audio takes to write and 0.5 s to sync."""
    path, file = journal_file.create(folder, datetime.now())
    block = to_pcm(np.zeros(SAMPLE_RATE // 10, np.float32))
    write_ms, sync_ms = [], []
    try:
        for _ in range(n_rounds):
            for _ in range(5):
                start = time.perf_counter()
                journal_file.write_all(file, block)
                write_ms.append(1000 * (time.perf_counter() - start))
            start = time.perf_counter()
            journal_file.sync_data(file.fileno())
            sync_ms.append(1000 * (time.perf_counter() - start))
    finally:
        file.close()
        path.unlink()
    return (
        f"write: median {np.median(write_ms):.3f} ms, worst {max(write_ms):.3f} ms; "
        f"sync: median {np.median(sync_ms):.1f} ms, worst {max(sync_ms):.1f} ms"
    )


if __name__ == "__main__":
    print(_measure(Path(sys.argv[1])))
