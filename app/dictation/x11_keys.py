"""Global shortcuts on X11: passive grabs, so that we see and take these keys and no others.

    XGrabKey for each lock state -> KeyPress, KeyRelease of the chord only
    automatic repeat comes as release + press at the same time, and is no release

While a grabbed key is down the server gives us the whole keyboard. That is what we want (the held
key must not type), except when text is to be inserted meanwhile: ``yield_keyboard`` ends the grab,
stops this one key's automatic repeat, which would start the grab again or type, and then only
polls. CRITICAL: to switch the repeat off holds for the next press only; the one that is going on
ends when another key is struck (X.Org server, xkb/xkbAccessX.c), and so one that means nothing is.

The keyboard's map may change at any time, by another layout or by our own typing. What is grabbed
follows it; a chord whose key the new map lacks waits for a map that has it.
"""

from __future__ import annotations

import logging
from itertools import zip_longest
from typing import Any

from Xlib import X
from Xlib.error import BadAccess, CatchError
from Xlib.ext import xtest

from app.dictation.chord import Chord
from app.dictation.keys import OnKey
from app.dictation.x11 import Keyboard, closed_connection, open_display
from app.errors import HotkeyError, HotkeyTakenError

_log = logging.getLogger(__name__)


class X11Keys:
    """``KeySource`` of X11.

    Args:
        on_key: told (name, down) from within ``poll``.
        display: ":0"; None takes $DISPLAY.

    Raises:
        KeyboardError: there is no X server.
    """

    def __init__(self, on_key: OnKey, display: str | None = None) -> None:
        self._on_key = on_key
        self._display = open_display(display)
        self._root = self._display.screen().root
        self._keyboard = Keyboard(self._display)
        self._chords: dict[str, Chord] = {}
        self._grabs: dict[str, list[tuple[int, int]]] = {}  # key codes and masks of each chord
        self._down: set[str] = set()
        self._silenced: set[int] = set()  # key codes whose automatic repeat we stopped

    def grab(self, name: str, chord: Chord) -> None:
        """Take a chord from all other programs."""
        with closed_connection():
            self.free(name)
            grabs = self._grabs_of(chord)
            self._chords[name], self._grabs[name] = chord, grabs
            if not self._grab(name):
                self.free(name)
                raise HotkeyTakenError(str(chord))

    def free(self, name: str) -> None:
        """Give a chord back."""
        if name not in self._chords:
            return
        with closed_connection():
            self._ungrab(name)
            self._display.sync()
        del self._chords[name], self._grabs[name]
        self._down.discard(name)

    def is_held(self, name: str) -> bool:
        """Ask the keyboard itself."""
        with closed_connection():
            return self._code(name) in self._keyboard.down()

    def replay(self, name: str) -> None:
        """Strike the chord for the program in front."""
        code = self._code(name)
        if code is None:
            return
        with closed_connection():
            self._ungrab(name)
            held = self._keyboard.down_modifiers()
            missing = [m for m in self._chords[name].in_order if m not in held]
            codes = [*map(self._keyboard.modifier_code, missing), code]
            for pressed in codes:
                xtest.fake_input(self._display, X.KeyPress, pressed)
            for released in reversed(codes):
                xtest.fake_input(self._display, X.KeyRelease, released)
            self._grab(name)

    def yield_keyboard(self) -> None:
        """Let others get keys although a grabbed one is held."""
        with closed_connection():
            codes = {code for name in self._down if (code := self._code(name)) is not None}
            if codes - self._silenced:
                self._end_repeat()
            for code in codes - self._silenced:
                self._display.change_keyboard_control(
                    key=code, auto_repeat_mode=X.AutoRepeatModeOff
                )
                self._silenced.add(code)
            self._display.ungrab_keyboard(X.CurrentTime)
            self._display.sync()

    def poll(self) -> None:
        """Read what has come."""
        with closed_connection():
            events = [self._display.next_event() for _ in range(self._display.pending_events())]
            for event, following in zip_longest(events, events[1:]):
                if not _is_repeat(event, following):
                    self._take(event)
            if self._silenced:
                self._end_silence()

    def fileno(self) -> int:
        """Give the socket."""
        return int(self._display.fileno())

    def close(self) -> None:
        """Give all chords back."""
        with closed_connection():
            for code in self._silenced:
                self._repeat_again(code)
            for name in list(self._chords):
                self.free(name)
            self._display.close()

    def _take(self, event: Any) -> None:
        if event.type == X.KeyPress:
            self._take_press(event)
        elif event.type == X.KeyRelease:
            self._take_release(event.detail)
        elif event.type == X.MappingNotify:
            self._display.refresh_keyboard_mapping(event)
            self._follow_map()

    def _take_press(self, event: Any) -> None:
        held = event.state & self._keyboard.mask(frozenset(self._keyboard.masks))
        for name, chord in self._chords.items():
            wanted = self._keyboard.mask(chord.modifiers)
            exact = held == wanted or (bool(self._down) and held & wanted == wanted)
            if self._code(name) == event.detail and exact and name not in self._down:
                self._down.add(name)
                self._on_key(name, True)
                return

    def _take_release(self, code: int) -> None:
        names = [name for name in self._down if self._code(name) == code]
        if names and code not in self._keyboard.down():
            for name in names:
                self._down.discard(name)
                self._on_key(name, False)

    def _end_silence(self) -> None:
        for code in self._silenced - self._keyboard.down():
            self._repeat_again(code)
            self._silenced.discard(code)
            self._take_release(code)

    def _end_repeat(self) -> None:
        """Strike a key that means nothing; nobody sees it, for the keyboard is still ours."""
        code = self._keyboard.idle_code()
        if code is not None:
            xtest.fake_input(self._display, X.KeyPress, code)
            xtest.fake_input(self._display, X.KeyRelease, code)

    def _repeat_again(self, code: int) -> None:
        self._display.change_keyboard_control(key=code, auto_repeat_mode=X.AutoRepeatModeOn)
        self._display.sync()

    def _follow_map(self) -> None:
        """Grab again what lies elsewhere in the new map."""
        self._keyboard.read_map()
        lost = []  # keys whose release would not be known as theirs
        for name, chord in self._chords.items():
            try:
                grabs = self._grabs_of(chord)
            except HotkeyError as exc:
                _log.warning("until the keyboard has another map: %s", exc)
                grabs = []
            if grabs != self._grabs[name]:
                self._ungrab(name)
                self._grabs[name] = grabs
                self._grab(name)
                lost.append(name)
        for name in self._down.intersection(lost):
            self._down.discard(name)
            self._on_key(name, False)

    def _code(self, name: str) -> int | None:
        """Give the key code of a chord; None if it has none, or there is no such chord."""
        return next((code for code, _ in self._grabs.get(name, ())), None)

    def _grabs_of(self, chord: Chord) -> list[tuple[int, int]]:
        """List what to grab for a chord: its key with its modifiers, in all states of the locks.

        Raises:
            HotkeyError: this keyboard has no such key.
        """
        code, mask = self._keyboard.code(chord.key), self._keyboard.mask(chord.modifiers)
        return [(code, mask | locks) for locks in self._keyboard.lock_masks]

    def _grab(self, name: str) -> bool:
        """Grab a chord; returns whether nobody else has it."""
        refused = CatchError(BadAccess)
        for code, mask in self._grabs[name]:
            self._root.grab_key(code, mask, False, X.GrabModeAsync, X.GrabModeAsync, refused)
        self._display.sync()
        return refused.get_error() is None

    def _ungrab(self, name: str) -> None:
        for code, mask in self._grabs[name]:
            self._root.ungrab_key(code, mask)


def _is_repeat(event: Any, following: Any) -> bool:
    """Tell a release that automatic repeat made: its press follows with the same time."""
    return (
        following is not None
        and (event.type, following.type) == (X.KeyRelease, X.KeyPress)
        and (event.detail, event.time) == (following.detail, following.time)
    )
