"""Recordings that a crash cut off, brought back at the next start.

    .wav.part in our folder -> normal WAV -> its item, or a new one -> queue

An item whose recording was being made when the program ended waits in the queue already, because it
was running; here it learns the final name of its file. Text that was recognised before is kept, and
recognition goes on behind it.
"""

from __future__ import annotations

import logging
from pathlib import Path

from app.audio.recovery import find_unfinished, recover
from app.errors import RecordingError
from app.gui import words
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
    return rescued
