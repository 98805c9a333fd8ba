"""Python's cycle collector, run in the GUI thread only.

The collector runs in whatever thread happens to allocate, and destroys what it finds there: a
widget or a timer that dies in the engine thread crashes Qt, or makes it warn at best. So the
automatic one is switched off while there is an engine thread, and a timer of the GUI thread does
its work at the usual thresholds. What exists at the start stays for ever and is left out, so that a
full collection takes a millisecond instead of a tenth of a second.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_INTERVAL_MS = 1000


class GuiCollector(QObject):
    """Collects cycles in the thread it is made in, until ``stop``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.on_timeout)
        self._timer.start()

    def stop(self) -> None:
        """Give the work back to Python; call it when no other thread runs any more."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    @Slot()
    def on_timeout(self) -> None:
        """Collect the generations that are due."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [count > limit for count, limit in counts]
        for generation in (2, 1, 0):
            if due[generation]:
                gc.collect(generation)
                return
