"""The row of controls under the waveform: what they look like and are called, not what they do.

Every control has a name for screen readers, a tooltip and a place in the tab order.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QToolButton,
    QWidget,
)

from app.gui.widgets.icons import icon
from app.gui.widgets.style import GRID, digits
from app.gui.wording.words import clock

SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
VOLUME_STEPS = 100
_ICON = QSize(20, 20)
_SLIDER_SHEET = """
QSlider { min-height: 24px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: palette(mid); }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: palette(highlight); }
QSlider::handle:horizontal { width: 12px; margin: -4px 0; border-radius: 6px;
    background: palette(highlight); }
QSlider::handle:horizontal:focus { border: 2px solid palette(text); width: 8px; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {
    background: palette(mid); }
"""


class PlayerControls(QWidget):
    """Buttons, time and volume.

    Signals:
        speed_chosen(float): play 0.5 … 2 times as fast.
        volume_chosen(float): 0 … 1.
    """

    speed_chosen = Signal(float)
    volume_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.play = _button("play", icon_role=QPalette.ColorRole.Highlight)
        self.time = QLabel()
        self.speed = _button("")
        self.loop = _button("loop", checkable=True)
        self.skip = _button("skip-silence", checkable=True)
        self.follow = _button("follow", checkable=True)
        self.mute = _button("volume")
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self._loud = VOLUME_STEPS  # what "unmute" goes back to
        self._make_speed_menu()
        self._make_volume()
        self._lay_out()
        self.show_time(0.0, 0.0)
        self.set_speed(1.0)
        self.set_playing(False)
        self.retranslate()

    def set_playing(self, is_playing: bool) -> None:
        """Show whether it plays."""
        self._is_playing = is_playing
        self.play.setIcon(icon("pause" if is_playing else "play", QPalette.ColorRole.Highlight))
        name = self.tr("Pause") if is_playing else self.tr("Play")
        self.play.setToolTip(self.tr("{name} (Space)").format(name=name))
        self.play.setAccessibleName(name)

    def set_speed(self, speed: float) -> None:
        """Show a speed."""
        self.speed.setText(_speed_text(speed))
        self.speed.setAccessibleDescription(_speed_text(speed))
        for action in self._speeds.actions():
            action.setChecked(action.data() == speed)

    def show_time(self, position_s: float, duration_s: float) -> None:
        """Show position and length; the label does not become wider while it plays."""
        text = f"{clock(position_s)} / {clock(duration_s)}"
        if text != self.time.text():
            self.time.setText(text)

    def set_volume(self, share: float) -> None:
        """Show a volume, 0 … 1; ``volume_chosen`` stays silent."""
        value = round(share * VOLUME_STEPS)
        blocked = self.volume.blockSignals(True)
        self.volume.setValue(value)
        self.volume.blockSignals(blocked)
        self._show_volume(value)

    @property
    def volume_share(self) -> float:
        """The volume, 0 … 1."""
        return self.volume.value() / VOLUME_STEPS

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        for button, name, tip in (
            (self.speed, self.tr("Speed"), self.tr("Speed; the pitch stays")),
            (self.loop, self.tr("Repeat the line"), self.tr("Repeat the line (Ctrl+L)")),
            (self.skip, self.tr("Skip silence"), self.tr("Skip silence")),
            (self.follow, self.tr("Follow"), self.tr("Keep the line that is heard in view")),
            (self.mute, self.tr("Mute"), self.tr("Mute")),
        ):
            button.setAccessibleName(name)
            button.setToolTip(tip)
        self.volume.setAccessibleName(self.tr("Volume"))
        self.volume.setToolTip(self.tr("Volume"))
        self.time.setAccessibleName(self.tr("Time"))
        self.set_playing(self._is_playing)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language and the text size."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.FontChange:
            self.time.setFont(digits(self.font()))
        super().changeEvent(event)

    @Slot(QAction)
    def on_speed_triggered(self, action: QAction) -> None:
        """Take a speed from the menu."""
        self.set_speed(action.data())
        self.speed_chosen.emit(action.data())

    @Slot()
    def on_mute_clicked(self) -> None:
        """Go silent, or back to what it was."""
        self.volume.setValue(0 if self.volume.value() else self._loud)

    @Slot(int)
    def on_volume_changed(self, value: int) -> None:
        """Tell the new volume."""
        self._show_volume(value)
        self.volume_chosen.emit(self.volume_share)

    def _show_volume(self, value: int) -> None:
        self._loud = value or self._loud
        self.mute.setIcon(icon("volume" if value else "volume-off"))

    def _make_speed_menu(self) -> None:
        menu = QMenu(self.speed)
        self._speeds = QActionGroup(menu)
        for speed in SPEEDS:
            action = self._speeds.addAction(_speed_text(speed))
            action.setCheckable(True)
            action.setData(speed)
            menu.addAction(action)
        self._speeds.triggered.connect(self.on_speed_triggered)
        self.speed.setMenu(menu)
        self.speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.speed.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)

    def _make_volume(self) -> None:
        self.volume.setRange(0, VOLUME_STEPS)
        self.volume.setValue(VOLUME_STEPS)
        self.volume.setPageStep(10)
        self.volume.setFixedWidth(80)
        self.volume.setStyleSheet(_SLIDER_SHEET)
        self.volume.valueChanged.connect(self.on_volume_changed)
        self.mute.clicked.connect(self.on_mute_clicked)

    def _lay_out(self) -> None:
        self.time.setFont(digits(self.font()))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.play)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self.time)
        layout.addSpacing(GRID)
        layout.addStretch(1)
        for button in (self.speed, self.loop, self.skip, self.follow, self.mute):
            layout.addWidget(button)
        layout.addWidget(self.volume)


def _button(
    name: str,
    *,
    checkable: bool = False,
    icon_role: QPalette.ColorRole = QPalette.ColorRole.ButtonText,
) -> QToolButton:
    button = QToolButton()
    button.setObjectName("flat")
    button.setCheckable(checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(_ICON)
    if name:
        button.setIcon(icon(name, icon_role))
    return button


def _speed_text(speed: float) -> str:
    return f"{speed:g}×"
