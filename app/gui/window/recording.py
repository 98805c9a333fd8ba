"""Recording in the window: the Record button, the bar and the page that fills with text.

    Record -> Recordings.start, begin -> the page of the new item
    level, notices, words, end -> the bar

Sessions of the window have negative numbers, those of dictation into other programs positive ones;
each side hears only of its own. Only one microphone is recorded: while the other side records, the
button says so.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence

from app.audio import portaudio
from app.audio.microphones import Microphone, list_microphones
from app.audio.notices import Failed, Notice
from app.audio.portaudio import PortAudioMissingError
from app.audio.resample import SAMPLE_RATE
from app.errors import SongshuError
from app.gui.recording.bar import RecordBar
from app.gui.recording.follower import RecordFollower
from app.gui.recording.recordings import Level, Recordings
from app.gui.recording.status import Ear
from app.gui.settings.store import SettingsStore
from app.gui.threads.background import BackgroundTask
from app.gui.window.main_window import MainWindow
from app.gui.wording.record_words import describe
from app.gui.wording.trouble import describe_trouble
from app.gui.wording.words import error_words

_log = logging.getLogger(__name__)


class WindowRecording(QObject):
    """Records for the window.

    Args:
        recordings: makes recordings.
        window: shows them.
        settings: remembers the microphone.

    Attributes:
        bar: what is shown while something is recorded or still recognised.
    """

    def __init__(self, recordings: Recordings, window: MainWindow, settings: SettingsStore) -> None:
        super().__init__(window)
        self._recordings = recordings
        self._window = window
        self._settings = settings
        self._last = 0
        self._shown = RecordFollower(recordings, self)  # in the bar
        self._shown.changed.connect(self.on_status_changed)
        self._found: list[Microphone] = []
        self.bar = RecordBar()
        self._search = BackgroundTask(self)
        self._search.finished.connect(self.on_microphones_found)
        window.add_below(self.bar)
        self._connect()

    @property
    def is_recording(self) -> bool:
        """Whether the window records now."""
        return self._shown.session is not None and self._recordings.recording == self._shown.session

    def act(self, action: str, item_id: int) -> bool:
        """Do to an item that is being recorded what a button of the list says.

        Returns:
            Whether it is one; if not, nothing was done.
        """
        session = self._shown.session
        if session is None or self._recordings.item_of(session) != item_id:
            return False
        if action == "pause":
            (self.on_resume_wanted if self.bar.is_paused else self.on_pause_wanted)()
        elif action == "cancel" and self.is_recording:
            self.on_stop_wanted()
        elif action in ("cancel", "delete"):
            self._recordings.cancel(session)
            self._end()
        return True

    def close(self) -> None:
        """End what runs in other threads."""
        self._search.close()

    @Slot()
    def on_record_wanted(self) -> None:
        """Start, or stop what is recorded."""
        if self.is_recording:
            self.on_stop_wanted()
        else:
            self._start()

    @Slot()
    def on_stop_wanted(self) -> None:
        """End the recording; what was said is recognised to its end."""
        if self._shown.session is not None:
            self._recordings.stop(self._shown.session)

    @Slot()
    def on_pause_wanted(self) -> None:
        """Record nothing for a while."""
        if self._shown.session is not None:
            self._recordings.pause(self._shown.session)
            self.bar.set_paused(True)
            self._shown.status.ear = Ear.PAUSED
            self.on_status_changed()

    @Slot()
    def on_resume_wanted(self) -> None:
        """Go on."""
        if self._shown.session is not None:
            self._recordings.resume(self._shown.session)
            self.bar.set_paused(False)
            self._shown.status.ear = Ear.OPENING
            self.on_status_changed()

    @Slot()
    def on_cancel_wanted(self) -> None:
        """Give up; what was recorded and recognised stays in the history."""
        if self._shown.session is not None:
            self._recordings.cancel(self._shown.session)
            self._window.tell(self.tr("Cancelled. The recording is kept in the list."))
            self._end()

    @Slot(object)
    def on_level_changed(self, level: Level) -> None:
        """Show how loud it is."""
        if level.session == self._shown.session:
            self.bar.show_level(level.level_db)
            self.bar.show_time(level.recorded_s)

    @Slot(int, object)
    def on_noticed(self, session: int, notice: Notice) -> None:
        """Show what the recorder says."""
        if session != self._shown.session:
            return
        if isinstance(notice, Failed):  # the bar goes with the recording; this stays
            self._window.tell(describe(notice)[0])
        self._shown.status.take(notice)
        if self.bar.is_paused and self._shown.status.is_open:  # paused again before it had resumed
            self._shown.status.ear = Ear.PAUSED
        self.on_status_changed()

    @Slot(int)
    def on_recorded(self, session: int) -> None:
        """The file is complete; the rest is being recognised."""
        if session != self._shown.session:
            return
        item_id = self._recordings.item_of(session)
        self.bar.set_recording(False)
        if item_id is not None:
            self._window.refresh_item(item_id)
            shown = self._window.page.item
            if shown is not None and shown.id == item_id:
                self._window.show_item(item_id)  # now it can be played

    @Slot(int, object)
    def on_failed(self, session: int, error: SongshuError) -> None:
        """Recognition has to wait; the recording goes on."""
        if session == self._shown.session:
            kept = self.tr("It is recorded, and recognised later.")
            self._shown.status.fail(f"{error_words(type(error).__name__).what} {kept}")
            self.on_status_changed()

    @Slot(int)
    def on_item_changed(self, item_id: int) -> None:
        """Show the new state of an item, and that a recording is over."""
        self._window.reload_list()
        self._window.refresh_item(item_id)
        session = self._shown.session
        if session is not None and self._recordings.item_of(session) is None:
            self._end()

    @Slot()
    def on_microphones_wanted(self) -> None:
        """Show what was found the last time, and look again."""
        self.bar.set_microphones(self._found, self._settings.settings.microphone)
        self.look_for_microphones()

    def look_for_microphones(self) -> None:
        """Find out what there is now, in a thread of its own."""
        if not self._search.is_running:
            self._search.start(lambda _progress, _cancel: _look_for_microphones())

    @Slot(object)
    def on_microphones_found(self, found: list[Microphone]) -> None:
        """Offer what there is."""
        self._found = found
        self.bar.set_microphones(found, self._settings.settings.microphone)

    @Slot(object)
    def on_microphone_chosen(self, microphone: Microphone | None) -> None:
        """Remember a microphone; a running recording keeps its own."""
        chosen = None if microphone is None else (microphone.name, microphone.api)
        self._settings.change(replace(self._settings.settings, microphone=chosen))
        if self.is_recording:
            self._shown.status.remark(self.tr("The next recording uses it."))
            self.on_status_changed()

    def _start(self) -> None:
        self._last -= 1
        try:
            self._recordings.start(self._last)
        except SongshuError as exc:
            _log.warning("nothing can be recorded: %s", exc)
            self._window.tell(describe_trouble(exc))
            return
        item_id = self._recordings.item_of(self._last)
        assert item_id is not None
        self._shown.follow(self._last)
        self._recordings.begin(self._last)
        self._window.reload_list()
        self._window.show_item(item_id)
        self.bar.begin()
        self.on_status_changed()
        self.on_microphones_wanted()

    @Slot()
    def on_status_changed(self) -> None:
        """Show the most important sentence in the bar."""
        text, is_warning = self._shown.status.sentence
        self.bar.say(text, is_warning=is_warning)

    def _end(self) -> None:
        self._shown.session = None
        self.bar.hide()

    def _connect(self) -> None:
        recordings, bar, window = self._recordings, self.bar, self._window
        recordings.level_changed.connect(self.on_level_changed)
        recordings.noticed.connect(self.on_noticed)
        recordings.recorded.connect(self.on_recorded)
        recordings.failed.connect(self.on_failed)
        recordings.item_changed.connect(self.on_item_changed)
        bar.stop_requested.connect(self.on_stop_wanted)
        bar.pause_requested.connect(self.on_pause_wanted)
        bar.resume_requested.connect(self.on_resume_wanted)
        bar.cancel_requested.connect(self.on_cancel_wanted)
        bar.microphones_wanted.connect(self.on_microphones_wanted)
        bar.microphone_chosen.connect(self.on_microphone_chosen)
        window.idle.record_requested.connect(self.on_record_wanted)
        action = QAction(window)
        action.setShortcut(QKeySequence("Ctrl+R"))
        action.triggered.connect(self.on_record_wanted)
        window.addAction(action)


def _look_for_microphones() -> list[Microphone]:
    """List them, and load what opens one: that takes half a second the first time."""
    with suppress(PortAudioMissingError):
        portaudio.load()
    return list_microphones()


def chosen_microphone(settings: SettingsStore) -> Microphone | None:
    """Give the microphone of the settings; None for the system's own choice.

    Only its name counts: the recorder looks for it in its own thread and takes what it is now.
    """
    chosen = settings.settings.microphone
    if chosen is None:
        return None
    name, api = chosen
    return Microphone(name=name, api=api, channels=1, rate=SAMPLE_RATE)
