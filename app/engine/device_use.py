"""Notices that Songshu died while a device computed.

    computing -> a locked file in the user's data folder
              -> done, failed, cancelled: it is gone;  the process died: it lies there, unlocked

A driver that has passed its test may still die in the middle of a long job, and take the process
with it: nobody can catch that. The job goes on at the next start, on the same device. So whoever
chooses a device (``device_guard``) asks here how often that has happened.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app import paths
from app.audio.journal_file import is_in_use, lock

_log = logging.getLogger(__name__)
_COUNTS_S = 7 * 24 * 3600.0  # older ends say nothing about the device of today


class DeviceUse:
    """What is known of the use of devices on this person's computer.

    Args:
        folder: by default the user's data folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or paths.user_data_folder()

    @contextlib.contextmanager
    def computing(self, device: str) -> Iterator[None]:
        """Leave a note while the block runs.

        Args:
            device: its key.
        """
        with contextlib.ExitStack() as stack:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                descriptor, name = tempfile.mkstemp(prefix=_stem(device), dir=self._folder)
            except OSError as exc:  # then nothing is noticed, but the work goes on
                _log.debug("no note of computing on %s: %s", device, exc)
            else:
                stack.callback(_remove, Path(name))
                # closed before it is removed, as Windows wants
                lock(stack.enter_context(os.fdopen(descriptor, "wb")))
            yield

    def n_deaths(self, device: str) -> int:
        """Count the processes of the last week that died while a device computed."""
        found = 0
        for note in self._folder.glob(f"{_stem(device)}*"):
            with contextlib.suppress(OSError):  # another process has just finished
                age_s = time.time() - note.stat().st_mtime
                if is_in_use(note):
                    continue
                if age_s > _COUNTS_S:
                    note.unlink()
                    continue
                found += 1
        return found

    def forget(self, device: str) -> None:
        """Forget the deaths: the device, its driver or its test is another one now."""
        for note in self._folder.glob(f"{_stem(device)}*"):
            with contextlib.suppress(OSError):
                if not is_in_use(note):
                    note.unlink()


def _stem(device: str) -> str:
    return f"computing-{re.sub(r'[^a-z0-9]', '_', device)}."


def _remove(note: Path) -> None:
    with contextlib.suppress(OSError):
        note.unlink(missing_ok=True)
