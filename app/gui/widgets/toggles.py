"""Switches and round choices in our colours: Fusion's own are hard to see on a dark ground."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton

from app.gui.widgets.style import GRID, Colors, colors_of

_SWITCH = QSize(36, 20)
_DOT = QSize(18, 18)


class Switch(QCheckBox):
    """A check box that looks like a switch; for everything else it is a check box."""

    def sizeHint(self) -> QSize:  # noqa: N802
        """Give the room for switch and text."""
        return _hint(self, _SWITCH)

    def hitButton(self, pos: object) -> bool:  # noqa: N802
        """Take clicks on the text too."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint switch, text and focus."""
        painter, colors, box = _begin(self, _SWITCH)
        on = self.isChecked()
        ground = colors.accent if on and self.isEnabled() else colors.muted if on else colors.hover
        painter.setPen(QPen(QColor(ground if on else colors.muted), 1.5))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        radius = box.height() / 2 - 4
        x = box.right() - radius - 4 if on else box.left() + radius + 4
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.on_accent if on else colors.muted))
        painter.drawEllipse(QPointF(x, box.center().y()), radius, radius)
        _end(self, painter, colors, box)


class Radio(QRadioButton):
    """A round choice."""

    def sizeHint(self) -> QSize:  # noqa: N802
        """Give the room for circle and text."""
        return _hint(self, _DOT)

    def hitButton(self, pos: object) -> bool:  # noqa: N802
        """Take clicks on the text too."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint circle, text and focus."""
        painter, colors, box = _begin(self, _DOT)
        on = self.isChecked()
        painter.setPen(QPen(QColor(colors.accent if on else colors.muted), 2))
        painter.setBrush(QColor(colors.surface))
        painter.drawEllipse(box)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent))
            painter.drawEllipse(box.center(), box.width() / 4, box.width() / 4)
        _end(self, painter, colors, box)


def _hint(button: QAbstractButton, sign: QSize) -> QSize:
    metrics = button.fontMetrics()
    text = metrics.horizontalAdvance(button.text().replace("&", ""))
    width = sign.width() + (GRID + text + 4 if text else 0) + 8
    return QSize(width, max(sign.height(), metrics.height()) + 8)


def _begin(button: QAbstractButton, sign: QSize) -> tuple[QPainter, Colors, QRectF]:
    painter = QPainter(button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    top = (button.height() - sign.height()) / 2
    box = QRectF(4, top, sign.width(), sign.height()).adjusted(1, 1, -1, -1)
    return painter, colors_of(button), box


def _end(button: QAbstractButton, painter: QPainter, colors: Colors, box: QRectF) -> None:
    painter.setPen(QColor(colors.text if button.isEnabled() else colors.muted))
    text = QRectF(button.rect())
    text.setLeft(box.right() + GRID)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
    painter.drawText(text, int(flags), button.text())
    if button.hasFocus():
        painter.setPen(QPen(QColor(colors.accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outside = QRectF(button.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(outside, 8, 8)
    painter.end()
