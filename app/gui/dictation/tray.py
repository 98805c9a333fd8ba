"""The icon in the tray: what dictation is doing, and a menu for when the window is closed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Signal, Slot
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from app.dictation.parts import State
from app.gui.dictation.words import describe_state
from app.gui.widgets.style import DARK, LIGHT

_PICTURE = Path(__file__).parent.parent / "resources" / "songshu.svg"
_SIZES = (16, 22, 24, 32, 48, 64)
_DOTS = {  # the dot in the corner; a dark rim makes it visible on any bar
    State.RECORDING: LIGHT.danger,
    State.FINISHING: DARK.accent,
    State.DELIVERING: DARK.success,
}


def tray_icon(state: State, *, has_begun: bool = True) -> QIcon:
    """Paint the squirrel with a dot for the state.

    Args:
        state: of dictation.
        has_begun: something is heard; until then a recording has the dot of what goes on.
    """
    plain = QIcon(str(_PICTURE))
    if state is State.IDLE:
        return plain
    marked = QIcon()
    for size in _SIZES:
        pixmap = QPixmap(plain.pixmap(QSize(size, size)))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = 0.22 * size
        painter.setPen(QColor(DARK.window))
        waits = state is State.RECORDING and not has_begun
        painter.setBrush(QColor(DARK.muted if waits else _DOTS[state]))
        painter.drawEllipse(QPointF(size - radius - 1, size - radius - 1), radius, radius)
        painter.end()
        marked.addPixmap(pixmap)
    return marked


class Tray(QObject):
    """The icon and its menu; hidden until ``set_visible``.

    Signals:
        flip_requested(): start or stop. cancel_requested(). again_requested().
        window_requested(). settings_requested(). quit_requested().
    """

    flip_requested = Signal()
    cancel_requested = Signal()
    again_requested = Signal()
    window_requested = Signal()
    settings_requested = Signal()
    quit_requested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = State.IDLE
        self._records_window = False
        self.menu = QMenu()
        self.flip, self.cancel, self.again = (self.menu.addAction("") for _ in range(3))
        self.menu.addSeparator()
        self.window, self.settings = self.menu.addAction(""), self.menu.addAction("")
        self.menu.addSeparator()
        self.quit: QAction = self.menu.addAction("")
        for action, signal in (
            (self.flip, self.flip_requested),
            (self.cancel, self.cancel_requested),
            (self.again, self.again_requested),
            (self.window, self.window_requested),
            (self.settings, self.settings_requested),
            (self.quit, self.quit_requested),
        ):
            action.triggered.connect(signal)
        self.icon = QSystemTrayIcon(tray_icon(State.IDLE), self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self.on_activated)
        self.menu.installEventFilter(self)
        self.retranslate()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the icon; it waits for a tray that comes later, as at login."""
        self.icon.setVisible(visible)

    def is_seen(self) -> bool:
        """Whether the icon is there, and the system has a tray to show it in."""
        return self.icon.isVisible() and QSystemTrayIcon.isSystemTrayAvailable()

    def show_state(self, state: State) -> None:
        """Follow the dictation."""
        self._state = state
        self._paint(has_begun=False)
        self.retranslate()

    def show_begun(self) -> None:
        """Turn red: the microphone is open."""
        self._paint(has_begun=True)

    def show_window_recording(self, on: bool) -> None:
        """Show that the microphone is open for the window, which may be closed."""
        self._records_window = on
        self._paint(has_begun=True)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        recording = self._state is State.RECORDING
        self.flip.setText(self.tr("Stop and insert") if recording else self.tr("Start dictation"))
        self.cancel.setText(self.tr("Cancel dictation"))
        self.cancel.setEnabled(self._state is not State.IDLE)
        self.again.setText(self.tr("Insert the last text again"))
        self.window.setText(self.tr("Open Songshu"))
        self.settings.setText(self.tr("Settings…"))
        self.quit.setText(self.tr("Quit"))
        name = QApplication.applicationDisplayName() or "Songshu"
        self.icon.setToolTip(f"{name} – {describe_state(self._shown)}")

    @property
    def _shown(self) -> State:
        """The state that counts: any open microphone comes before what needs none."""
        return State.RECORDING if self._records_window else self._state

    def _paint(self, *, has_begun: bool) -> None:
        is_open = has_begun or self._records_window
        self.icon.setIcon(tray_icon(self._shown, has_begun=is_open))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the language; the menu is told, an object without a window is not."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        return super().eventFilter(watched, event)

    @Slot(QSystemTrayIcon.ActivationReason)
    def on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        """Show the window for a click; the menu comes by itself."""
        if reason in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self.window_requested.emit()
