"""The pill: a small window above all others while one dictates, which never takes the focus.

    ✕  level  0:07  the words so far  ■

No window manager gives it the keyboard: on X11 it is none of theirs (an override-redirect window,
so it keeps itself above the others), elsewhere it says that it takes no focus, is shown without
activation, and none of its parts can have the focus. Managed, it was sometimes reparented in a way
that left Qt with a wrong place (seen with openbox), and a drag then moved it somewhere else. It is
hidden when nothing goes on; a message stays for some seconds. It can be dragged; where it lies is
told, to be remembered.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QCursor,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QScreen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.dictation.parts import Notice, State
from app.gui.dictation.live_line import LiveLine
from app.gui.dictation.words import describe, describe_state, is_bad
from app.gui.recording.level_bars import LevelBars
from app.gui.widgets.icons import icon
from app.gui.widgets.style import GRID, colors_of, digits

HEIGHT = 36  # px
_MARGIN = 32  # px above the lower edge of the screen
_ICON = QSize(16, 16)
MESSAGE_MS, BAD_MESSAGE_MS = 2500, 6000
_BUTTON = "QToolButton { border: none; border-radius: 12px; padding: 4px; min-height: 0; }"


class Pill(QWidget):
    """Shows a dictation that goes on.

    Args:
        with_text: show the words.

    Signals:
        cancel_requested(): ✕. stop_requested(): ■.
        moved(QPoint): the person has dragged it there.
    """

    cancel_requested = Signal()
    stop_requested = Signal()
    moved = Signal(QPoint)

    def __init__(self, *, with_text: bool = True) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus
            | Qt.WindowType.X11BypassWindowManagerHint
            | Qt.WindowType.NoDropShadowWindowHint,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.with_text = with_text
        self._state = State.IDLE
        self._place: QPoint | None = None
        self._grip: QPoint | None = None
        # Where it was put without a place of its own. A window manager that puts a frame around it
        # makes Qt believe for a moment that it lies at (0, 0).
        self._middle = self._top = 0
        self._since: float | None = None  # None while nothing is heard yet
        self._words, self._status = ("", ""), ("", False)
        self.cancel, self.stop = QToolButton(), QToolButton()
        self.level, self.time, self.line = LevelBars(), QLabel(), LiveLine()
        self._clock, self._farewell = QTimer(self), QTimer(self)
        self._clock.setInterval(200)
        self._clock.timeout.connect(self.on_clock)
        self._farewell.setSingleShot(True)
        self._farewell.timeout.connect(self.on_farewell)
        self.cancel.clicked.connect(self.cancel_requested)
        self.stop.clicked.connect(self.stop_requested)
        self._lay_out()
        self.retranslate()

    def set_place(self, place: QPoint | None) -> None:
        """Remember where it belongs; None is the middle of the lower edge."""
        self._place = place

    def show_state(self, state: State) -> None:
        """Follow the dictation."""
        if state is State.RECORDING and self._state is not State.RECORDING:
            self._since = None
            self._words = ("", "")
            self.level.clear()
            self.time.setText("0:00")
            self._clock.start()
        if state is not State.RECORDING:
            self._clock.stop()
        if state is not self._state:
            self._status = ("", False)
        self._state = state
        self.setAccessibleDescription(describe_state(state))
        self._show_parts()
        if state is State.IDLE:
            if not self._farewell.isActive():
                self.hide()
            return
        self._farewell.stop()
        self._fill_line()
        self._appear()

    def show_begun(self) -> None:
        """Say that the microphone is open, by a lit border and by the time that runs."""
        if self._since is None:
            self._since = time.monotonic()
            self.update()

    def show_level(self, level_dbfs: float) -> None:
        """Show the level of the microphone, RMS against full scale."""
        self.level.add(level_dbfs)

    def show_live(self, settled: str, unsettled: str) -> None:
        """Show words."""
        if self.with_text:
            self._words = (settled, unsettled)
            self._fill_line()

    def show_status(self, text: str, *, is_warning: bool) -> None:
        """Say what goes on while there are no words, or what is wrong while that lasts."""
        self._status = (text, is_warning)
        self._fill_line()

    def show_notice(self, notice: Notice) -> None:
        """Show a message for some seconds, whatever goes on."""
        self.show_passing(describe(notice), is_bad=is_bad(notice))

    def show_passing(self, text: str, *, is_bad: bool) -> None:
        """Show any message for some seconds; afterwards what was there before."""
        self.line.show_message(text, is_bad=is_bad)
        self._farewell.start(BAD_MESSAGE_MS if is_bad else MESSAGE_MS)
        self._show_parts()
        self._appear()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.setWindowTitle(self.tr("Dictation"))
        self.setAccessibleName(self.tr("Dictation"))
        for button, text in (
            (self.cancel, self.tr("Cancel dictation")),
            (self.stop, self.tr("Stop and insert")),
        ):
            button.setAccessibleName(text)
            button.setToolTip(text)
        self.level.setAccessibleName(self.tr("Level of the microphone"))

    @Slot()
    def on_clock(self) -> None:
        """Show how long it has been recording, above windows that came meanwhile."""
        if QGuiApplication.platformName() == "xcb":
            self.raise_()
        seconds = int(time.monotonic() - self._since) if self._since is not None else 0
        self.time.setText(f"{seconds // 60}:{seconds % 60:02d}")

    @Slot()
    def on_farewell(self) -> None:
        """The message has been read."""
        self.line.show_words("")
        self.show_state(self._state)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag it."""
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Leave it there."""
        if self._grip is not None:
            self._grip = None
            if self.pos() != self._place:
                self._place = self.pos()
                self.moved.emit(self.pos())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Cut the corners off: on X11, where nothing composes windows, they would be black."""
        if QGuiApplication.platformName() == "xcb":
            self.setMask(outline(self.rect()))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the ground."""
        colors = colors_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_open = self._state is State.RECORDING and self._since is not None
        painter.setPen(QPen(QColor(colors.accent if is_open else colors.border), 1.5))
        painter.setBrush(QColor(colors.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 17, 17)
        painter.end()

    def _lay_out(self) -> None:
        self._row = layout = QHBoxLayout(self)
        layout.setSpacing(GRID)
        for button, name in ((self.cancel, "cancel"), (self.stop, "stop")):
            button.setIcon(icon(name))
            button.setIconSize(_ICON)
            button.setObjectName("flat")
            button.setStyleSheet(_BUTTON)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.time.setFont(digits(self.time.font()))
        self.time.setText("0:00")
        for part in (self.cancel, self.level, self.time, self.line, self.stop):
            layout.addWidget(part)
        self.setFixedHeight(HEIGHT)

    def _show_parts(self) -> None:
        recording = self._state is State.RECORDING
        for part in (self.level, self.time, self.stop):
            part.setVisible(recording)
        is_alone = self._state is State.IDLE  # a message, without buttons beside it
        self.cancel.setVisible(not is_alone)
        side = 2 * GRID if is_alone else 6
        self._row.setContentsMargins(side, 0, 6 if recording else 2 * GRID, 0)
        self.update()

    def _fill_line(self) -> None:
        """Show what lasts: a warning before words, words before anything else."""
        if self._farewell.isActive() or self._state is State.IDLE:
            return
        text, is_warning = self._status
        if is_warning:
            self.line.show_message(text, is_bad=True)
        elif any(self._words):
            self.line.show_words(*self._words)
        elif self._state is State.RECORDING:
            self.line.show_words("", text if self.with_text else "")
        else:
            self.line.show_words("", text or describe_state(self._state))
        self._fit()

    def _appear(self) -> None:
        self._fit()
        if not self.isVisible():
            self.move(self._where())
            self.show()

    def _fit(self) -> None:
        """Take the width of what is shown; grow to both sides of the middle of the screen."""
        before = self.width()
        self.adjustSize()
        is_free = self._grip is None and self._place is None
        if self.isVisible() and is_free and self.width() != before:
            self.move(self._middle - self.width() // 2, self._top)

    def _where(self) -> QPoint:
        """Give the remembered place if it still is on a screen, else the lower edge."""
        if self._place is not None:
            for screen in QGuiApplication.screens():
                if screen.availableGeometry().contains(self._place):
                    return self._inside(self._place, screen)
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        self._middle = area.center().x()
        self._top = area.bottom() - _MARGIN - HEIGHT
        return QPoint(self._middle - self.width() // 2, self._top)

    def _inside(self, place: QPoint, screen: QScreen) -> QPoint:
        area = screen.availableGeometry()
        x = min(place.x(), area.right() - self.width())
        return QPoint(max(area.left(), x), min(place.y(), area.bottom() - HEIGHT))


def outline(rect: QRect) -> QRegion:
    """Give what belongs to a pill in a rectangle."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(rect), HEIGHT / 2, HEIGHT / 2)
    return QRegion(path.toFillPolygon().toPolygon())
