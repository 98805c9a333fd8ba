"""Between the recordings of the desktop app and dictation into other programs.

    course (DictationService) --start, stop, cancel--> Recordings
    Recordings --words, utterances, end--> course; level, what is to be waited for, trouble--> pill

Dictations have positive numbers; recordings of the window, with negative ones, are not heard here.
Text is in the history before it is inserted: the engine thread stores each utterance itself.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.audio.notices import DeviceLost, Failed, Notice, Overflow
from app.dictation.parts import State
from app.errors import SongshuError
from app.gui.dictation.service import DictationService, Doors
from app.gui.recording.follower import RecordFollower
from app.gui.recording.recordings import Level, Recordings
from app.gui.recording.status import Ear
from app.gui.settings.store import SettingsStore
from app.gui.threads.events import LiveText, UtteranceHeard
from app.gui.wording.record_words import describe, describe_lag


class _KeptAlready:
    """The history has the utterance: it was stored before it was reported."""

    def keep(self, session: int, text: str) -> None:
        """Nothing is left to do."""


class DictationLink(QObject):
    """Dictation into other programs with the recordings of the app.

    Args:
        recordings: microphone and engine.
        settings: of the person.
        doors: to the system's keyboard and windows.

    Attributes:
        service: shortcuts, insertion, pill and tray.
    """

    def __init__(
        self,
        recordings: Recordings,
        settings: SettingsStore,
        doors: Doors | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recordings = recordings
        self._shown = RecordFollower(recordings, self)  # by the pill
        self._shown.changed.connect(self.on_status_changed)
        self.service = DictationService(
            settings, recordings, recordings, _KeptAlready(), doors=doors, parent=self
        )
        self.service.state_changed.connect(self.on_state_changed)
        recordings.started.connect(self.on_started)
        recordings.level_changed.connect(self.on_level_changed)
        recordings.noticed.connect(self.on_noticed)
        recordings.live_text_changed.connect(self.on_live_text_changed)
        recordings.utterance_heard.connect(self.on_utterance_heard)
        recordings.recorded.connect(self.on_recorded)
        recordings.finished.connect(self.on_finished)
        recordings.failed.connect(self.on_failed)

    @Slot(int, int)
    def on_started(self, session: int, _item_id: int) -> None:
        """Show the newest dictation; only one is recorded at a time."""
        if session > 0:
            self._shown.follow(session)
        else:
            self.service.tray.show_window_recording(True)

    @Slot(int)
    def on_recorded(self, session: int) -> None:
        """The microphone is closed."""
        if session < 0:
            self.service.tray.show_window_recording(False)

    @Slot(object)
    def on_level_changed(self, level: Level) -> None:
        """Show how loud it is."""
        if level.session == self._shown.session:
            self.service.show_level(level.level_db)

    @Slot(int, object)
    def on_noticed(self, session: int, notice: Notice) -> None:
        """Say what the microphone does; without one the dictation ends."""
        if session != self._shown.session:
            return
        if isinstance(notice, Failed):
            self.service.dictation.on_failed(session, notice.error)
            self.service.dictation.stop()
            return
        if _has_passed(notice):
            self.service.show_warning(describe(notice)[0])
            return
        self._shown.status.take(notice)
        if self._shown.status.is_open:
            self.service.show_begun()
        self.on_status_changed()

    @Slot(object)
    def on_live_text_changed(self, live: LiveText) -> None:
        """Show words, and how far behind they are."""
        if live.session is None or live.session <= 0:
            return
        lag_s = self._shown.status.lag_s if live.session == self._shown.session else 0
        text = f"{live.text} ({describe_lag(lag_s)})" if lag_s else live.text
        self.service.dictation.on_live(live.session, text)

    @Slot(object)
    def on_state_changed(self, state: State) -> None:
        """Go with the dictation: whatever is said after its end is not heard any more."""
        if state is State.FINISHING:
            self._shown.status.ear = Ear.DONE
        self.on_status_changed()

    @Slot()
    def on_status_changed(self) -> None:
        """Show it until everything is recognised; afterwards there is nothing to wait for."""
        if self.service.dictation.state in (State.RECORDING, State.FINISHING):
            self.service.show_status(*self._shown.status.sentence)

    @Slot(object)
    def on_utterance_heard(self, heard: UtteranceHeard) -> None:
        """Take words that are final."""
        if heard.session > 0:
            self.service.dictation.on_utterance(heard.session, heard.text)

    @Slot(int)
    def on_finished(self, session: int) -> None:
        """All is recognised."""
        if session > 0:
            self.service.dictation.on_finished(session)

    @Slot(int, object)
    def on_failed(self, session: int, error: SongshuError) -> None:
        """The engine cannot follow; what is recorded is recognised later, into the history."""
        if session > 0:
            self.service.dictation.on_failed(session, error)

    def close(self) -> None:
        """Give shortcuts, tray and keyboard back."""
        self.service.close()


def _has_passed(notice: Notice) -> bool:
    """Whether something went wrong and is over: another microphone is recorded already."""
    is_replaced = isinstance(notice, DeviceLost) and notice.fallback is not None
    return is_replaced or isinstance(notice, Overflow)
