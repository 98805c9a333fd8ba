"""What the X11 parts share: a connection of our own, and the keyboard's map as the server has it.

A connection of our own and not Qt's: a grab, an error or a slow answer never meets the window's.
Requests that may fail are checked at once; whatever else the server complains of goes to the log.
"""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from Xlib import XK, X
from Xlib.display import Display
from Xlib.error import ConnectionClosedError, DisplayError

from app.dictation.chord import MODIFIERS
from app.dictation.x11_names import KEYSYMS
from app.errors import HotkeyError, KeyboardError

_log = logging.getLogger(__name__)
MODIFIER_KEYS = {
    "Ctrl": ("Control_L", "Control_R"),
    "Alt": ("Alt_L", "Alt_R"),
    "Shift": ("Shift_L", "Shift_R"),
    "Meta": ("Super_L", "Super_R"),
}
_LOCAL = re.compile(r"(unix)?:(?P<number>\d+)(?P<screen>\.\d+)?")
_FIXED_MASKS = {"Ctrl": X.ControlMask, "Shift": X.ShiftMask}


def open_display(name: str | None = None) -> Display:
    """Connect to the X server of this computer; never over a network.

    Args:
        name: ":0"; None takes $DISPLAY.

    Raises:
        KeyboardError: there is none, or it has no XTEST.
    """
    shown_as = os.environ.get("DISPLAY", "") if name is None else name
    found = _LOCAL.fullmatch(shown_as)
    if found is None:
        raise KeyboardError(f'no connection to an X server of this computer ("{shown_as}")')
    try:
        _knock(int(found["number"]))
        shown = Display(f"unix:{found['number']}{found['screen'] or ''}")  # never tries TCP
        has_test = shown.has_extension("XTEST")
    except (DisplayError, ConnectionClosedError, OSError) as exc:
        raise KeyboardError(f"no connection to the X server ({exc})") from exc
    if not has_test:
        shown.close()
        raise KeyboardError("the X server has no XTEST")
    shown.set_error_handler(_log_error)
    return shown


def _knock(number: int) -> None:
    """Try the server's socket; Xlib leaves its own one open when nobody answers.

    Raises:
        OSError: nobody answers.
    """
    path = f"/tmp/.X11-unix/X{number}"
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(path if Path(path).exists() else f"\0{path}")


class Keyboard:
    """The keyboard's map: key names to key codes, modifiers to masks, what is down.

    Args:
        shown: the connection.
    """

    def __init__(self, shown: Display) -> None:
        self._display = shown
        self.read_map()

    def read_map(self) -> None:
        """Read the modifiers again; call it after a MappingNotify."""
        mapping = self._display.get_modifier_mapping()
        self._codes = {
            name: [code for sym in names for code in self._codes_of(sym)]
            for name, names in MODIFIER_KEYS.items()
        }
        self.masks = dict(_FIXED_MASKS)
        for name in ("Alt", "Meta"):
            self.masks[name] = _mask_of(mapping, self._codes[name])
        locks = [X.LockMask, _mask_of(mapping, self._codes_of("Num_Lock"))]
        self.lock_masks = sorted({0, *locks, locks[0] | locks[1]})

    def code(self, key: str) -> int:
        """Give the key code of a key.

        Raises:
            HotkeyError: this keyboard has none.
        """
        name = KEYSYMS.get(key, key.lower() if len(key) == 1 else key)
        codes = self._codes_of(name)
        if not codes:
            raise HotkeyError(key, "this keyboard has no such key")
        return codes[0]

    def modifier_code(self, name: str) -> int:
        """Give the key code of a modifier.

        Raises:
            HotkeyError: this keyboard has none.
        """
        if not self._codes[name]:
            raise HotkeyError(name, "this keyboard has no such key")
        return self._codes[name][0]

    def idle_code(self) -> int | None:
        """Give a key code that means nothing and would repeat; None if this keyboard has none."""
        info, repeats = (
            self._display.display.info,
            self._display.get_keyboard_control().auto_repeats,
        )
        first = info.min_keycode
        rows = self._display.get_keyboard_mapping(first, info.max_keycode - first + 1)
        idle = [code for code, row in enumerate(rows, start=first) if not any(row)]
        return next((code for code in reversed(idle) if repeats[code // 8] >> code % 8 & 1), None)

    def mask(self, modifiers: Iterator[str] | frozenset[str]) -> int:
        """Give the mask of some modifiers."""
        found = 0
        for name in modifiers:
            found |= self.masks[name]
        return found

    def down(self) -> set[int]:
        """Ask the server which key codes are down."""
        keymap = self._display.query_keymap()
        return {
            8 * byte + bit
            for byte, bits in enumerate(keymap)
            for bit in range(8)
            if bits >> bit & 1
        }

    def down_modifiers(self) -> dict[str, list[int]]:
        """Ask which modifiers are down, with the key codes that hold them."""
        down = self.down()
        held = {name: [code for code in self._codes[name] if code in down] for name in MODIFIERS}
        return {name: codes for name, codes in held.items() if codes}

    def _codes_of(self, keysym: str) -> list[int]:
        found = self._display.keysym_to_keycodes(XK.string_to_keysym(keysym))
        return [code for code, _index in sorted(found, key=lambda pair: pair[1])]


@contextmanager
def closed_connection() -> Iterator[None]:
    """Turn the end of the X server into our error.

    Raises:
        KeyboardError: it has gone.
    """
    try:
        yield
    except ConnectionClosedError as exc:
        raise KeyboardError("the X server has gone") from exc


def _mask_of(mapping: Sequence[Sequence[int]], codes: Sequence[int]) -> int:
    """Give the mask of the modifier that any of these keys belongs to; 0 if none does."""
    for index, members in enumerate(mapping):
        if any(code in members for code in codes if code):
            return 1 << index
    return 0


def _log_error(error: Any, request: Any) -> None:
    _log.debug("X error %s of %s", error, request)
