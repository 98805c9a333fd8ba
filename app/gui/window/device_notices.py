"""What becomes of the device that a person chose, said in the window.

    engine thread: DeviceGuard --testing, refused (queued)--> status line, message in passing

A test may take a minute the first time, so the status line names it; a device that is refused is
told once in passing, and stays in the status line for as long as the model is loaded.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.engine.device_guard import DeviceGuard
from app.engine.outcome import Refusal
from app.gui.threads.engine import QUEUED
from app.gui.window.main_window import MainWindow
from app.gui.wording import words


class DeviceNotices(QObject):
    """Carries what a guard says to the window.

    Attributes:
        guard: loads models; it may be used in any thread.

    Signals:
        testing(str): the test of a device begins; its name.
        refused(Refusal): the processor is used instead of it.
    """

    testing = Signal(str)
    refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.guard = DeviceGuard(on_testing=self.testing.emit, on_refused=self.refused.emit)
        self._window: MainWindow | None = None

    def show_in(self, window: MainWindow) -> None:
        """Tell everything in a window."""
        self._window = window
        self.testing.connect(window.status.set_testing, QUEUED)
        self.refused.connect(self.on_refused, QUEUED)

    @Slot(object)
    def on_refused(self, refusal: Refusal) -> None:
        """Say why the processor recognises."""
        assert self._window is not None
        text = words.device_refused(refusal)
        self._window.status.set_refused(refusal.name, text)
        self._window.tell(text)
