"""Recordings that a crash cut off, brought back at the next start.

    .wav.part in our folder -> normal WAV -> its item, or a new one -> queue

An item whose recording was being made when the program ended waits in the queue already, because it
was running; here it learns the final name of its file. Text that was recognised before is kept, and
recognition goes on behind it.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from app.audio.journal_file import BYTES_PER_SAMPLE, HEADER_BYTES, PART_SUFFIX, SUFFIX
from app.audio.recovery import find_unfinished, recover
from app.audio.resample import SAMPLE_RATE
from app.errors import RecordingError
from app.gui.wording import words
from app.store.library import Library
from app.store.types import Item, ItemState, JobOptions

_log = logging.getLogger(__name__)


def rescue_recordings(library: Library, folder: Path, options: JobOptions) -> list[Item]:
    """Finish what was cut off.

    Args:
        library: the history.
        folder: of our recordings; need not exist.
        options: how a recording without an item is recognised.

    Returns:
        The items of the rescued recordings, oldest first.
    """
    rescued = []
    items = {item.path: item for item in library.items()}
    for unfinished in find_unfinished(folder):
        try:
            recording = recover(unfinished)
        except RecordingError as exc:  # it is tried again at the next start
            _log.warning("%s cannot be rescued: %s", unfinished.path, exc)
            continue
        item = items.get(str(unfinished.path))
        if item is None:
            title = words.recording(recording.started_at)
            item = library.add_dictation(
                recording.path, options, title=title, state=ItemState.WAITING
            )
        rescued.append(library.set_recording(item.id, recording.path, recording.duration_s))
    _find_finished(library, rescued)
    return rescued


def _find_finished(library: Library, rescued: list[Item]) -> None:
    """Tell items of files that were finished in the very moment of the crash."""
    known = {item.id for item in rescued}
    for item in library.items():
        if item.id in known or not item.path.endswith(PART_SUFFIX):
            continue
        path = Path(item.path.removesuffix(PART_SUFFIX) + SUFFIX)
        with contextlib.suppress(OSError):  # it is gone: the error of the item says so
            n_samples = (path.stat().st_size - HEADER_BYTES) // BYTES_PER_SAMPLE
            library.set_recording(item.id, path, n_samples / SAMPLE_RATE)
