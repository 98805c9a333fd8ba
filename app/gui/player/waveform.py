"""The waveform: a picture of the recording that is also its seek bar.

In: clicks, keys, the wheel. Out: where somebody wants to go. A click or a drag seeks, Ctrl and the
wheel zoom, the wheel alone scrolls, arrows go 5 s, page keys 30 s, Home and End to the ends, + and
− zoom. What it looks like stands in ``waveform_view``.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.gui.player.waveform_picture import MARGIN
from app.gui.player.waveform_view import WaveformView

STEP_S = 5.0
PAGE_S = 30.0
ZOOM = 0.8  # of the span, for each notch of the wheel


class Waveform(WaveformView):
    """Shows a recording, and lets people go anywhere in it.

    Signals:
        sought(float): somebody wants to go to a position in seconds; many while dragging.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSingleStep(round(1000 * STEP_S))
        self.setPageStep(round(1000 * PAGE_S))

    def set_position(self, position_s: float) -> None:
        """Move the playhead, unless somebody holds it."""
        if not self._is_dragging:
            super().set_position(position_s)

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Show ``factor`` times as much around a pixel, or around the playhead."""
        at = self._view.x_of(self._position_s) if x is None else x
        self._show(self._view.zoomed(factor, min(max(at, 0.0), self._view.width)))

    def _seek(self, position_s: float) -> None:
        target_s = min(max(0.0, position_s), self._view.duration_s)
        self._move_to(target_s)
        self.sought.emit(target_s)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to seek."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_dragging = True
            self._seek(self._view.time_at(event.position().x() - MARGIN))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show the time under the mouse; seek while the button is down."""
        self._hover.move(event.position().x())
        if self._is_dragging:
            self._seek(self._view.time_at(event.position().x() - MARGIN))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End seeking."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_dragging = False

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Hide the time under the mouse."""
        self._hover.move(None)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom with Ctrl; scroll without, if there is anything to scroll."""
        notches = event.angleDelta().y() / 120
        sideways = event.angleDelta().x() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(ZOOM**notches, event.position().x() - MARGIN)
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
