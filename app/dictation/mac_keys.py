"""Global shortcuts on macOS: Carbon's RegisterEventHotKey, which tells press and release.

It needs no permission and takes single chords; an event tap (what pynput uses) needs the permission
to watch all input, and the system switches it off when it was too slow once.
"""

from __future__ import annotations

from app.dictation.chord import Chord
from app.dictation.keys import OnKey
from app.dictation.mac_api import MacApi
from app.errors import HotkeyError, HotkeyTakenError

_CARBON_MASKS = {"Meta": 0x0100, "Shift": 0x0200, "Alt": 0x0800, "Ctrl": 0x1000}
FLAGS = {"Meta": 0x100000, "Shift": 0x020000, "Alt": 0x080000, "Ctrl": 0x040000}
MODIFIER_CODES = {"Meta": (55, 54), "Shift": (56, 60), "Alt": (58, 61), "Ctrl": (59, 62)}
_ROWS = {  # virtual key codes, by position on an ANSI keyboard
    0: "ASDFHGZXCV",
    11: "BQWERYT123465=97-80]OU[IP",
    37: "LJ'K;\\,/NM.",
}
CODES = {
    **{key: start + at for start, row in _ROWS.items() for at, key in enumerate(row)},
    **{"Return": 36, "Tab": 48, "Space": 49, "`": 50, "Backspace": 51, "Esc": 53},
    **{"F1": 122, "F2": 120, "F3": 99, "F4": 118, "F5": 96, "F6": 97, "F7": 98, "F8": 100},
    **{"F9": 101, "F10": 109, "F11": 103, "F12": 111, "F13": 105, "F14": 107, "F15": 113},
    **{"F16": 106, "F17": 64, "F18": 79, "F19": 80, "F20": 90},
    **{"Insert": 114, "Delete": 117, "Home": 115, "End": 119, "PageUp": 116, "PageDown": 121},
    **{"Left": 123, "Right": 124, "Down": 125, "Up": 126},
}


class MacKeys:
    """``KeySource`` of macOS.

    Args:
        on_key: told (name, down) from the main thread's event loop.
        api: the system; tests have another.
    """

    def __init__(self, on_key: OnKey, api: MacApi | None = None) -> None:
        self._on_key = on_key
        self._api = api or MacApi()
        self._api.listen(self._on_hotkey)
        self._chords: dict[str, Chord] = {}
        self._numbers: dict[str, int] = {}
        self._references: dict[str, int] = {}
        self._n_numbers = 0

    def grab(self, name: str, chord: Chord) -> None:
        """Take a chord from all other programs."""
        self.free(name)
        code_of(chord)
        self._n_numbers += 1
        self._chords[name], self._numbers[name] = chord, self._n_numbers
        self._register(name)

    def free(self, name: str) -> None:
        """Give a chord back."""
        if name in self._references:
            self._api.unregister(self._references.pop(name))
        self._chords.pop(name, None)
        self._numbers.pop(name, None)

    def is_held(self, name: str) -> bool:
        """Ask the keyboard itself."""
        return name in self._chords and self._api.is_down(code_of(self._chords[name]))

    def replay(self, name: str) -> None:
        """Strike the chord for the program in front."""
        self._api.unregister(self._references.pop(name))
        post_chord(self._chords[name], self._api)
        self._register(name)

    def yield_keyboard(self) -> None:
        """Do nothing: only the chord itself was taken."""

    def poll(self) -> None:
        """Do nothing: releases are told."""

    def fileno(self) -> int:
        """Tell that there is nothing to wait for."""
        return -1

    def close(self) -> None:
        """Give all chords back."""
        for name in list(self._chords):
            self.free(name)

    def _register(self, name: str) -> None:
        chord = self._chords[name]
        modifiers = sum(_CARBON_MASKS[modifier] for modifier in chord.modifiers)
        reference = self._api.register(self._numbers[name], modifiers, code_of(chord))
        if not reference:
            self.free(name)
            raise HotkeyTakenError(str(chord))
        self._references[name] = reference

    def _on_hotkey(self, number: int, down: bool) -> None:
        for name, own in self._numbers.items():
            if own == number:
                self._on_key(name, down)
                return


def code_of(chord: Chord) -> int:
    """Give the key code of a chord's key.

    Raises:
        HotkeyError: a Mac's keyboard has none.
    """
    if chord.key not in CODES:
        raise HotkeyError(chord.key, "this keyboard has no such key")
    return CODES[chord.key]


def post_chord(chord: Chord, api: MacApi) -> None:
    """Strike a chord."""
    flags = sum(FLAGS[modifier] for modifier in chord.modifiers)
    for down in (True, False):
        api.post(code_of(chord), down=down, flags=flags)
