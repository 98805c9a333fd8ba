"""Global shortcuts on Windows: RegisterHotKey, which takes single chords and hooks nothing else.

    RegisterHotKey -> WM_HOTKEY at the press, in the GUI's own message loop
    the release is not told: ``poll`` asks GetAsyncKeyState while the key is down

A low-level keyboard hook (what pynput uses) would see every key of everybody, slow all typing down
while we are busy, and be removed by Windows in silence when it was too slow once.
"""

from __future__ import annotations

from app.dictation.chord import CHARACTERS, SIGNS, Chord
from app.dictation.keys import OnKey
from app.dictation.windows_api import KeyStroke, WindowsApi
from app.errors import HotkeyError, HotkeyTakenError

_NO_REPEAT = 0x4000
_MASKS = {"Alt": 1, "Ctrl": 2, "Shift": 4, "Meta": 8}
MODIFIER_VKS = {
    "Ctrl": (0xA2, 0xA3),
    "Alt": (0xA4, 0xA5),
    "Shift": (0xA0, 0xA1),
    "Meta": (0x5B, 0x5C),
}
VKS = {
    **{f"F{number}": 0x6F + number for number in range(1, 25)},
    **{character: ord(character) for character in CHARACTERS if character not in SIGNS},
    **{"Space": 0x20, "Tab": 0x09, "Return": 0x0D, "Esc": 0x1B, "Backspace": 0x08},
    **{"Insert": 0x2D, "Delete": 0x2E, "Home": 0x24, "End": 0x23, "PageUp": 0x21, "PageDown": 0x22},
    **{"Left": 0x25, "Up": 0x26, "Right": 0x27, "Down": 0x28, "Pause": 0x13, "ScrollLock": 0x91},
    **{"Print": 0x2C, "Menu": 0x5D},
}


class WindowsKeys:
    """``KeySource`` of Windows.

    Args:
        on_key: told (name, down): presses from the message loop, releases from ``poll``.
        api: the system; tests have another.
    """

    def __init__(self, on_key: OnKey, api: WindowsApi | None = None) -> None:
        self._on_key = on_key
        self._api = api or WindowsApi()
        self._window = self._api.make_window(self._on_hotkey)
        self._chords: dict[str, Chord] = {}
        self._numbers: dict[str, int] = {}
        self._n_numbers = 0
        self._down: set[str] = set()

    def grab(self, name: str, chord: Chord) -> None:
        """Take a chord from all other programs."""
        self.free(name)
        self._n_numbers += 1
        self._chords[name], self._numbers[name] = chord, self._n_numbers
        try:
            self._register(name)
        except HotkeyError:
            self.free(name)
            raise

    def free(self, name: str) -> None:
        """Give a chord back."""
        if name in self._chords:
            self._api.unregister(self._window, self._numbers[name])
            del self._chords[name], self._numbers[name]
            self._down.discard(name)

    def is_held(self, name: str) -> bool:
        """Ask the keyboard itself."""
        return name in self._chords and self._api.is_down(vk_of(self._chords[name], self._api))

    def replay(self, name: str) -> None:
        """Strike the chord for the program in front."""
        self._api.unregister(self._window, self._numbers[name])
        self._api.send(strokes_of(self._chords[name], self._api))
        self._register(name)

    def yield_keyboard(self) -> None:
        """Do nothing: only the chord itself was taken."""

    def poll(self) -> None:
        """Find releases."""
        for name in [name for name in self._down if not self.is_held(name)]:
            self._down.discard(name)
            self._on_key(name, False)

    def fileno(self) -> int:
        """Tell that there is nothing to wait for."""
        return -1

    def close(self) -> None:
        """Give all chords back."""
        for name in list(self._chords):
            self.free(name)
        self._api.close_window(self._window)

    def _register(self, name: str) -> None:
        chord = self._chords[name]
        modifiers = _NO_REPEAT
        for modifier in chord.modifiers:
            modifiers |= _MASKS[modifier]
        vk = vk_of(chord, self._api)
        if not self._api.register(self._window, self._numbers[name], modifiers, vk):
            raise HotkeyTakenError(str(chord))

    def _on_hotkey(self, number: int) -> None:
        for name, own in self._numbers.items():
            if own == number and name not in self._down:
                self._down.add(name)
                self._on_key(name, True)
                return


def vk_of(chord: Chord, api: WindowsApi) -> int:
    """Give the virtual key of a chord's key.

    Raises:
        HotkeyError: this keyboard has none.
    """
    vk = VKS.get(chord.key) or api.vk_of(chord.key)
    if not vk:
        raise HotkeyError(chord.key, "this keyboard has no such key")
    return vk


def strokes_of(chord: Chord, api: WindowsApi) -> list[KeyStroke]:
    """Give the strokes of a chord; modifiers that are held already are left as they are."""
    missing = [
        MODIFIER_VKS[name][0]
        for name in chord.in_order
        if not any(map(api.is_down, MODIFIER_VKS[name]))
    ]
    vks = [*missing, vk_of(chord, api)]
    return [KeyStroke(vk=vk) for vk in vks] + [KeyStroke(vk=vk, up=True) for vk in reversed(vks)]
