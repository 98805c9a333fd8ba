"""How the player plays: speed, volume, shortened pauses, whether the view follows.

controls --chosen--> Player, ``changed`` -> settings;   settings -> ``take`` -> controls, Player
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.audio.playback import Player
from app.gui.player.controls import PlayerControls

_REST_MS = 400  # a slider that moves is not stored at every pixel


class PlayerOptions(QObject):
    """Keeps controls and player in step.

    Args:
        controls: where they are chosen; it outlives this.
        player: obeys them.

    Signals:
        changed(): somebody chose a speed or volume, or toggled skip-silence or follow.
    """

    changed = Signal()

    def __init__(self, controls: PlayerControls, player: Player) -> None:
        super().__init__(controls)
        self._controls = controls
        self._player = player
        self._speed = 1.0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.changed)
        controls.follow.setChecked(True)
        controls.skip.clicked.connect(self.on_skip_toggled)
        controls.follow.clicked.connect(self.on_follow_clicked)
        controls.speed_chosen.connect(self.on_speed_chosen)
        controls.volume_chosen.connect(self.on_volume_chosen)

    @property
    def follows(self) -> bool:
        """Whether the line that is heard is to be kept in view."""
        return self._controls.follow.isChecked()

    @property
    def skips_silence(self) -> bool:
        """Whether pauses are shortened."""
        return self._controls.skip.isChecked()

    @property
    def speed(self) -> float:
        """How fast it plays, 0.5 … 2."""
        return self._speed

    @property
    def volume(self) -> float:
        """How loud it plays, 0 … 1."""
        return self._controls.volume_share

    def take(
        self, *, speed: float, skips_silence: bool, follows: bool, volume: float = 1.0
    ) -> None:
        """Take the options of the settings; ``changed`` stays silent."""
        if not self._rest.isActive():  # else the slider is newer than the settings
            self._controls.set_volume(volume)
            self._player.set_volume(volume)
        self._speed = speed
        self._controls.set_speed(speed)
        self._player.set_speed(speed)
        for button, is_on in (
            (self._controls.skip, skips_silence),
            (self._controls.follow, follows),
        ):
            button.setChecked(is_on)
        self._player.set_skips_silence(skips_silence)

    def flush(self) -> None:
        """Tell now what would be told when the slider rests."""
        if self._rest.isActive():
            self._rest.stop()
            self.changed.emit()

    @Slot(bool)
    def on_skip_toggled(self, is_on: bool) -> None:
        """Shorten pauses or not."""
        self._player.set_skips_silence(is_on)
        self.changed.emit()

    @Slot(float)
    def on_speed_chosen(self, speed: float) -> None:
        """Play at another speed."""
        self._speed = speed
        self._player.set_speed(speed)
        self.changed.emit()

    @Slot(float)
    def on_volume_chosen(self, volume: float) -> None:
        """Play louder or less so; it is told when the slider rests."""
        self._player.set_volume(volume)
        self._rest.start()

    @Slot()
    def on_follow_clicked(self) -> None:
        """Tell that the option changed."""
        self.changed.emit()
