"""The first-run tour: a sample is recognised while four sentences say what there is to see.

    start -> "drop here, or see the sample" -> words appear -> click and correct -> export, list

It waits for nobody but at its first sentence, and for the first words at its second; each of the
others stays seven seconds, longer only while somebody has come to its buttons meanwhile: whoever
has just pressed one is still there and waits for nothing. Whatever else is opened ends it: it never
stands in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.gui.settings.store import SettingsStore
from app.gui.window.main_window import MainWindow
from app.gui.window.tour_bar import Ring, TourBar
from app.store.types import Item, Line

STEP_MS = 7_000  # three steps that go on by themselves: 21 s, and the sample before takes 5
N_STEPS = 4


class Tour(QObject):
    """Leads through one recording.

    Args:
        window: where things are.
        settings: remembers that it was shown.
        sample: the recording that is shown.

    Signals:
        ended(): it is over, however it ended.
    """

    ended = Signal()

    def __init__(self, window: MainWindow, settings: SettingsStore, sample: Path) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._sample = sample
        self._step: int | None = None
        self._was_on_bar = False  # already when this step began
        self.bar = TourBar()
        self.ring = Ring(window)
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self.on_time_over)
        self.bar.next_requested.connect(self.on_next)
        self.bar.skip_requested.connect(self.end)
        self.bar.installEventFilter(self)
        window.add_above(self.bar)
        window.item_shown.connect(self.on_item_shown)
        window.escaped.connect(self.end)
        window.page.lines_changed.connect(self.on_lines_changed)
        self._show()

    @property
    def step(self) -> int | None:
        """The step that is shown, from 0; None while there is no tour."""
        return self._step

    def start_once(self) -> None:
        """Begin, if it was never shown."""
        if not self._settings.settings.tour_seen:
            self.start()

    @Slot()
    def start(self) -> None:
        """Begin at the page for new files; from now on it counts as shown."""
        self._settings.change(replace(self._settings.settings, tour_seen=True))
        self._window.show_idle()
        self._go_to(0)

    @Slot()
    def end(self) -> None:
        """Leave everything as it is now."""
        if self._step is None:
            return
        self._step = None
        self._timer.stop()
        self.ring.surround(None)
        self.bar.hide()
        self._window.escape_first = False
        self.ended.emit()

    @Slot()
    def on_next(self) -> None:
        """Go on; the first time that means: show the sample."""
        if self._step == 0:
            self._window.try_sample()
        elif self._step is not None and self._step + 1 < N_STEPS:
            self._go_to(self._step + 1)
        else:
            self.end()

    @Slot()
    def on_time_over(self) -> None:
        """Go on, unless somebody has come to point at the bar or to one of its buttons."""
        if self._was_on_bar or not self._is_on_bar():
            self.on_next()

    @Slot(object)
    def on_item_shown(self, item: Item | None) -> None:
        """Go on with the sample; anything else that is opened ends the tour."""
        if self._step == 0 and item is None:
            return
        if self._step == 0 and item is not None and item.path == str(self._sample):
            self._go_to(1)
        elif self._step is not None and (item is None or item.path != str(self._sample)):
            self.end()

    @Slot(object)
    def on_lines_changed(self, lines: Sequence[Line]) -> None:
        """Wait for the first words with the sentence about them: a model has to be loaded first."""
        if self._step == 1 and lines and not self._timer.isActive():
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the language, and who comes and goes."""
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        if event.type() == QEvent.Type.Leave:
            self._was_on_bar = False
        return super().eventFilter(watched, event)

    def _go_to(self, step: int) -> None:
        self._step = step
        self._was_on_bar = self._is_on_bar()
        self._window.escape_first = True
        self._show()
        self.bar.show()
        self.ring.surround(self._targets()[step]())
        if step > 1 or (step == 1 and self._window.page.model.lines):
            self._timer.start()

    def _is_on_bar(self) -> bool:
        focus = self._window.focusWidget()
        return self.bar.underMouse() or (focus is not None and self.bar.isAncestorOf(focus))

    def _targets(self) -> list[Callable[[], QWidget]]:
        window = self._window
        return [
            lambda: window.idle.card,
            lambda: window.page.list,
            lambda: window.page.list,
            lambda: window.page.toolbar.buttons[2],
        ]

    def _show(self) -> None:
        texts = [
            self.tr(
                "Drop a recording anywhere in this window, and its words appear. Shall we show it "
                "with a sample?"
            ),
            self.tr("The words come while they are recognised; the last ones may still change."),
            self.tr("Click a word to hear it. Press Enter, or click twice, to correct a line."),
            self.tr("Export it here. It stays in the list at the left, and only on this computer."),
        ]
        step = self._step or 0
        buttons = [self.tr("Show the sample"), self.tr("Next"), self.tr("Next"), self.tr("Done")]
        skip = self.tr("Skip") if step + 1 < N_STEPS else ""
        count = self.tr("{n} of {total}").format(n=step + 1, total=N_STEPS)
        self.bar.say(texts[step], count, buttons[step], skip)
