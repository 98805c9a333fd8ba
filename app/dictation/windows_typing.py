"""Typing on Windows: SendInput, with characters as such (KEYEVENTF_UNICODE) in any layout."""

from __future__ import annotations

import os
from collections.abc import Iterator

from app.dictation.chord import Chord
from app.dictation.keys import Target
from app.dictation.windows_api import KeyStroke, WindowsApi
from app.dictation.windows_keys import MODIFIER_VKS, VKS, strokes_of
from app.errors import TypingError

_BURST = 32  # characters without a pause
_PAUSE_S = 0.01
_KEYS = {"\n": VKS["Return"], "\t": VKS["Tab"]}


class WindowsTypist:
    """``Typist`` of Windows.

    Args:
        api: the system; tests have another.
    """

    can_paste = True

    def __init__(self, api: WindowsApi | None = None) -> None:
        self._api = api or WindowsApi()

    def target(self) -> Target | None:
        """Give the window in front."""
        window = self._api.foreground()
        if not window:
            return None
        process = self._api.process_of(window)
        program = self._api.program_of(process)
        return Target(window=window, program=program, is_own=process == os.getpid())

    def held_modifiers(self) -> frozenset[str]:
        """Tell which modifiers are down now."""
        held = {name for name, vks in MODIFIER_VKS.items() if any(map(self._api.is_down, vks))}
        return frozenset(held)

    def lift_modifiers(self) -> None:
        """Let the modifiers that are down count as up."""
        down = [vk for vks in MODIFIER_VKS.values() for vk in vks if self._api.is_down(vk)]
        self._send([KeyStroke(vk=vk, up=True) for vk in down])

    def strike(self, chord: Chord) -> None:
        """Press and release a chord."""
        self._send(strokes_of(chord, self._api))

    def type_text(self, text: str) -> Iterator[float]:
        """Type a text in steps."""
        text = text.replace("\r\n", "\n")
        for start in range(0, len(text), _BURST):
            self._send(
                [stroke for char in text[start : start + _BURST] for stroke in _strokes(char)]
            )
            yield _PAUSE_S

    def arrived(self, target: Target) -> bool:
        """Tell whether the window handles its messages; Windows has queued the keys for it."""
        return self._api.answers(target.window)

    def is_of_target(self, window: int, target: Target) -> bool:
        """Compare the processes."""
        return bool(window) and self._api.process_of(window) == self._api.process_of(target.window)

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _send(self, strokes: list[KeyStroke]) -> None:
        if strokes and self._api.send(strokes) != len(strokes):
            raise TypingError("Windows refused the keys; the program may run as administrator")


def _strokes(character: str) -> list[KeyStroke]:
    """Give the strokes of a character: one pair for each UTF-16 code unit."""
    if character in _KEYS:
        vk = _KEYS[character]
        return [KeyStroke(vk=vk), KeyStroke(vk=vk, up=True)]
    data = character.encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]
    return [KeyStroke(unit=unit, up=up) for unit in units for up in (False, True)]
