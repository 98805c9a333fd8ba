"""The level of the microphone as twelve bars that move to the left."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.gui.widgets.style import colors_of

N_BARS = 12
_BAR, _GAP = 3, 2  # px
QUIET_DBFS, LOUD_DBFS = -60.0, -10.0  # what an empty and a full bar stand for


class LevelBars(QWidget):
    """Shows the last twelve levels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: deque[float] = deque([0.0] * N_BARS, maxlen=N_BARS)
        self.setFixedSize(self.sizeHint())

    @property
    def shares(self) -> list[float]:
        """Heights in [0, 1], oldest first."""
        return list(self._shares)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Give the room for all bars."""
        return QSize(N_BARS * (_BAR + _GAP) - _GAP, 20)

    def add(self, level_dbfs: float) -> None:
        """Add a level.

        Args:
            level_dbfs: RMS against full scale, at most 0.
        """
        share = (level_dbfs - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)
        self._shares.append(min(1.0, max(0.0, share)))
        self.update()

    def clear(self) -> None:
        """Show silence."""
        self._shares.extend([0.0] * N_BARS)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the bars; a dot where it is silent."""
        colors = colors_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, share in enumerate(self._shares):
            height = max(_BAR, share * self.height())
            painter.setBrush(QColor(colors.accent if share > 0 else colors.muted))
            top = (self.height() - height) / 2
            painter.drawRoundedRect(QRectF(number * (_BAR + _GAP), top, _BAR, height), 1.5, 1.5)
        painter.end()
