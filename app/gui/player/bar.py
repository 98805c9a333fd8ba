"""The player bar: waveform and controls on top of ``sound``.

    buttons, keys, clicks --wishes--> Sound --where it is, what failed--> the bar

Nothing here waits: opening, seeking and reading peaks happen elsewhere, and the position is a look
at a few numbers. The bar knows no transcript: it gets the lines' times, and tells where it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.audio.sink import AudioSink
from app.audio.waveform_peaks import Peaks
from app.errors import AudioError, SongshuError
from app.gui.player.controls import PlayerControls
from app.gui.player.keys import PlayerKeys
from app.gui.player.options import PlayerOptions
from app.gui.player.peaks_loader import PeaksLoader
from app.gui.player.sound import Sound
from app.gui.player.waveform import STEP_S, Waveform
from app.gui.widgets.error_panel import ErrorPanel
from app.gui.widgets.style import GRID, colors_of


class PlayerBar(QWidget):
    """Plays the recording of the transcript that is shown.

    Args:
        cache_folder: where pictures of waveforms are kept; None keeps none.
        sink: where the sound goes; the system's default output if not given.

    Attributes:
        options: speed, volume and the like.

    Signals:
        position_changed(float): seconds into the recording of what is heard; at most 30 a second.
        playing_changed(bool): whether it plays.
        failed(SongshuError): the recording or the sound device failed; the bar says so too.
        locate_requested(): the recording is not where it was; ask where it is.
    """

    position_changed = Signal(float)
    playing_changed = Signal(bool)
    failed = Signal(object)
    locate_requested = Signal()

    def __init__(
        self,
        cache_folder: Path | None = None,
        sink: AudioSink | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sound = Sound(sink, self)
        self._player = self._sound.player
        self._loader = PeaksLoader(cache_folder, self)
        self._duration_s = 0.0
        self._told_s = -1.0  # the last position that was told
        self._segments: tuple[tuple[float, float], ...] = ()
        self._starts: tuple[float, ...] = ()
        self._error: SongshuError | None = None
        self._path: Path | None = None
        self.waveform = Waveform()
        self.controls = PlayerControls()
        self.options = PlayerOptions(self.controls, self._player)
        self.problem = ErrorPanel()
        self.keys = PlayerKeys(
            self,
            play=self.toggle,
            loop=self.controls.loop.toggle,
            back=self.on_back,
            forward=self.on_forward,
        )
        self._lay_out()
        self._connect()
        self.retranslate()
        self.load(None)

    @property
    def is_playing(self) -> bool:
        """Whether it plays."""
        return self._player.is_playing

    def load(self, path: Path | None, duration_s: float | None = None) -> None:
        """Open a recording, paused at its start; None empties the bar.

        Args:
            path: of the recording; one that is missing is told by ``failed``.
            duration_s: if it is known already.
        """
        self._error = None
        self._path = path
        self._duration_s = duration_s or 0.0
        self.waveform.clear(self._duration_s)
        self.set_segments(())
        self.controls.loop.setChecked(False)
        self._sound.open(path)
        self._loader.load(path)
        self._enable(path is not None)
        self._show_error(None)
        self._show_position()

    def set_segments(self, segments: Sequence[tuple[float, float]]) -> None:
        """Take the lines' times, as (start_s, end_s), in order."""
        self._segments = tuple(segments)
        self._starts = tuple(start_s for start_s, _ in self._segments)
        self.waveform.set_segments(self._segments)

    def play_from(self, position_s: float) -> None:
        """Play from a position; a line that is being repeated gives way to the one there."""
        self._seek(position_s)
        self.play()

    def loop(self, start_s: float, end_s: float) -> None:
        """Play a span again and again until the loop button is switched off."""
        self.controls.loop.setChecked(True)
        self._set_loop((start_s, end_s))
        self.play()

    def current_position(self) -> float:
        """Return the seconds into the recording of what is heard now."""
        return self._player.position_s

    def play(self) -> None:
        """Play from the current position."""
        if self.controls.play.isEnabled():
            self._show_error(None)
            self._sound.play()

    def pause(self) -> None:
        """Stop the sound."""
        self._sound.pause()

    @Slot()
    def toggle(self) -> None:
        """Play or pause."""
        if self._player.is_playing:
            self.pause()
        else:
            self.play()

    def close_player(self) -> None:
        """Let go of files, threads and the sound device; nothing can be played afterwards."""
        self.options.flush()
        self._loader.close()
        self._sound.close()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setAccessibleName(self.tr("Player"))
        self._show_error(self._error)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the line that parts the bar from the page above."""
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(colors_of(self).border))
        painter.end()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Fall silent when the bar goes: nobody could stop the sound."""
        if not event.spontaneous() and self._player.is_playing:
            self.pause()
        super().hideEvent(event)

    # What the parts tell.

    @Slot(float)
    def on_opened(self, duration_s: float) -> None:
        """Take the length that the file says, until the exact one is known."""
        if not self._duration_s and duration_s:
            self._set_duration(duration_s)

    @Slot(object)
    def on_failed(self, error: SongshuError) -> None:
        """Say what failed."""
        self._show_error(error)
        self.failed.emit(error)

    @Slot()
    def on_moved(self) -> None:
        """Show where it is."""
        self._show_position()

    @Slot(bool)
    def on_playing_changed(self, is_playing: bool) -> None:
        """Show whether it plays."""
        self.controls.set_playing(is_playing)
        self.playing_changed.emit(is_playing)

    @Slot(object, bool)
    def on_peaks_loaded(self, peaks: Peaks, is_whole: bool) -> None:
        """Draw what is known; in the end that is the exact length."""
        self.waveform.set_peaks(peaks)
        if peaks.duration_s > self._duration_s or is_whole:
            self._set_duration(peaks.duration_s)

    @Slot(float)
    def on_sought(self, position_s: float) -> None:
        """Go where somebody clicked."""
        self._seek(position_s)

    @Slot(bool)
    def on_loop_toggled(self, is_on: bool) -> None:
        """Repeat the line that is heard, or stop repeating."""
        self._set_loop(self._segment_at(self.current_position()) if is_on else None)
        if is_on and not self._segments:
            self.controls.loop.setChecked(False)

    @Slot()
    def on_back(self) -> None:
        """Go 5 s back."""
        self._seek(self.current_position() - STEP_S)

    @Slot()
    def on_forward(self) -> None:
        """Go 5 s forward."""
        self._seek(min(self.current_position() + STEP_S, self._duration_s))

    @Slot()
    def on_retry(self) -> None:
        """Open the recording again, or try the sound device again."""
        if isinstance(self._error, AudioError):
            segments = self._segments
            self.load(self._path, self._duration_s)
            self.set_segments(segments)
        else:
            self.play()

    def _seek(self, position_s: float) -> None:
        target_s = max(0.0, position_s)
        if self.controls.loop.isChecked():
            self._set_loop(self._segment_at(target_s))
        self._player.seek(target_s)
        self._show_position()

    def _set_loop(self, span: tuple[float, float] | None) -> None:
        self._player.set_loop(span)
        self.waveform.set_loop(span)

    def _segment_at(self, position_s: float) -> tuple[float, float] | None:
        """Return the segment at a position, the one before a pause, or the first."""
        if not self._segments:
            return None
        return self._segments[max(0, bisect_right(self._starts, position_s + 1e-6) - 1)]

    def _set_duration(self, duration_s: float) -> None:
        self._duration_s = duration_s
        self.waveform.set_duration(duration_s)
        self._show_position()

    def _show_position(self) -> None:
        position_s = self._player.position_s
        self.waveform.set_position(position_s)
        self.controls.show_time(position_s, self._duration_s)
        if position_s != self._told_s:
            self._told_s = position_s
            self.position_changed.emit(position_s)

    def _show_error(self, error: SongshuError | None) -> None:
        self._error = error
        if error is None:
            self.problem.hide()
            return
        kept = self.tr("The transcript is not touched.")
        self.problem.show_error(type(error).__name__, str(error), kept)

    def _enable(self, is_on: bool) -> None:
        self.waveform.setEnabled(is_on)
        self.controls.setEnabled(is_on)
        self.keys.set_enabled(is_on)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.problem)
        layout.addWidget(self.waveform)
        layout.addWidget(self.controls)

    def _connect(self) -> None:
        self._sound.opened.connect(self.on_opened)
        self._sound.moved.connect(self.on_moved)
        self._sound.playing_changed.connect(self.on_playing_changed)
        self._sound.failed.connect(self.on_failed)
        self._loader.loaded.connect(self.on_peaks_loaded)
        self.waveform.sought.connect(self.on_sought)
        controls = self.controls
        controls.play.clicked.connect(self.toggle)
        controls.loop.toggled.connect(self.on_loop_toggled)
        self.problem.retry_requested.connect(self.on_retry)
        self.problem.locate_requested.connect(self.locate_requested)
