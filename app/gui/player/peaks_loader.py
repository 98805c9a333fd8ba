"""Reads the peaks of the recording that is shown, in the background, one at a time.

A recording that is opened while another is being read replaces it: the old one is cancelled, and
what it still says is dropped by its number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.audio.waveform_peaks import Peaks, read_peaks
from app.engine.cancel import CancelToken
from app.gui.threads.background import BackgroundTask, Progress

_log = logging.getLogger(__name__)


class PeaksLoader(QObject):
    """Loads one recording's peaks after the other.

    Args:
        cache_folder: where peaks are kept; None keeps nothing.

    Signals:
        loaded(Peaks, bool): what is known so far, and whether that is all.
    """

    loaded = Signal(object, bool)
    _partly = Signal(int, object)

    def __init__(self, cache_folder: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache_folder = cache_folder
        self._number = 0
        self._wanted: Path | None = None
        self._task = BackgroundTask(self)
        self._task.finished.connect(self.on_finished)
        self._task.failed.connect(self.on_ended)
        self._task.cancelled.connect(self.on_ended)
        self._partly.connect(self.on_partly, Qt.ConnectionType.QueuedConnection)

    def load(self, path: Path | None) -> None:
        """Load a recording's peaks; None only stops."""
        self._number += 1
        self._wanted = path
        if self._task.is_running:
            self._task.cancel()
        else:
            self._begin()

    def close(self) -> None:
        """Stop, and end the thread."""
        self._number += 1
        self._wanted = None
        self._task.close()

    @Slot(object)
    def on_finished(self, result: tuple[int, Peaks]) -> None:
        """Take the whole."""
        number, peaks = result
        if number == self._number:
            self.loaded.emit(peaks, True)
        self._begin()

    @Slot()
    def on_ended(self, error: object = None) -> None:
        """Go on with the next; a picture that cannot be had is no reason to disturb anyone."""
        self._begin()

    @Slot(int, object)
    def on_partly(self, number: int, peaks: Peaks) -> None:
        """Take what is known so far."""
        if number == self._number:
            self.loaded.emit(peaks, False)

    def _begin(self) -> None:
        path, self._wanted = self._wanted, None
        if path is not None:
            self._task.start(self._work(path, self._number))

    def _work(
        self, path: Path, number: int
    ) -> Callable[[Progress, CancelToken], tuple[int, Peaks]]:
        folder = self._cache_folder

        def read(_progress: Progress, cancel: CancelToken) -> tuple[int, Peaks]:
            def tell(peaks: Peaks) -> None:
                self._partly.emit(number, peaks)

            return number, read_peaks(path, folder, tell, lambda: cancel.is_cancelled)

        return read
