"""The time under the mouse: a dotted line with a small label beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.gui.widgets.style import GRID, colors_of, digits, smaller

_ASIDE = 6  # px between line and label
_TOP = 3  # px


class HoverTime:
    """Shows what a pixel of a widget stands for.

    Args:
        over: the widget that it is painted in.
        text_at: gives the words for a pixel.
    """

    def __init__(self, over: QWidget, text_at: Callable[[float], str]) -> None:
        self._over = over
        self._text_at = text_at
        self._x: float | None = None

    def move(self, x: float | None) -> None:
        """Show another pixel; None shows nothing. Only what changes is painted anew."""
        for at in (self._x, x):
            if at is not None:
                label = self._label(at).adjusted(-1, 0, 1, 1)
                line = QRectF(at - 1, 0, 2, self._over.height())
                self._over.update(label.united(line).toAlignedRect())
        self._x = x

    def paint(self, painter: QPainter) -> None:
        """Paint line and label."""
        if self._x is None:
            return
        colors, bottom = colors_of(self._over), self._over.height() - 2
        painter.setPen(QPen(QColor(colors.muted), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(self._x, 2), QPointF(self._x, bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.toast))
        label = self._label(self._x)
        painter.drawRoundedRect(label, 4, 4)
        painter.setFont(digits(smaller(self._over.font())))
        painter.setPen(QColor(colors.on_toast))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, self._text_at(self._x))

    def _label(self, x: float) -> QRectF:
        metrics = self._over.fontMetrics()
        width = metrics.horizontalAdvance(self._text_at(x)) + GRID
        fits = x + _ASIDE + width < self._over.width()
        left = x + _ASIDE if fits else x - _ASIDE - width
        return QRectF(left, _TOP, width, metrics.height())
