"""What the waveform looks like: bars, segments, playhead, the span that is repeated.

In: peaks, segments, a position. It is a slider by nature, so that screen readers know it as one;
what people do with it stands in ``waveform``.

The bars are painted once into two pictures, heard and not heard (see waveform_picture); a moving
playhead only copies a few columns of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from app.audio.waveform_peaks import Peaks
from app.gui.player.hover_time import HoverTime
from app.gui.player.time_view import TimeView
from app.gui.player.waveform_picture import MARGIN, Scene, paint_picture
from app.gui.widgets.style import colors_of
from app.gui.wording.words import clock

_HEAD = 2.0  # px: the playhead
_LEAST_MOVE = 0.25  # px: less is not seen
_NOT_HEARD = 0.55  # opacity of the segments that are still to come


class WaveformView(QAbstractSlider):
    """Shows a recording and where it is being played."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = TimeView.whole(0.0, 1.0)
        self._peaks: Peaks | None = None
        self._segments: tuple[tuple[float, float], ...] = ()
        self._loop: tuple[float, float] | None = None
        self._position_s = 0.0
        self._painted_x = 0.0  # of the playhead
        self._hover = HoverTime(self, lambda x: clock(self._view.time_at(x - MARGIN)))
        self._pictures: tuple[QPixmap, QPixmap] | None = None  # heard, not heard
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
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
        self._move_to(position_s)

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
        return max(1.0, self.width() - 2 * MARGIN)

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
        return MARGIN + self._view.x_of(time_s)

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
        if self._view.duration_s > 0:
            self._hover.paint(painter)
        self._paint_focus(painter)
        painter.end()

    def _picture(self, *, is_heard: bool) -> QPixmap:
        colors = colors_of(self)
        scene = Scene(
            view=self._view,
            peaks=self._peaks,
            segments=self._segments,
            size=self.size(),
            scale=self.devicePixelRatioF(),
            is_enabled=self.isEnabled(),
        )
        color = colors.accent if is_heard else colors.muted
        return paint_picture(scene, color, strip_opacity=1.0 if is_heard else _NOT_HEARD)

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

    def _paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            painter.setPen(QPen(QColor(colors_of(self).accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

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
