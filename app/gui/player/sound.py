"""The player of sound as the window sees it: its events in the GUI thread, and where it is.

    Player (its own threads) --events, queued--> signals
                ^-- position, 30 times a second while it plays

Events of a recording that is no longer the open one are dropped here.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.audio.playback import Ended, Failed, Opened, Paused, Player, PlayerEvent, Started
from app.audio.sink import AudioSink

_TICK_MS = 33  # 30 positions a second: more is not seen
_QUEUED = Qt.ConnectionType.QueuedConnection


class Sound(QObject):
    """Plays one recording at a time.

    Args:
        sink: where the sound goes; the system's default output if not given.

    Attributes:
        player: does it.

    Signals:
        opened(float): the length of the recording in seconds, if the file says it; else 0.
        moved(): it may be elsewhere than before.
        playing_changed(bool): whether it plays.
        failed(object): the SongshuError with which the recording or the sound device failed.
    """

    opened = Signal(float)
    moved = Signal()
    playing_changed = Signal(bool)
    failed = Signal(object)
    _happened = Signal(int, object)

    def __init__(self, sink: AudioSink | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player = Player(self._tell, sink)
        self._number = 0  # of the recording
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self.moved)
        self._happened.connect(self.on_happened, _QUEUED)

    @property
    def is_playing(self) -> bool:
        """Whether it plays."""
        return self.player.is_playing

    @property
    def position_s(self) -> float:
        """Seconds into the recording of what is heard now."""
        return self.player.position_s

    def open(self, path: Path | None) -> None:
        """Open a recording, paused at its start; None closes the last one."""
        self._number = self.player.open(path)
        self._show_playing(False)

    def play(self) -> None:
        """Play from the current position."""
        self.player.play()
        self._show_playing(True)

    def pause(self) -> None:
        """Stop the sound."""
        self.player.pause()
        self._show_playing(False)

    def close(self) -> None:
        """Let go of files, threads and the sound device."""
        self._ticks.stop()
        self.player.close()

    @Slot(int, object)
    def on_happened(self, number: int, event: PlayerEvent) -> None:
        """Take an event of the player."""
        if number != self._number:
            return
        if isinstance(event, Opened):
            self.opened.emit(event.duration_s or 0.0)
        elif isinstance(event, Failed):
            self._show_playing(False)
            self.failed.emit(event.error)
        elif isinstance(event, (Started, Paused, Ended)):
            self._show_playing(self.player.is_playing)
        self.moved.emit()

    def _tell(self, event: PlayerEvent) -> None:
        """Bring an event from the player's thread into the GUI's."""
        self._happened.emit(self.player.source_number, event)

    def _show_playing(self, is_playing: bool) -> None:
        if is_playing == self._ticks.isActive():
            return
        if is_playing:
            self._ticks.start()
        else:
            self._ticks.stop()
        self.playing_changed.emit(is_playing)
