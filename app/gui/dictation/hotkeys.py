"""Global shortcuts for the window: grabs what the options name, and says what a person wants.

    KeySource.on_key -> HoldKey, ToggleKey -> started, stopped, flipped, discarded, again
    while something is under way: Esc is ours too -> cancelled

The source has its own connection to the system, which is read when something has come, and asked
about held keys ten times a second while one is down; that finds releases that were never told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from app.dictation.chord import ESCAPE, Chord
from app.dictation.gesture import POLL_S, Act, HoldKey, ToggleKey
from app.dictation.keys import KeySource, OnKey
from app.dictation.options import DictationOptions
from app.errors import DictationError, HotkeyError

_log = logging.getLogger(__name__)
HOLD, TOGGLE, AGAIN, CANCEL = "hold", "toggle", "again", "cancel"
_RELEASE_MS = 20  # for systems that do not tell releases


class Hotkeys(QObject):
    """The shortcuts of dictation.

    Args:
        open_source: connects to the system; raises ``KeyboardError`` where there are no shortcuts.

    Signals:
        started(), stopped(): the hold key went down, came up.
        discarded(): it was only a tap.
        flipped(): the toggle key. again(): insert the last text again. cancelled(): Esc.
        refused(DictationError): a shortcut cannot be had; the others work.
    """

    started = Signal()
    stopped = Signal()
    discarded = Signal()
    flipped = Signal()
    again = Signal()
    cancelled = Signal()
    refused = Signal(object)

    def __init__(
        self, open_source: Callable[[OnKey], KeySource], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._open_source = open_source
        self._source: KeySource | None = None
        self._notifier: QSocketNotifier | None = None
        self._hold = HoldKey()
        self._toggles = {TOGGLE: ToggleKey(), AGAIN: ToggleKey()}
        self._chords: Mapping[str, str] = {}
        self._is_active = False
        self._timer = QTimer(self)
        self._timer.setInterval(round(1000 * POLL_S))
        self._timer.timeout.connect(self.on_poll)

    @property
    def chords(self) -> Mapping[str, str]:
        """What is grabbed now: name -> chord."""
        return dict(self._chords)

    def apply(self, options: DictationOptions) -> None:
        """Grab what the options name, and nothing else."""
        wanted = {HOLD: options.hold_key, TOGGLE: options.toggle_key, AGAIN: options.again_key}
        if not options.is_on:
            wanted = {}
        wanted = {name: chord for name, chord in wanted.items() if chord}
        self._hold = HoldKey(pass_short=options.pass_short)
        if not self._connect(bool(wanted)):
            return
        for name in set(self._chords) - set(wanted) - {CANCEL}:
            self._free(name)
        for name, chord in wanted.items():
            if self._chords.get(name) != chord:
                self._grab(name, Chord.parse(chord))

    def set_active(self, active: bool) -> None:
        """Take Esc while a dictation is under way, and give it back afterwards."""
        if self._source is None or active == self._is_active:
            return
        self._is_active = active
        if active:
            self._grab(CANCEL, ESCAPE)
        else:
            self._free(CANCEL)

    def suspend(self) -> None:
        """Give all shortcuts back for a while; ``apply`` takes them again."""
        if self._source is not None:
            for name in list(self._chords):
                self._free(name)
            self._is_active = False

    def forget_hold(self) -> None:
        """The dictation has ended otherwise; the release of the hold key means nothing."""
        self._hold.forget()

    def let_go(self) -> bool:
        """Give the keyboard to the program in front although one of our keys is down.

        While a grabbed key is down, X11 gives us all keys, also those that we strike for others: a
        text that is inserted again would be lost as long as its own shortcut is held.

        Returns:
            Whether one is down.
        """
        is_down = self._hold.is_down or any(toggle.is_down for toggle in self._toggles.values())
        if self._source is None or not is_down:
            return False
        self._source.yield_keyboard()
        return True

    def close(self) -> None:
        """Give everything back."""
        self._timer.stop()
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier = None
        if self._source is not None:
            try:
                self._source.close()
            except DictationError as exc:
                _log.warning("shortcuts: %s", exc)
            self._source = None
        self._chords = {}
        self._is_active = False  # a source that comes later is asked for Esc anew

    @Slot()
    def on_ready(self) -> None:
        """Read what has come."""
        if self._source is None:
            return
        try:
            self._source.poll()
        except DictationError as exc:
            self.close()
            self.refused.emit(exc)

    @Slot()
    def on_poll(self) -> None:
        """Ask the keyboard about what is down."""
        self.on_ready()
        source = self._source
        if source is None:
            return
        if self._hold.is_down:
            acts = self._hold.poll(time.monotonic(), is_held=source.is_held(HOLD))
            if acts:
                _log.info("the release of the hold key was not told")
            self._do(HOLD, acts)
        for name, toggle in self._toggles.items():
            toggle.poll(is_held=name in self._chords and source.is_held(name))
        if not self._hold.is_down and not any(toggle.is_down for toggle in self._toggles.values()):
            self._set_polling(False)

    def _connect(self, is_wanted: bool) -> bool:
        """Have a source if one is wanted; returns whether there is one."""
        if self._source is not None:
            return True
        if not is_wanted:
            return False
        try:
            self._source = self._open_source(self._on_key)
        except DictationError as exc:
            self.refused.emit(exc)
            return False
        if self._source.fileno() >= 0:
            self._notifier = QSocketNotifier(self._source.fileno(), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self.on_ready)
        else:
            self._timer.setInterval(_RELEASE_MS)
        return True

    def _set_polling(self, on: bool) -> None:
        """Poll while a key is down."""
        if on:
            self._timer.start()
        else:
            self._timer.stop()

    def _grab(self, name: str, chord: Chord) -> None:
        assert self._source is not None
        try:
            self._source.grab(name, chord)
        except HotkeyError as exc:
            self._chords = {key: text for key, text in self._chords.items() if key != name}
            if name != CANCEL:  # without Esc there is still the pill's button
                self.refused.emit(exc)
            else:
                _log.warning("Esc cannot be taken: %s", exc)
        else:
            self._chords = {**self._chords, name: str(chord)}
        QTimer.singleShot(0, self.on_ready)  # an answer to the grab may have brought events along

    def _free(self, name: str) -> None:
        assert self._source is not None
        self._source.free(name)
        self._chords = {key: text for key, text in self._chords.items() if key != name}
        QTimer.singleShot(0, self.on_ready)

    def _on_key(self, name: str, down: bool) -> None:
        if name == HOLD:
            now_s = time.monotonic()
            self._do(name, self._hold.down(now_s) if down else self._hold.up(now_s))
        elif name in self._toggles:
            toggle = self._toggles[name]
            self._do(name, toggle.down() if down else toggle.up())
        elif down:
            self.cancelled.emit()
        if down:
            self._set_polling(True)

    def _do(self, name: str, acts: tuple[Act, ...]) -> None:
        signals = {
            Act.START: self.started,
            Act.STOP: self.stopped,
            Act.DISCARD: self.discarded,
            Act.FLIP: self.flipped if name == TOGGLE else self.again,
        }
        for act in acts:
            if act is Act.PASS_ON and self._source is not None and not _is_ours_in_front():
                self._source.replay(name)
            elif act in signals:
                signals[act].emit()


def _is_ours_in_front() -> bool:
    """Whether a window of ours would get the tap: Space would press its button, also with Ctrl."""
    return QGuiApplication.focusWindow() is not None
