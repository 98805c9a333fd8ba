"""A drop-down with everything that can be recorded: the system's choice, microphones, system audio.

It looks for devices when it is shown and whenever it is opened, in a thread: what was plugged in
meanwhile appears. A microphone that was chosen and is not there now stays the choice; recordings
take the system's one until it is back, and say so.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.audio.microphones import Microphone, list_microphones
from app.gui.threads.background import BackgroundTask
from app.gui.widgets.fields import Choice

Look = Callable[[], list[Microphone]]
Key = tuple[str, str]  # name and API


class MicrophoneChoice(Choice):
    """Chooses what is recorded.

    Args:
        look: lists what there is; it may take a second.

    Signals:
        chosen(object): (name, API) of a microphone; None for the system's choice.
    """

    chosen = Signal(object)

    def __init__(self, look: Look = list_microphones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._choice: Key | None = None
        self._found: list[Microphone] = []
        self._keys: list[Key | None] = []  # of the entries; a line between them has none
        self._task = BackgroundTask(self)
        self._task.finished.connect(self.on_found)
        self.activated.connect(self.on_activated)
        self.retranslate()

    def show_choice(self, choice: Key | None) -> None:
        """Show what is chosen."""
        self._choice = choice
        self.retranslate()

    def look_again(self) -> None:
        """Find out what there is now."""
        if not self._task.is_running:
            self._task.start(lambda _progress, _cancel: self._look())

    def close_tasks(self) -> None:
        """End what runs in the background; call it before the program ends."""
        self._task.close()

    def retranslate(self) -> None:
        """Offer everything, in the current language."""
        self.clear()
        self._keys = []
        self._offer(self.tr("The system's microphone"), None)
        real = [one for one in self._found if not one.is_loopback]
        for one in real:
            self._offer(one.title, _key(one))
        sounds = [one for one in self._found if one.is_loopback]
        if sounds:
            self.insertSeparator(self.count())
            self._keys.append(None)
        for one in sounds:
            self._offer(one.title, _key(one))
        if self._choice is not None and self._choice not in self._keys:
            name = self._choice[0]
            self._offer(self.tr("{name} (not connected)").format(name=name), self._choice)
        self.setCurrentIndex(0 if self._choice is None else self._keys.index(self._choice))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look what there is."""
        super().showEvent(event)
        self.look_again()

    def showPopup(self) -> None:  # noqa: N802
        """Look again: something may have been plugged in."""
        self.look_again()
        super().showPopup()

    @Slot(object)
    def on_found(self, found: list[Microphone]) -> None:
        """Offer what there is; an open list is left alone unless it is different."""
        if found != self._found:
            self._found = found
            self.retranslate()

    @Slot(int)
    def on_activated(self, index: int) -> None:
        """Tell the choice."""
        self._choice = self._keys[index]
        self.chosen.emit(self._choice)

    def _offer(self, title: str, key: Key | None) -> None:
        self.addItem(title)
        self._keys.append(key)


def _key(microphone: Microphone) -> Key:
    return microphone.name, microphone.api
