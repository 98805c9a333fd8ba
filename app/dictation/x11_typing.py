"""Typing on X11 through XTEST: any character, into the window that has the focus.

    a character the keyboard has -> its key, with Shift if need be
    any other (é, 松, 🐿)        -> a spare key code that is given this character first

Spare codes are few (some twenty), and a program reads the new map when it comes to it. So a code
keeps its character as long as possible. Before codes are given away the target is asked whether it
has taken all keys so far: it answers a _NET_WM_PING after them, for it handles its events in order.
A program that knows no ping (Tk, xterm) gets a second for that, and more while it has work to do: a
terminal that looks for a font with the first Chinese character needs seconds.

Xlib keysyms: Latin-1 are their code points, all others code point + 0x01000000.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from Xlib import XK, X
from Xlib.error import XError
from Xlib.ext import xtest
from Xlib.protocol.event import ClientMessage

from app.dictation.chord import Chord
from app.dictation.keys import Target
from app.dictation.x11 import Keyboard, closed_connection, open_display
from app.errors import TypingError

_BURST = 8  # characters without a pause: a slow program's queue is never long
_BURST_PAUSE_S = 0.01
_MAP_PAUSE_S = 0.05  # for a program to read a new map
_UNASKED_S = 1.0  # for a program that cannot be asked
_BUSY_S = 10.0  # the most that such a program gets while it has work to do
_IDLE_STEPS = 10  # steps without work after which it has nothing to do
_ANSWER_S = 2.0  # a program that is busy for longer gets the next keys all the same
_ANSWER_MASK = X.StructureNotifyMask | X.SubstructureNotifyMask  # Qt, GTK and others differ
_CONTROLS = {"\n": XK.XK_Return, "\t": XK.XK_Tab}
_GROUP_SHIFT, _GROUP_MASK = 13, 3  # the keyboard group lies in bits 13 and 14 of a state


class X11Typist:
    """``Typist`` of X11.

    Args:
        display: ":0"; None takes $DISPLAY.

    Raises:
        KeyboardError: there is no X server.
    """

    can_paste = True

    def __init__(self, display: str | None = None) -> None:
        self._display = open_display(display)
        self._root = self._display.screen().root
        self._keyboard = Keyboard(self._display)
        self._atoms = {n: self._display.intern_atom(n) for n in ("WM_PROTOCOLS", "_NET_WM_PING")}
        self._id_mask = int(self._display.display.info.resource_id_mask)
        self._spare: OrderedDict[str, int] = OrderedDict()  # character -> its code, oldest first
        self._pings = 0
        self._asked: int | None = None  # number of the ping that has no answer yet
        self._asked_at = 0.0

    def target(self) -> Target | None:
        """Give the window that has the focus."""
        with closed_connection():
            window = self._display.get_input_focus().focus
            try:
                while not isinstance(window, int) and window.id != self._root.id:
                    named = window.get_wm_class()
                    if named:
                        return self._describe(window, named[1])
                    window = window.query_tree().parent
            except XError:
                return None  # it was closed at this moment
            return None

    def held_modifiers(self) -> frozenset[str]:
        """Tell which modifiers are down now."""
        with closed_connection():
            return frozenset(self._keyboard.down_modifiers())

    def lift_modifiers(self) -> None:
        """Let the modifiers that are down count as up."""
        with closed_connection():
            for codes in self._keyboard.down_modifiers().values():
                for code in codes:
                    xtest.fake_input(self._display, X.KeyRelease, code)
            self._display.sync()

    def strike(self, chord: Chord) -> None:
        """Press and release a chord."""
        with closed_connection():
            self._read_events()
            codes = [self._keyboard.modifier_code(name) for name in chord.in_order]
            self._press([*codes, self._keyboard.code(chord.key)])
            self._display.sync()

    def type_text(self, text: str) -> Iterator[float]:
        """Type a text in steps; Caps Lock is off meanwhile."""
        self._read_map()
        had_caps = self._caps
        self._set_caps_lock(False)
        try:
            yield from self._type(text)
        finally:
            self._set_caps_lock(had_caps)

    def _set_caps_lock(self, on: bool) -> None:
        with closed_connection():
            if bool(self._root.query_pointer().mask & X.LockMask) != on:
                self._press([self._keyboard.code("Caps_Lock")])
                self._display.sync()

    def _type(self, text: str) -> Iterator[float]:
        text = text.replace("\r\n", "\n")
        while text:
            n_characters, on_spare = self._plan(text)
            yield from self._give_codes(on_spare)
            for number, character in enumerate(text[:n_characters], start=1):
                with closed_connection():
                    self._press(self._codes_of(character, on_spare))
                    self._display.flush()
                if number % _BURST == 0:
                    yield _BURST_PAUSE_S
            text = text[n_characters:]

    def arrived(self, target: Target) -> bool | None:
        """Tell whether the target has taken all keys."""
        with closed_connection():
            if self._asked is None:
                return self._ask(target)
            self._read_events()
            if self._asked is None:
                return True
            if time.monotonic() - self._asked_at < _ANSWER_S:
                return None
            self._asked = None
            return False

    def is_of_target(self, window: int, target: Target) -> bool:
        """Compare the clients: the upper bits of a window's number are its program's connection."""
        return window & ~self._id_mask == target.window & ~self._id_mask

    def close(self) -> None:
        """Give the spare key codes back."""
        with closed_connection():
            for code in self._spare.values():
                self._display.change_keyboard_mapping(code, [[X.NoSymbol]])
            self._display.sync()
            self._display.close()

    def _describe(self, window: Any, program: str) -> Target:
        target = Target(window=int(window.id), program=program)
        return replace(target, is_own=self._process_of(target) == os.getpid())

    def _read_map(self) -> None:
        """Learn which key gives which character now, and which key codes give none."""
        with closed_connection():
            self._read_events()
            first = self._display.display.info.min_keycode
            n_codes = self._display.display.info.max_keycode - first + 1
            rows = self._display.get_keyboard_mapping(first, n_codes)
            state = self._root.query_pointer().mask
        for character, code in list(self._spare.items()):
            if keysym(character) not in rows[code - first]:  # somebody has set another layout
                del self._spare[character]
        given = set(self._spare.values())
        group = state >> _GROUP_SHIFT & _GROUP_MASK
        self._caps = bool(state & X.LockMask)
        self._keys: dict[int, tuple[int, bool]] = {}
        for code, row in enumerate(rows, start=first):
            symbols = list(row)[2 * group : 2 * group + 2] if group < 2 else []
            for shifted, symbol in enumerate(symbols):
                if symbol and code not in given:
                    self._keys.setdefault(symbol, (code, bool(shifted)))
        self._free_codes = [
            code for code, row in enumerate(rows, start=first) if not any(row) and code not in given
        ]

    def _plan(self, text: str) -> tuple[int, list[str]]:
        """Tell how many characters can be typed with one map, and which need a spare code there.

        Raises:
            TypingError: there is no spare code at all.
        """
        with closed_connection():
            down = self._keyboard.down()
        n_codes = len(self._free_codes) + len(self._spare)
        on_spare: dict[str, None] = {}
        for at, character in enumerate(text):
            key = self._keys.get(keysym(character))
            if character in on_spare or (key is not None and key[0] not in down):
                continue
            if not n_codes:
                raise TypingError("the keyboard has no spare key for other characters")
            if len(on_spare) == n_codes:
                return at, list(on_spare)
            on_spare[character] = None
        return len(text), list(on_spare)

    def _codes_of(self, character: str, on_spare: list[str]) -> list[int]:
        """Give the key codes to press together."""
        if character in on_spare:
            return [self._spare[character]]
        code, shifted = self._keys[keysym(character)]
        return [self._keyboard.modifier_code("Shift"), code] if shifted else [code]

    def _give_codes(self, characters: list[str]) -> Iterator[float]:
        """Let spare key codes have these characters; those that have been used least give way."""
        for character in characters:
            if character in self._spare:
                self._spare.move_to_end(character)
        new = [character for character in characters if character not in self._spare]
        if not new:
            return
        if len(new) > len(self._free_codes):
            yield from self._let_target_catch_up()
        with closed_connection():
            for character in new:
                code = (
                    self._free_codes.pop()
                    if self._free_codes
                    else self._spare.popitem(last=False)[1]
                )
                symbol = keysym(character)
                self._display.change_keyboard_mapping(code, [[symbol, symbol]])
                self._spare[character] = code
            self._display.sync()
        yield _MAP_PAUSE_S

    def _let_target_catch_up(self) -> Iterator[float]:
        """Wait until the target has read the keys that were typed with the present map."""
        target = self.target()
        with closed_connection():
            knows_ping = target is not None and self._has_ping(target)
        if target is None or not knows_ping:
            yield _UNASKED_S
            yield from self._let_work_end(target)
            return
        while self.arrived(target) is None:
            yield _BURST_PAUSE_S
        self._asked = None

    def _let_work_end(self, target: Target | None) -> Iterator[float]:
        """Wait until the process of a window sleeps; on systems that do not tell, not at all."""
        process_id = self._process_of(target) if target is not None else None
        ends_at = time.monotonic() + _BUSY_S
        idle, before = 0, None
        while process_id is not None and idle < _IDLE_STEPS and time.monotonic() < ends_at:
            now = _activity(process_id)
            if now is None:
                return
            idle = idle + 1 if now == before and now[0] == "S" else 0
            before = now
            yield _BURST_PAUSE_S

    def _process_of(self, target: Target) -> int | None:
        with closed_connection():
            window = self._display.create_resource_object("window", target.window)
            name = self._display.intern_atom("_NET_WM_PID")
            try:
                found = window.get_full_property(name, X.AnyPropertyType)
            except XError:
                return None  # it has been closed
        return int(found.value[0]) if found is not None and len(found.value) > 0 else None

    def _press(self, codes: list[int]) -> None:
        for code in codes:
            xtest.fake_input(self._display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)

    def _ask(self, target: Target) -> bool | None:
        """Send a ping if the target knows it."""
        window = self._display.create_resource_object("window", target.window)
        try:
            window.get_attributes()
        except XError:
            return False  # it has been closed
        if not self._has_ping(target):
            return True
        self._root.change_attributes(event_mask=_ANSWER_MASK)
        self._pings += 1
        self._asked, self._asked_at = self._pings, time.monotonic()
        data = (32, [self._atoms["_NET_WM_PING"], self._asked, target.window, 0, 0])
        message = ClientMessage(window=window, client_type=self._atoms["WM_PROTOCOLS"], data=data)
        window.send_event(message)
        self._display.flush()
        return None

    def _has_ping(self, target: Target) -> bool:
        window = self._display.create_resource_object("window", target.window)
        try:
            protocols = window.get_full_property(self._atoms["WM_PROTOCOLS"], X.AnyPropertyType)
        except XError:
            return False
        return protocols is not None and self._atoms["_NET_WM_PING"] in protocols.value

    def _read_events(self) -> None:
        """Take answers to pings, and follow the keyboard's map."""
        while self._display.pending_events():
            event = self._display.next_event()
            if event.type == X.MappingNotify:
                self._display.refresh_keyboard_mapping(event)
                self._keyboard.read_map()
            elif event.type == X.ClientMessage and event.client_type == self._atoms["WM_PROTOCOLS"]:
                self._take_answer(*event.data[1][:2])

    def _take_answer(self, name: int, number: int) -> None:
        if name == self._atoms["_NET_WM_PING"] and number == self._asked:
            self._asked = None
            self._root.change_attributes(event_mask=X.NoEventMask)


def _activity(process_id: int) -> tuple[str, int] | None:
    """Give the state of a process (S: it sleeps) and its processor time; None if nobody tells."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except OSError:
        return None
    state, *numbers = fields.split()
    return state, int(numbers[10]) + int(numbers[11])  # utime, stime


def keysym(character: str) -> int:
    """Give the X keysym of a character."""
    if character in _CONTROLS:
        return int(_CONTROLS[character])
    code_point = ord(character)
    is_latin = 0x20 <= code_point <= 0x7E or 0xA0 <= code_point <= 0xFF
    return code_point if is_latin else 0x01000000 + code_point
