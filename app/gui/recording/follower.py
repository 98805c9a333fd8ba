"""Follows one recording of several: what is known of it, told again whenever that changes.

    Recordings --lag, stall, loading (of any session)--> RecordFollower -> changed

What the recorder itself notices is for the follower's owner to judge, who puts it into ``status``:
the window and dictation take a microphone that is gone differently.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.gui.recording.recordings import Recordings
from app.gui.recording.status import RecordStatus
from app.gui.threads.events import LagChanged


class RecordFollower(QObject):
    """The status of the recording that somebody shows.

    Args:
        recordings: all of them.

    Attributes:
        session: that is followed; None for none.
        status: what is known of it.

    Signals:
        changed: the status has changed by itself.
    """

    changed = Signal()

    def __init__(self, recordings: Recordings, parent: QObject) -> None:
        super().__init__(parent)
        self._recordings = recordings
        self.session: int | None = None
        self.status = RecordStatus()
        recordings.lag_changed.connect(self.on_lag_changed)
        recordings.stalled_changed.connect(self.on_stalled_changed)
        recordings.loading_changed.connect(self.on_loading_changed)

    def follow(self, session: int) -> None:
        """Begin with a recording that has just been started."""
        self.session = session
        self.status = RecordStatus(is_loading=self._recordings.is_loading)

    @Slot(object)
    def on_lag_changed(self, lag: LagChanged) -> None:
        """Take how far recognition is behind, while it is."""
        if lag.session == self.session:
            self.status.lag_s = lag.lag_s
            self.changed.emit()

    @Slot(int, bool)
    def on_stalled_changed(self, session: int, is_stalled: bool) -> None:
        """Take that recognition does not get on."""
        if session == self.session:
            self.status.is_stalled = is_stalled
            self.changed.emit()

    @Slot(bool)
    def on_loading_changed(self, is_loading: bool) -> None:
        """Take that the model has to come first."""
        self.status.is_loading = is_loading
        self.changed.emit()
