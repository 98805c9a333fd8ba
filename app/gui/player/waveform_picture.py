"""The picture of a recording: its bars and, below them, its segments. Painted once, then copied.

    Scene (what is shown, on how many pixels) -> QPixmap in one colour

Peaks are scaled to the loudest, so that a quiet recording is seen as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from app.audio.waveform_peaks import Peaks
from app.gui.player.time_view import TimeView
from app.numeric import np

MARGIN = 4  # px at the sides, so that the focus frame and the playhead have room
_BAR, _GAP = 2.0, 1.0  # px
_STRIP = 3  # px: the segments, under the bars
_QUIETEST = 0.02  # peaks below are not blown up: nobody wants to see a picture of hiss
_CURVE = 0.7  # of the bars' heights: quiet speech stays visible beside loud
_DISABLED = 0.4  # opacity


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is to be painted.

    Attributes:
        view: the stretch that is shown.
        peaks: None while they are not known.
        segments: (start_s, end_s), in order.
        size: of the widget, in its own pixels; scale: the screen's pixels for each of them.
        is_enabled: otherwise it is pale.
    """

    view: TimeView
    peaks: Peaks | None
    segments: tuple[tuple[float, float], ...]
    size: QSize
    scale: float
    is_enabled: bool

    @property
    def inner_width(self) -> float:
        """Pixels between the margins."""
        return max(1.0, self.size.width() - 2 * MARGIN)

    def x(self, time_s: float) -> float:
        """Give the pixel of a time."""
        return MARGIN + self.view.x_of(time_s)


def paint_picture(scene: Scene, color: str, *, strip_opacity: float) -> QPixmap:
    """Paint a scene.

    Args:
        scene: what is shown.
        color: of everything.
        strip_opacity: of the segments against the bars.
    """
    picture = QPixmap(scene.size * scene.scale)
    picture.setDevicePixelRatio(scene.scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    if not scene.is_enabled:
        painter.setOpacity(_DISABLED)
    _paint_bars(painter, scene)
    painter.setOpacity(painter.opacity() * strip_opacity)
    _paint_segments(painter, scene)
    painter.end()
    return picture


def _paint_bars(painter: QPainter, scene: Scene) -> None:
    step = _BAR + _GAP
    n_bars = max(1, int(scene.inner_width / step))
    bottom = scene.size.height() - 2 * _STRIP - 6
    middle, room = bottom / 2 + 2, bottom / 2 - 4
    heights = _heights(scene, n_bars) * room
    for index, height in enumerate(heights.tolist()):
        half = max(height, 0.75)
        bar = QRectF(MARGIN + index * step, middle - half, _BAR, 2 * half)
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)


def _heights(scene: Scene, n_bars: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return the bars' heights in [0, 1], float32 [n_bars]."""
    if scene.peaks is None:
        return np.zeros(n_bars, np.float32)
    shown_s = n_bars * (_BAR + _GAP) / scene.inner_width * scene.view.span_s
    start_s = scene.view.start_s
    columns = scene.peaks.columns(start_s, start_s + shown_s, n_bars)
    loudest = max(scene.peaks.loudest, _QUIETEST)
    return np.asarray((np.abs(columns).max(axis=1) / loudest) ** _CURVE, np.float32)


def _paint_segments(painter: QPainter, scene: Scene) -> None:
    top = scene.size.height() - _STRIP - 3.0
    right = scene.x(scene.view.end_s)
    last = -1.0
    for start_s, end_s in scene.segments:
        left = max(scene.x(start_s), float(MARGIN))
        end = min(scene.x(end_s) - 1.0, right)
        if end <= left or (end - last < 1.0):  # thousands of lines on a few pixels
            continue
        last = end
        strip = QRectF(left, top, max(end - left, 1.0), _STRIP)
        painter.drawRoundedRect(strip, _STRIP / 2, _STRIP / 2)
