"""Brings a text into the program in front, in small steps of the event loop.

    which window has the focus, which way does its program want
      own text field -> directly        no window -> clipboard, and say so
      wait until no modifier is held (a held Ctrl would make shortcuts of the letters)
      paste: lend the clipboard -> strike Ctrl+V -> the target reads -> give the clipboard back
      type:  some keys a step, as long as the same window has the focus -> the target has them all

What nobody has taken in time is left on the clipboard for good. Nothing here blocks: every wait is
a timer, and a cancel ends it between two steps.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Generator

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from app.dictation.chord import Chord
from app.dictation.keys import Target, Typist
from app.dictation.options import DictationOptions, Way
from app.dictation.parts import Outcome
from app.errors import DictationError
from app.gui.dictation.clipboard import ClipboardLoan
from app.gui.dictation.reads import ReadWatch

Steps = Generator[float, None, Outcome]  # seconds to wait; at the end what became of the text
_log = logging.getLogger(__name__)
READ_S = 3.0  # a program that has not read the clipboard by then does not paste
QUIET_S = 0.2  # after the last read: some programs ask for several formats (Handy's figure)
_HELD_S = 1.0  # for the person to lift Ctrl and Alt
_STEP_MS = 20
_N_LENDS = 5
# By WM_CLASS; they paste the selection with Shift+Insert and show ^V for Ctrl+V.
TERMINALS = frozenset(
    (
        *("xterm", "uxterm", "urxvt", "rxvt", "st", "st-256color", "foot", "kitty", "alacritty"),
        *("gnome-terminal", "gnome-terminal-server", "mate-terminal", "xfce4-terminal", "ptyxis"),
        *("org.gnome.ptyxis", "lxterminal", "qterminal", "konsole", "yakuake", "guake", "tilix"),
        *("terminator", "deepin-terminal", "org.wezfurlong.wezterm", "com.mitchellh.ghostty"),
    )
)
PASTE = Chord.parse("Meta+V" if sys.platform == "darwin" else "Ctrl+V")
PASTE_IN_TERMINAL = PASTE if sys.platform == "darwin" else Chord.parse("Shift+Insert")


def way_for(target: Target, options: DictationOptions) -> Way:
    """Choose how a program gets texts: its own setting, the way of terminals, the general one."""
    own = {program.casefold(): way for program, way in options.ways}
    program = target.program.casefold()
    if program in own:
        return own[program]
    if options.way is Way.PASTE and program in TERMINALS:
        return Way.TERMINAL
    return options.way


class DesktopInserter(QObject):
    """``Inserter`` for the program in front.

    Args:
        typist: keys for other programs; None where the system allows none.
        let_go: called before keys are struck, to let go of a shortcut that is held; tells whether
            one is, so that nobody waits for its modifiers to come up.

    Signals:
        delivered(Outcome): what became of the text.
        target_seen(str): the program that has the focus.
    """

    delivered = Signal(object)
    target_seen = Signal(str)

    def __init__(
        self,
        typist: Typist | None,
        let_go: Callable[[], bool] = lambda: False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.options = DictationOptions()
        self._typist = typist
        self._let_go = let_go
        self._loan = ClipboardLoan(ReadWatch(self._on_read))
        self._steps: Steps | None = None
        self._text = ""
        self._target: Target | None = None
        self._read_at: float | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.on_step)

    def insert(self, text: str, *, only_clipboard: bool) -> None:
        """Insert a text; ``delivered`` follows, never from within this call."""
        self._text = text
        self._steps = self._all_steps(only_clipboard)
        self._timer.start(0)

    def cancel(self) -> None:
        """Stop, and put the old clipboard back."""
        self._timer.stop()
        if self._steps is not None:
            self._steps.close()
            self._steps = None
            self._loan.give_back()

    @Slot()
    def on_step(self) -> None:
        """Go on."""
        if self._steps is None:
            return
        try:
            pause_s = next(self._steps)
        except StopIteration as end:
            self._end(end.value)
        except DictationError as exc:
            _log.warning("inserting failed: %s", exc)
            self._end(self._leave())
        else:
            self._timer.start(round(1000 * pause_s))

    def _end(self, outcome: Outcome) -> None:
        self._steps = None
        self.delivered.emit(outcome)

    def _all_steps(self, only_clipboard: bool) -> Steps:
        """Do everything; each step gives the seconds to wait. Returns the outcome."""
        if only_clipboard:
            return self._leave()
        target = self._typist.target() if self._typist is not None else None
        # Qt's own focus is asked only then: it lags 0.1 s behind the system's
        is_ours = target.is_own if target is not None else self._typist is None
        if is_ours and _insert_into_own(self._text):
            return Outcome.INSERTED
        if self._typist is None or target is None:
            return self._leave()
        if target.is_own:
            return Outcome.KEPT
        if target.program:
            self.target_seen.emit(target.program)
        way = way_for(target, self.options)
        if way is Way.CLIPBOARD:
            self._leave()
            return Outcome.CHOSEN
        self._target = target
        yield from self._free_keys(self._typist)
        if way is Way.TYPE or not self._typist.can_paste:
            return (yield from self._type(self._typist, target))
        return (yield from self._paste(self._typist, target, way))

    def _free_keys(self, typist: Typist) -> Generator[float]:
        """Wait until the person holds no modifier, then end it for them."""
        deadline = time.monotonic() + (0 if self._let_go() else _HELD_S)
        while typist.held_modifiers() and time.monotonic() < deadline:
            yield _STEP_MS / 1000
        typist.lift_modifiers()

    def _type(self, typist: Typist, target: Target) -> Steps:
        for pause_s in typist.type_text(self._text):
            yield pause_s
            if typist.target() != target:
                return self._leave()
        while (arrived := typist.arrived(target)) is None:
            yield _STEP_MS / 1000
        return Outcome.INSERTED if arrived and typist.target() == target else self._leave()

    def _paste(self, typist: Typist, target: Target, way: Way) -> Steps:
        self._read_at = None
        for _ in range(_N_LENDS):
            if self._loan.lend(self._text, selection_too=way is Way.TERMINAL):
                break
            yield _STEP_MS / 1000
        else:
            return (yield from self._type(typist, target))
        typist.strike(PASTE_IN_TERMINAL if way is Way.TERMINAL else PASTE)
        deadline = time.monotonic() + READ_S
        while self._read_at is None:
            if time.monotonic() > deadline:
                return self._leave()
            yield _STEP_MS / 1000
        while time.monotonic() - self._read_at < QUIET_S:
            yield _STEP_MS / 1000
        self._loan.give_back()
        return Outcome.INSERTED

    def _leave(self) -> Outcome:
        self._loan.leave(self._text)
        return Outcome.CLIPBOARD

    def _on_read(self, window: int | None) -> None:
        """Note that the target has read; a clipboard manager does not count."""
        target, typist = self._target, self._typist
        if target is None or typist is None:
            return
        if window is None or typist.is_of_target(window, target):
            self._read_at = time.monotonic()


def _insert_into_own(text: str) -> bool:
    """Insert into a text field of ours, if one has the focus."""
    widget = QApplication.focusWidget()
    if isinstance(widget, QLineEdit) and not widget.isReadOnly():
        widget.insert(text)
        return True
    if isinstance(widget, QPlainTextEdit | QTextEdit) and not widget.isReadOnly():
        widget.insertPlainText(text)
        return True
    return False
