"""Everything that listens, put together for the desktop: recording in the window, and its rescue.

One object owns the recordings, so that they end in the right order: first the microphone, then the
engine (``Desktop``), last the database.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from app.audio.capture import OpenStream, open_microphone
from app.audio.microphones import Microphone
from app.audio.recorder import Recorder
from app.gui.engine import Engine
from app.gui.main_window import MainWindow
from app.gui.recordings import Recordings
from app.gui.rescue import rescue_recordings
from app.gui.settings import SettingsStore
from app.gui.window_recording import WindowRecording, chosen_microphone
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

    Attributes:
        recordings: what is being made.
        in_window: recording for the window.
    """

    def __init__(
        self,
        library: Library,
        engine: Engine,
        window: MainWindow,
        settings: SettingsStore,
        open_stream: OpenStream | None = None,
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
        window.actions_on_items.act_live = self.in_window.act

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
        self.in_window.close()
        self.recordings.close()

    def _make_recorder(self, microphone: Microphone | None) -> Recorder:
        folder: Path = recordings_folder(self._library.path)
        return Recorder(folder, microphone, self._open_stream)
