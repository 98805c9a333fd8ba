"""The line at the bottom: what the engine does, with which model, how fast, and how much waits."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from app.gui.threads.events import EnginePhase, EngineState, JobProgress
from app.gui.widgets.elided_label import ElidedLabel
from app.gui.widgets.style import colors_of
from app.gui.wording import words


class _Dot(QWidget):
    """A coloured dot: grey at rest, accent while loading, green when ready, red when failed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.phase = EnginePhase.IDLE
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the dot."""
        colors = colors_of(self)
        color = {
            EnginePhase.IDLE: colors.muted,
            EnginePhase.LOADING: colors.accent,
            EnginePhase.READY: colors.success,
            EnginePhase.FAILED: colors.danger,
        }[self.phase]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(color))
        painter.setPen(QColor(color))
        painter.drawEllipse(8, 5, 7, 7)
        painter.end()


class StatusLine(QStatusBar):
    """Shows the engine's state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._state = EngineState(phase=EnginePhase.IDLE)
        self._working = False
        self._speed: float | None = None
        self._n_waiting = 0
        self._tested = self._refused = ""
        self._dot = _Dot()
        self.engine, self.queue = ElidedLabel(Qt.TextElideMode.ElideRight), QLabel()
        self.addWidget(self._dot)
        self.addWidget(self.engine, 1)
        self.addPermanentWidget(self.queue)
        self.retranslate()

    @property
    def text(self) -> str:
        """All that it says."""
        return f"{self.engine.text()} {self.queue.text()}".strip()

    @Slot(object)
    def set_engine(self, state: EngineState) -> None:
        """Show what is loaded."""
        self._state = state
        self._tested = ""
        if state.phase is EnginePhase.LOADING:  # what is told of devices then comes after it
            self._refused = ""
            self.engine.setToolTip("")
        self.retranslate()

    @Slot(str)
    def set_testing(self, device: str) -> None:
        """Show that a device is tested; the next state of the engine ends it."""
        self._tested = device
        self.retranslate()

    def set_refused(self, device: str, why: str) -> None:
        """Show which device is not used although it was chosen."""
        self._refused = device
        self.engine.setToolTip(why)
        self.retranslate()

    def set_pack(self, name: str) -> None:
        """Show which model will be loaded, before it is."""
        if self._state.phase is EnginePhase.IDLE:
            self._state = EngineState(phase=EnginePhase.IDLE, pack=name)
            self.retranslate()

    @Slot(object)
    def set_progress(self, progress: JobProgress) -> None:
        """Take the measured speed."""
        if progress.speed is not None and progress.speed != self._speed:
            self._speed = progress.speed
            self.retranslate()

    def set_queue(self, n_waiting: int, *, working: bool) -> None:
        """Show how many items wait, and whether one is worked on."""
        self._n_waiting, self._working = n_waiting, working
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        state = self._state
        phases = {
            EnginePhase.IDLE: self.tr("Ready"),
            EnginePhase.LOADING: self.tr("Loading the model…"),
            EnginePhase.READY: self.tr("Recognising") if self._working else self.tr("Ready"),
            EnginePhase.FAILED: self.tr("The model cannot be used"),
        }
        testing = self.tr("Testing {name}…").format(name=self._tested) if self._tested else ""
        refused = self.tr("without {name}").format(name=self._refused) if self._refused else ""
        speed = words.speed(self._speed) if self._speed else ""
        parts = (
            testing or phases[state.phase],
            Path(state.pack).name,  # while it is loaded, only its place is known
            words.device(state.device),
            refused,
            speed,
            self.tr("offline"),
        )
        self.engine.setText(" · ".join(part for part in parts if part))
        n = self._n_waiting
        queue = self.tr("1 in the queue") if n == 1 else self.tr("{n} in the queue").format(n=n)
        self.queue.setText(queue if n else "")
        self._dot.phase = state.phase
        self._dot.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
