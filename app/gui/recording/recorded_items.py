"""What becomes of the history's item of a recording: it is added, gets its file, its last state.

start ----------------> an item, dictated
the file is complete -> its path and length
all is over ----------> done, cancelled, in the queue like any file, or gone without a trace
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from app.audio.notices import Finished
from app.errors import SongshuError
from app.gui.recording.session import Session
from app.gui.threads.engine import Engine
from app.gui.wording import words
from app.store.library import Library
from app.store.types import JobOptions

_log = logging.getLogger(__name__)


class RecordedItems:
    """The items of recordings. Lives in the GUI thread.

    Args:
        library: holds them.
        engine: goes on with what it could not follow.
    """

    def __init__(self, library: Library, engine: Engine) -> None:
        self._library = library
        self._engine = engine

    def add(self, path: Path, options: JobOptions) -> int:
        """Make an item for a recording that has begun; returns its id.

        Raises:
            StoreError: that is not possible.
        """
        title = words.recording(datetime.now())
        return self._library.add_dictation(path, options, title=title).id

    def complete(self, one: Session, notice: Finished) -> None:
        """Note where the file is and how long; a recording that holds nothing is not wanted."""
        recording = notice.recording
        if recording is None:
            one.is_unwanted = True
            return
        try:
            self._library.set_recording(one.item_id, recording.path, recording.duration_s)
        except SongshuError as exc:
            _log.warning("the recording of item %d is not noted: %s", one.item_id, exc)

    def settle(self, one: Session) -> None:
        """Give the item of a session that is over its last state."""
        try:
            if one.is_unwanted:
                self._remove(one.item_id)
            elif one.is_given_up:
                self._library.cancel(one.item_id)
            elif one.failed:  # it waits like any file and goes on from where it is
                self._library.pause(one.item_id)
                self._engine.resume(one.item_id)
        except (SongshuError, OSError) as exc:  # deleted meanwhile; a file that somebody reads
            _log.warning("item %d keeps its state: %s", one.item_id, exc)

    def _remove(self, item_id: int) -> None:
        """Leave no trace of a recording that nobody meant to make, or that holds nothing."""
        path = Path(self._library.item(item_id).path)
        self._library.trash([item_id])  # the next start wipes it; that takes too long for now
        path.unlink(missing_ok=True)
