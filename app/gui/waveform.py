"""The waveform: a picture of the recording that is also its seek bar.

In: peaks, segments, a position. Out: where somebody wants to go. It is a slider by nature, so that
screen readers know it as one; a click or a drag seeks, Ctrl and the wheel zoom, the wheel alone
scrolls, arrows go 5 s, page keys 30 s, Home and End to the ends, + and − zoom.

The bars are painted once into two pictures, heard and not heard; a moving playhead only copies a
few columns of them. Peaks are scaled to the loudest, so that a quiet recording is seen as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from app.audio.waveform_peaks import Peaks
from app.gui.style import GRID, colors_of, digits, smaller
from app.gui.time_view import TimeView
from app.gui.words import clock

_BAR, _GAP = 2.0, 1.0  # px
_STRIP = 3  # px: the segments, under the bars
_HEAD = 2.0  # px: the playhead
_LEAST_MOVE = 0.25  # px: less is not seen
_MARGIN = 4  # px at the sides, so that the focus frame and the playhead have room
STEP_S = 5.0
PAGE_S = 30.0
ZOOM = 0.8  # of the span, for each notch of the wheel
_QUIETEST = 0.02  # peaks below are not blown up: nobody wants to see a picture of hiss
_CURVE = 0.7  # of the bars' heights: quiet speech stays visible beside loud


class Waveform(QAbstractSlider):
    """Shows a recording and where it is being played.

    Signals:
        sought(float): somebody wants to go to a position in seconds; many while dragging.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = TimeView.whole(0.0, 1.0)
        self._peaks: Peaks | None = None
        self._segments: tuple[tuple[float, float], ...] = ()
        self._loop: tuple[float, float] | None = None
        self._position_s = 0.0
        self._painted_x = 0.0  # of the playhead
        self._hover_x: float | None = None
        self._is_dragging = False
        self._pictures: tuple[QPixmap, QPixmap] | None = None  # heard, not heard
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSingleStep(round(1000 * STEP_S))
        self.setPageStep(round(1000 * PAGE_S))
        self.retranslate()

    @property
    def view(self) -> TimeView:
        """The stretch that is shown."""
        return self._view

    @property
    def position_s(self) -> float:
        """Where the playhead is."""
        return self._position_s

    def clear(self, duration_s: float) -> None:
        """Forget a recording and show the length of another."""
        self._peaks, self._segments, self._loop = None, (), None
        self._view = TimeView.whole(max(0.0, duration_s), self._inner_width())
        self.setMaximum(round(1000 * self._view.duration_s))
        self._position_s = 0.0
        self._tell_value()
        self._repaint_all()

    def set_duration(self, duration_s: float) -> None:
        """Take a length that is known better than before."""
        self._view = self._view.extended(duration_s)
        self.setMaximum(round(1000 * duration_s))
        self._repaint_all()

    def set_peaks(self, peaks: Peaks) -> None:
        """Show peaks, perhaps not yet to the end."""
        self._peaks = peaks
        self._repaint_all()

    def set_segments(self, segments: Sequence[tuple[float, float]]) -> None:
        """Mark segments, as (start_s, end_s)."""
        self._segments = tuple(segments)
        self._repaint_all()

    def set_loop(self, span: tuple[float, float] | None) -> None:
        """Mark the span that is repeated."""
        self._loop = span
        self._repaint_all()

    def set_position(self, position_s: float) -> None:
        """Move the playhead; only what changes is painted."""
        if self._is_dragging:
            return
        self._move_to(position_s)

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Show ``factor`` times as much around a pixel, or around the playhead."""
        at = self._view.x_of(self._position_s) if x is None else x
        self._show(self._view.zoomed(factor, min(max(at, 0.0), self._view.width)))

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setAccessibleName(self.tr("Position in the recording"))
        self._describe()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Give a comfortable size."""
        return QSize(400, 64)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Give the least that is of use."""
        return QSize(120, 48)

    def _inner_width(self) -> float:
        return max(1.0, self.width() - 2 * _MARGIN)

    def _move_to(self, position_s: float) -> None:
        was_shown = self._view.start_s <= self._position_s <= self._view.end_s
        self._position_s = position_s
        self._tell_value()
        if was_shown and self._view.is_zoomed:
            self._show(self._view.showing(position_s))
        x = self._x(position_s)
        width = float(self.width())  # a time outside the view may be pixels beyond any int
        left, right = (min(max(at, 0.0), width) for at in sorted((self._painted_x, x)))
        if right - left >= _LEAST_MOVE:
            edge = int(_HEAD) + 3
            self.update(int(left) - edge, 0, int(right - left) + 2 * edge + 1, self.height())

    def _x(self, time_s: float) -> float:
        return _MARGIN + self._view.x_of(time_s)

    def _tell_value(self) -> None:
        """Keep the slider's own value in step, once a second: screen readers read it."""
        if round(1000 * self._position_s) // 1000 != self.value() // 1000 or not self._position_s:
            self.setValue(round(1000 * self._position_s))
            self._describe()

    def _describe(self) -> None:
        at, whole = clock(self._position_s), clock(self._view.duration_s)
        self.setAccessibleDescription(self.tr("{at} of {whole}").format(at=at, whole=whole))

    def _show(self, view: TimeView) -> None:
        if view != self._view:
            self._view = view
            self._repaint_all()

    def _repaint_all(self) -> None:
        self._pictures = None
        self.update()

    def _seek(self, position_s: float) -> None:
        target_s = min(max(0.0, position_s), self._view.duration_s)
        self._move_to(target_s)
        self.sought.emit(target_s)

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint what changed."""
        if self._pictures is None:
            self._pictures = (self._picture(is_heard=True), self._picture(is_heard=False))
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_loop(painter)
        head = self._painted_x = self._x(self._position_s)
        for picture, left, right in (
            (self._pictures[0], 0.0, head),
            (self._pictures[1], head, float(self.width())),
        ):
            painter.save()
            painter.setClipRect(
                QRectF(left, 0, max(0.0, right - left), self.height()),
                Qt.ClipOperation.IntersectClip,
            )
            painter.drawPixmap(QPointF(0, 0), picture)
            painter.restore()
        self._paint_head(painter, head)
        self._paint_hover(painter)
        self._paint_focus(painter)
        painter.end()

    def _picture(self, *, is_heard: bool) -> QPixmap:
        scale = self.devicePixelRatioF()
        picture = QPixmap(self.size() * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        colors = colors_of(self)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent if is_heard else colors.muted))
        if not self.isEnabled():
            painter.setOpacity(0.4)
        self._paint_bars(painter)
        painter.setOpacity(painter.opacity() * (1.0 if is_heard else 0.55))
        self._paint_segments(painter)
        painter.end()
        return picture

    def _paint_bars(self, painter: QPainter) -> None:
        step = _BAR + _GAP
        n_bars = max(1, int(self._inner_width() / step))
        bottom = self.height() - 2 * _STRIP - 6
        middle, room = bottom / 2 + 2, bottom / 2 - 4
        heights = self._heights(n_bars) * room
        for index, height in enumerate(heights.tolist()):
            half = max(height, 0.75)
            bar = QRectF(_MARGIN + index * step, middle - half, _BAR, 2 * half)
            painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)

    def _heights(self, n_bars: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """Return the bars' heights in [0, 1], float32 [n_bars]."""
        if self._peaks is None:
            return np.zeros(n_bars, np.float32)
        shown_s = n_bars * (_BAR + _GAP) / self._inner_width() * self._view.span_s
        start_s = self._view.start_s
        columns = self._peaks.columns(start_s, start_s + shown_s, n_bars)
        loudest = max(self._peaks.loudest, _QUIETEST)
        return np.asarray((np.abs(columns).max(axis=1) / loudest) ** _CURVE, np.float32)

    def _paint_segments(self, painter: QPainter) -> None:
        top = self.height() - _STRIP - 3.0
        right = self._x(self._view.end_s)
        last = -1.0
        for start_s, end_s in self._segments:
            left = max(self._x(start_s), float(_MARGIN))
            end = min(self._x(end_s) - 1.0, right)
            if end <= left or (end - last < 1.0):  # thousands of lines on a few pixels
                continue
            last = end
            strip = QRectF(left, top, max(end - left, 1.0), _STRIP)
            painter.drawRoundedRect(strip, _STRIP / 2, _STRIP / 2)

    def _paint_loop(self, painter: QPainter) -> None:
        if self._loop is None:
            return
        left, right = self._x(self._loop[0]), self._x(self._loop[1])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors_of(self).selected))
        painter.drawRoundedRect(QRectF(left, 1, right - left, self.height() - 2), 4, 4)

    def _paint_head(self, painter: QPainter, x: float) -> None:
        if self._view.duration_s <= 0 or not self.isEnabled():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors_of(self).text))
        head = QRectF(x - _HEAD / 2, 2, _HEAD, self.height() - 4)
        painter.drawRoundedRect(head, _HEAD / 2, _HEAD / 2)

    def _paint_hover(self, painter: QPainter) -> None:
        """Paint the time under the mouse."""
        if self._hover_x is None or self._view.duration_s <= 0:
            return
        colors = colors_of(self)
        painter.setPen(QPen(QColor(colors.muted), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(self._hover_x, 2), QPointF(self._hover_x, self.height() - 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.toast))
        label = self._hover_label(self._hover_x)
        painter.drawRoundedRect(label, 4, 4)
        painter.setFont(digits(smaller(self.font())))
        painter.setPen(QColor(colors.on_toast))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, self._hover_text(self._hover_x))

    def _hover_text(self, x: float) -> str:
        return clock(self._view.time_at(x - _MARGIN))

    def _hover_label(self, x: float) -> QRectF:
        width = self.fontMetrics().horizontalAdvance(self._hover_text(x)) + GRID
        height = self.fontMetrics().height()
        left = x + 6 if x + 6 + width < self.width() else x - 6 - width
        return QRectF(left, 3, width, height)

    def _paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            painter.setPen(QPen(QColor(colors_of(self).accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    # Events.

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show the same stretch on other pixels."""
        self._view = self._view.resized(self._inner_width())
        self._repaint_all()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow palette, language and state."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() in (
            QEvent.Type.PaletteChange,
            QEvent.Type.ApplicationPaletteChange,
            QEvent.Type.EnabledChange,
            QEvent.Type.FontChange,
        ):
            self._repaint_all()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Follow the screen's scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._repaint_all()
        return bool(super().event(event))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to seek."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_dragging = True
            self._seek(self._view.time_at(event.position().x() - _MARGIN))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show the time under the mouse; seek while the button is down."""
        self._hover(event.position().x())
        if self._is_dragging:
            self._seek(self._view.time_at(event.position().x() - _MARGIN))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End seeking."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_dragging = False

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Hide the time under the mouse."""
        self._hover(None)
        super().leaveEvent(event)

    def _hover(self, x: float | None) -> None:
        for at in (self._hover_x, x):
            if at is not None:
                label = self._hover_label(at).adjusted(-1, 0, 1, 1)
                line = QRectF(at - 1, 0, 2, self.height())
                self.update(label.united(line).toAlignedRect())
        self._hover_x = x

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom with Ctrl; scroll without, if there is anything to scroll."""
        notches = event.angleDelta().y() / 120
        sideways = event.angleDelta().x() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(ZOOM**notches, event.position().x() - _MARGIN)
        elif self._view.is_zoomed:
            self._show(self._view.scrolled(-0.1 * (notches + sideways) * self._view.span_s))
        else:
            event.ignore()  # the page behind may scroll
            return
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Seek and zoom by keys."""
        keys = Qt.Key
        steps = {
            keys.Key_Left: -STEP_S,
            keys.Key_Right: STEP_S,
            keys.Key_PageUp: PAGE_S,
            keys.Key_PageDown: -PAGE_S,
            keys.Key_Home: -self._view.duration_s,
            keys.Key_End: self._view.duration_s,
        }
        has_modifier = event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        key = Qt.Key(event.key())
        if has_modifier:
            event.ignore()
        elif key in steps:
            self._seek(self._position_s + steps[key])
        elif key in (keys.Key_Plus, keys.Key_Equal):
            self.zoom(ZOOM**2)
        elif key == keys.Key_Minus:
            self.zoom(ZOOM**-2)
        else:
            event.ignore()
