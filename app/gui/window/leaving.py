"""What closing the window means: the end of Songshu, or only that it is out of sight.

    close ─► is there an icon in a tray? ─no─► the end
                 └─yes─► the person's choice, which is asked for once ─► the end, or the tray

Shortcuts, recordings and recognition go on in the tray. Whoever has no tray could not come back by
it, so there closing always ends; and whatever else ends the program (Quit in the tray's menu, the
system's own Quit, the end of the session) does not ask. Should a tray vanish later, starting
Songshu again opens the window (``app.gui.system.single_instance``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.gui.settings.store import SettingsStore
from app.gui.wording import words


class Leave(StrEnum):
    """What becomes of Songshu when its window is closed; also what the settings hold."""

    ASK = "ask"  # the next time; and as an answer: nothing, the window stays
    TRAY = "tray"
    END = "end"


class Leaving(QObject):
    """Decides it.

    Args:
        settings: hold the choice.
        has_icon: whether the person can see an icon in a tray.
        ask: asks for the choice; another one serves tests.

    Attributes:
        is_ending: the next close is the end, whatever was chosen for the window.
    """

    def __init__(
        self,
        settings: SettingsStore,
        has_icon: Callable[[], bool],
        ask: Callable[[QWidget], Leave] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._has_icon = has_icon
        self._ask = ask or ask_where_to_go
        self.is_ending = False

    def decide(self, window: QWidget) -> Leave:
        """Say what closing the window means now; ASK leaves it open."""
        is_ending, self.is_ending = self.is_ending, False
        if is_ending or not self._has_icon():
            return Leave.END
        chosen = Leave(self._settings.settings.on_close)
        if chosen is Leave.ASK:
            chosen = self._ask(window)
            self._settings.change(replace(self._settings.settings, on_close=str(chosen)))
        return chosen

    @Slot()
    def on_quit_wanted(self) -> None:
        """The system wants the program to end, and will now close its window."""
        self.is_ending = True


def ask_where_to_go(window: QWidget) -> Leave:
    """Ask whether to stay in the tray."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(words.tr("Keep Songshu in the tray?"))
    box.setInformativeText(
        words.tr("Your shortcuts for dictation then go on working. The settings can change this.")
    )
    stay = box.addButton(words.tr("Keep in the tray"), QMessageBox.ButtonRole.AcceptRole)
    end = box.addButton(words.tr("Quit"), QMessageBox.ButtonRole.DestructiveRole)
    back = box.addButton(words.tr("Back"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(back)
    box.exec()
    pressed = box.clickedButton()
    if pressed is stay:
        return Leave.TRAY
    return Leave.END if pressed is end else Leave.ASK
