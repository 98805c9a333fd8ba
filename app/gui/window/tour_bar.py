"""What the tour shows: one sentence above the page, and a ring around what it speaks of.

It is part of the layout and covers nothing; the ring lets every click through.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.gui.widgets.card import Card, muted_label
from app.gui.widgets.style import GRID, colors_of

_OUTSIDE = 4  # px between the ring and what it surrounds


class TourBar(QWidget):
    """A sentence, how far the tour is, and two buttons.

    Signals:
        next_requested(): go on. skip_requested(): end it.
    """

    next_requested = Signal()
    skip_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self.count = QLabel(), muted_label(wrap=False)
        self.text.setWordWrap(True)
        self.go_on, self.skip = QPushButton(), QPushButton()
        self.go_on.setObjectName("primary")
        self.skip.setObjectName("link")
        for button in (self.go_on, self.skip):
            button.setAutoDefault(True)  # Enter presses it too, as in a dialog
        self.go_on.clicked.connect(self.next_requested)
        self.skip.clicked.connect(self.skip_requested)
        card = Card()
        card.set_lit(True)
        row = QHBoxLayout(card)
        row.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self.text, 1)
        for widget in (self.count, self.skip, self.go_on):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 12, 2 * GRID, 0)
        layout.addWidget(card)
        self.hide()

    def say(self, text: str, count: str, go_on: str, skip: str) -> None:
        """Show a step.

        Args:
            text: the sentence.
            count: how far the tour is, "2 of 4".
            go_on, skip: words of the buttons; skip "" hides it.
        """
        self.text.setText(text)
        self.count.setText(count)
        self.go_on.setText(go_on)
        self.skip.setText(skip)
        self.skip.setVisible(bool(skip))
        self.setAccessibleName(text)
        self.setAccessibleDescription(count)


class Ring(QWidget):
    """A frame in the accent colour around a widget, wherever that moves.

    Args:
        over: the window that it is drawn in.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._target: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def target(self) -> QWidget | None:
        """What it surrounds."""
        return self._target

    def surround(self, target: QWidget | None) -> None:
        """Surround another widget, or nothing."""
        if self._target is not None:
            self._target.removeEventFilter(self)
        self._target = target
        if target is not None:
            target.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Go along with the widget."""
        kinds = QEvent.Type
        if event.type() in (kinds.Move, kinds.Resize, kinds.Show, kinds.Hide):
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors_of(self).accent), 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 12, 12)
        painter.end()

    def _place(self) -> None:
        target = self._target
        if target is None or not target.isVisible():
            self.hide()
            return
        corner = target.mapTo(self._over, QPoint(0, 0)) - QPoint(_OUTSIDE, _OUTSIDE)
        size = target.size() + QSize(2 * _OUTSIDE, 2 * _OUTSIDE)
        self.setGeometry(QRect(corner, size).intersected(self._over.rect()))
        self.show()
        self.raise_()
