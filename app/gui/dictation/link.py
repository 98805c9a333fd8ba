"""Between the recordings of the desktop app and dictation into other programs.

    course (DictationService) --start, stop, cancel--> Recordings
    Recordings --words, utterances, end, level, trouble--> course, pill

Dictations have positive numbers; recordings of the window, with negative ones, are not heard here.
Text is in the history before it is inserted: the engine thread stores each utterance itself.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.audio.notices import DeviceLost, Failed, NoSound, Notice, Overflow
from app.errors import SongshuError
from app.gui.dictation.service import DictationService, Doors
from app.gui.events import LagChanged, LiveText, UtteranceHeard
from app.gui.record_words import describe, describe_lag
from app.gui.recordings import Level, Recordings
from app.gui.settings import SettingsStore


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
        self._lag = LagChanged(session=0, lag_s=0)
        self.service = DictationService(
            settings, recordings, recordings, _KeptAlready(), doors=doors, parent=self
        )
        recordings.level_changed.connect(self.on_level_changed)
        recordings.noticed.connect(self.on_noticed)
        recordings.live_text_changed.connect(self.on_live_text_changed)
        recordings.lag_changed.connect(self.on_lag_changed)
        recordings.utterance_heard.connect(self.on_utterance_heard)
        recordings.finished.connect(self.on_finished)
        recordings.failed.connect(self.on_failed)

    @Slot(object)
    def on_level_changed(self, level: Level) -> None:
        """Show how loud it is."""
        if level.session > 0:
            self.service.show_level(level.level_db)

    @Slot(int, object)
    def on_noticed(self, session: int, notice: Notice) -> None:
        """Say what is wrong with the microphone; without one the dictation ends."""
        if session <= 0:
            return
        if isinstance(notice, Failed):
            self.service.dictation.on_failed(session, notice.error)
            self.service.dictation.stop()
        elif isinstance(notice, NoSound | DeviceLost | Overflow):
            text, is_warning = describe(notice)
            self.service.pill.line.show_message(text, is_bad=is_warning)

    @Slot(object)
    def on_live_text_changed(self, live: LiveText) -> None:
        """Show words, or how far behind they are."""
        if live.session is None or live.session <= 0:
            return
        lag = self._lag
        is_behind = lag.session == live.session and lag.lag_s > 0
        text = f"{live.text} ({describe_lag(lag.lag_s)})" if is_behind else live.text
        self.service.dictation.on_live(live.session, text)

    @Slot(object)
    def on_lag_changed(self, lag: LagChanged) -> None:
        """Say it with the next words."""
        self._lag = lag

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
