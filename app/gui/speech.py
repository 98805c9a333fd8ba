"""Everything that listens, put together: recording in the window, dictation, rescue after a crash.

One object owns the recordings, so that they end in the right order: first the microphone, then the
engine (``Desktop``), last the database.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app.audio.capture import OpenStream, open_microphone
from app.audio.microphones import Microphone
from app.audio.recorder import Recorder
from app.gui.dictation.link import DictationLink
from app.gui.dictation.service import Doors
from app.gui.recording.recordings import Recordings
from app.gui.recording.rescue import rescue_recordings
from app.gui.settings.store import SettingsStore
from app.gui.threads.engine import Engine
from app.gui.window.main_window import MainWindow
from app.gui.window.recording import WindowRecording, chosen_microphone
from app.store.folders import RECORDINGS, recordings_folder
from app.store.library import Library
from app.store.types import JobOptions


class Speech(QObject):
    """The microphone of the desktop app.

    Args:
        library: where recordings go; their files lie beside it.
        engine: recognises them.
        window: records, shows.
        settings: which microphone.
        open_stream: opens a microphone; another one serves tests.
        doors: to the keyboard and the windows of other programs; others serve tests.

    Attributes:
        recordings: what is being made.
        in_window: recording for the window.
        dictation: into other programs.
    """

    def __init__(
        self,
        library: Library,
        engine: Engine,
        window: MainWindow,
        settings: SettingsStore,
        open_stream: OpenStream | None = None,
        doors: Doors | None = None,
    ) -> None:
        super().__init__(window)
        self._library = library
        self._options: Callable[[], JobOptions] = window.job_options
        self._window = window
        self._open_stream = open_stream or open_microphone
        self.recordings = Recordings(
            library,
            engine,
            self._make_recorder,
            microphone=lambda: chosen_microphone(settings),
            options=window.job_options,
            parent=self,
        )
        self.in_window = WindowRecording(self.recordings, window, settings)
        self.dictation = DictationLink(self.recordings, settings, doors, self)
        window.actions_on_items.act_live = self.in_window.act
        window.is_recording = lambda: self.recordings.recording is not None
        self.recordings.started.connect(self.on_started)

    @Slot(int, int)
    def on_started(self, session: int, _item_id: int) -> None:
        """Show a dictation in the list; it is not opened: somebody works in another program."""
        if session > 0:
            self._window.reload_list()

    def start(self) -> None:
        """Take the shortcuts and show the icon; call it once the window is there."""
        self.dictation.service.start()

    def warm_up(self) -> None:
        """Look for microphones once, in a thread: the first key press then opens one at once."""
        self.in_window.look_for_microphones()

    def rescue(self) -> None:
        """Bring back what a crash cut off; call it before the queue is started."""
        folder = self._library.path.parent / RECORDINGS
        rescued = rescue_recordings(self._library, folder, self._options())
        if not rescued:
            return
        first = rescued[0]
        told = self.tr("A recording that was cut off is saved: {title}.").format(title=first.title)
        if len(rescued) > 1:
            told = self.tr("{n} recordings that were cut off are saved.").format(n=len(rescued))
        self._window.tell(told)

    def close(self) -> None:
        """Seal what is being recorded; it is recognised to its end at the next start."""
        self.dictation.close()
        self.in_window.close()
        self.recordings.close()

    def _make_recorder(self, microphone: Microphone | None) -> Recorder:
        folder: Path = recordings_folder(self._library.path)
        return Recorder(folder, microphone, self._open_stream)
