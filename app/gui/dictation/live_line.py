"""One line of words being spoken: the end is always in view, the unsettled part lighter."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.gui.widgets.style import colors_of

WIDTH, MESSAGE_WIDTH = 320, 560  # px, at most
_N_CHARACTERS = 200  # more never fits
_FADE = 24  # px in which the left end fades when the text is longer


class LiveLine(QWidget):
    """Shows what is spoken; takes only the width that it needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settled, self._unsettled = "", ""
        self._is_message = self._is_bad = False

    @property
    def text(self) -> str:
        """All words."""
        return self._settled + self._unsettled

    def show_words(self, settled: str, unsettled: str = "") -> None:
        """Show words: what stays, and what may still change."""
        unsettled = unsettled.replace("\n", " ")[-_N_CHARACTERS:]
        room = _N_CHARACTERS - len(unsettled)
        self._settled = settled.replace("\n", " ")[-room:] if room else ""
        self._unsettled = unsettled
        self._is_message = self._is_bad = False
        self._follow()

    def show_message(self, text: str, *, is_bad: bool) -> None:
        """Show a sentence to the person, in the colour of danger if something went wrong."""
        self._settled, self._unsettled = text.replace("\n", " "), ""
        self._is_message, self._is_bad = True, is_bad
        self._follow()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Give the width of the words, up to the limit."""
        width = self.fontMetrics().horizontalAdvance(self.text)
        limit = MESSAGE_WIDTH if self._is_message else WIDTH
        return QSize(min(limit, width + 2) if width else 0, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the beginning of a message, or the end of words."""
        colors = colors_of(self)
        painter = QPainter(self)
        metrics = self.fontMetrics()
        if self._is_message:
            painter.setPen(QColor(colors.danger if self._is_bad else colors.text))
            text = metrics.elidedText(self.text, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
            painter.end()
            return
        widths = [metrics.horizontalAdvance(part) for part in (self._settled, self._unsettled)]
        left = min(0.0, float(self.width() - sum(widths)))
        parts = ((self._settled, colors.text), (self._unsettled, colors.muted))
        for (part, color), width in zip(parts, widths, strict=True):
            painter.setPen(self._pen(color, fades=sum(widths) > self.width()))
            box = QRectF(left, 0, width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, part)
            left += width
        painter.end()

    def _pen(self, color: str, *, fades: bool) -> QPen:
        if not fades:
            return QPen(QColor(color))
        clear = QColor(color)
        clear.setAlpha(0)
        fade = QLinearGradient(0, 0, _FADE, 0)
        fade.setColorAt(0, clear)
        fade.setColorAt(1, QColor(color))
        return QPen(fade, 1)

    def _follow(self) -> None:
        self.setAccessibleName(self.text)
        self.setToolTip(self.text if self._is_message else "")
        self.updateGeometry()
        self.update()
