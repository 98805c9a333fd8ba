"""Typing on macOS: Quartz events that carry their text, in any layout."""

from __future__ import annotations

import os
from collections.abc import Iterator

from app.dictation.chord import Chord
from app.dictation.keys import Target
from app.dictation.mac_api import MacApi
from app.dictation.mac_keys import CODES, MODIFIER_CODES, post_chord
from app.errors import TypingError

_BURST = 16  # UTF-16 code units: an event carries 20 at most
_PAUSE_S = 0.01
_KEYS = {"\n": CODES["Return"], "\t": CODES["Tab"]}


class MacTypist:
    """``Typist`` of macOS.

    Args:
        api: the system; tests have another.
    """

    can_paste = True

    def __init__(self, api: MacApi | None = None) -> None:
        self._api = api or MacApi()

    def target(self) -> Target | None:
        """Give the program in front; its process stands for its window."""
        process, program = self._api.front()
        if not process:
            return None
        return Target(window=process, program=program, is_own=process == os.getpid())

    def held_modifiers(self) -> frozenset[str]:
        """Tell which modifiers are down now."""
        return frozenset(
            name for name, codes in MODIFIER_CODES.items() if any(map(self._api.is_down, codes))
        )

    def lift_modifiers(self) -> None:
        """Do nothing: each event carries its own modifiers."""

    def strike(self, chord: Chord) -> None:
        """Press and release a chord."""
        self._check()
        post_chord(chord, self._api)

    def type_text(self, text: str) -> Iterator[float]:
        """Type a text in steps."""
        self._check()
        for piece in _pieces(text.replace("\r\n", "\n")):
            for down in (True, False):
                code = _KEYS.get(piece, 0)
                self._api.post(code, down=down, text="" if piece in _KEYS else piece)
            yield _PAUSE_S

    def arrived(self, target: Target) -> bool:
        """Trust the system, which has queued the keys."""
        return True

    def is_of_target(self, window: int, target: Target) -> bool:
        """Compare the processes."""
        return window == target.window

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _check(self) -> None:
        if not self._api.is_trusted():
            raise TypingError("allow Songshu in System Settings, Privacy & Security, Accessibility")


def _pieces(text: str) -> Iterator[str]:
    """Cut a text into what one event carries; a line break has a key of its own."""
    piece = ""
    for character in text:
        units = len((piece + character).encode("utf-16-le")) // 2
        if piece and (character in _KEYS or units > _BURST):
            yield piece
            piece = ""
        if character in _KEYS:
            yield character
        else:
            piece += character
    if piece:
        yield piece
