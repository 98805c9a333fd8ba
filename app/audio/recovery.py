"""Recordings that a crash, a kill or a power cut left unfinished.

    for unfinished in find_unfinished(folder):   # at the start of the program
        recover(unfinished)  →  Recording

In: the folder of recordings. Out: normal WAV files. A recording is in a file from its first sample
on (``app.audio.journal``), so recovering one is to write two lengths and rename it: at most the
last second is missing. What another running Songshu records is left alone.

Should a power cut have left a file whose first 100 bytes never reached the disk, its samples are
still taken, and the file's own time stands for its start.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.audio import journal_file
from app.audio.journal import Recording
from app.audio.journal_file import BYTES_PER_SAMPLE, HEADER_BYTES, PART_SUFFIX
from app.audio.resample import SAMPLE_RATE
from app.errors import RecordingWriteError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A recording that was not finished.

    Attributes:
        path: the file, "….wav.part".
        started_at: local time.
        n_samples: at 16 kHz.
    """

    path: Path
    started_at: datetime
    n_samples: int

    @property
    def duration_s(self) -> float:
        """Its length."""
        return self.n_samples / SAMPLE_RATE


def find_unfinished(folder: Path) -> list[Unfinished]:
    """Return what was left in a folder, oldest first; files without a sample are deleted.

    Never raises: what cannot be read is left where it is, with a line in the log.
    """
    found = []
    with contextlib.suppress(OSError):  # there is no folder: nothing was recorded
        for path in sorted(folder.glob(f"*{PART_SUFFIX}")):
            try:
                found.extend(_look_at(path))
            except OSError as exc:
                _log.warning("%s cannot be read: %s", path, exc)
    return sorted(found, key=lambda unfinished: unfinished.started_at)


def recover(unfinished: Unfinished) -> Recording:
    """Make a normal WAV file of it.

    Raises:
        RecordingWriteError: it cannot be written, or is gone; what was there is still there.
    """
    path = unfinished.path
    try:
        with path.open("r+b", buffering=0) as file:
            if not journal_file.lock(file):
                raise RecordingWriteError(path, "another program records into it")
            journal_file.seal(file, unfinished.n_samples, unfinished.started_at)
        path = journal_file.give_final_name(path)
    except RecordingWriteError:
        raise
    except OSError as exc:
        raise journal_file.write_error(path, exc) from exc
    return Recording(path=path, started_at=unfinished.started_at, duration_s=unfinished.duration_s)


def _look_at(path: Path) -> list[Unfinished]:
    """Return a leftover as a list of one, nothing if it is none."""
    if not path.is_file() or journal_file.is_in_use(path):
        return []
    n_samples = (path.stat().st_size - HEADER_BYTES) // BYTES_PER_SAMPLE
    if n_samples <= 0:
        journal_file.delete_unused(path)
        return []
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    started_at = journal_file.read_start(head)
    if started_at is None and any(head):
        _log.warning("%s is no recording of ours", path)
        return []
    if started_at is None:
        started_at = datetime.fromtimestamp(path.stat().st_mtime)
    return [Unfinished(path=path, started_at=started_at, n_samples=n_samples)]
