"""Tells when a window is there: everything that can wait for that moment waits for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget


class FirstPaint(QObject):
    """Watches a window until it has been drawn once.

    Args:
        window: not shown yet, or not drawn.

    Signals:
        painted(): it is drawn, and events are handled again.
    """

    painted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """See the paint event go by."""
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self.on_painted)
        return False

    @Slot()
    def on_painted(self) -> None:
        """Pass it on."""
        self.painted.emit()
