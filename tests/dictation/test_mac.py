"""What is decided for macOS, against a stand-in for its functions; they themselves need a Mac."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from app.dictation.chord import CHARACTERS, NAMED_KEYS, Chord
from app.dictation.keys import Target
from app.dictation.mac_keys import CODES, FLAGS, MODIFIER_CODES, MacKeys
from app.dictation.mac_typing import MacTypist
from app.errors import HotkeyError, HotkeyTakenError, TypingError


class FakeMac:
    """A Mac with one keyboard."""

    def __init__(self) -> None:
        self.registered: dict[int, tuple[int, int, int]] = {}
        self.refused: set[int] = set()
        self.down: set[int] = set()
        self.posted: list[tuple[int, bool, int, str]] = []
        self.trusted = True
        self.in_front = (100, "com.apple.TextEdit")
        self._n = 0

    def listen(self, on_hotkey: Callable[[int, bool], None]) -> None:
        self.tell = on_hotkey

    def register(self, number: int, modifiers: int, code: int) -> int:
        if code in self.refused:
            return 0
        self._n += 1
        self.registered[self._n] = (number, modifiers, code)
        return self._n

    def unregister(self, reference: int) -> None:
        del self.registered[reference]

    def is_down(self, code: int) -> bool:
        return code in self.down

    def is_trusted(self) -> bool:
        return self.trusted

    def post(self, code: int, *, down: bool, flags: int = 0, text: str = "") -> None:
        self.posted.append((code, down, flags, text))

    def front(self) -> tuple[int, str]:
        return self.in_front


@pytest.fixture
def mac() -> Any:
    return FakeMac()


def test_press_and_release_are_told(mac: Any) -> None:
    told: list[tuple[str, bool]] = []
    keys = MacKeys(lambda name, down: told.append((name, down)), mac)
    keys.grab("hold", Chord.parse("Ctrl+Alt+Space"))
    ((number, modifiers, code),) = mac.registered.values()
    assert (modifiers, code) == (0x1800, 49)
    mac.tell(number, True)
    mac.tell(number, False)
    mac.tell(99, True)
    keys.poll()
    keys.yield_keyboard()
    assert told == [("hold", True), ("hold", False)]
    assert keys.fileno() == -1
    mac.down.add(49)
    assert keys.is_held("hold")
    keys.close()
    assert mac.registered == {}


def test_refused_chord_is_told_and_forgotten(mac: Any) -> None:
    keys = MacKeys(lambda name, down: None, mac)
    mac.refused.add(CODES["F9"])
    with pytest.raises(HotkeyTakenError):
        keys.grab("hold", Chord("F9"))
    with pytest.raises(HotkeyError, match="no such key"):
        keys.grab("hold", Chord("Pause"))
    keys.grab("hold", Chord("F10"))
    keys.grab("hold", Chord("F8"))
    assert [code for _, _, code in mac.registered.values()] == [CODES["F8"]]


def test_replay_strikes_and_grabs_again(mac: Any) -> None:
    keys = MacKeys(lambda name, down: None, mac)
    keys.grab("hold", Chord.parse("Ctrl+Space"))
    keys.replay("hold")
    assert mac.posted == [(49, True, FLAGS["Ctrl"], ""), (49, False, FLAGS["Ctrl"], "")]
    assert len(mac.registered) == 1


def test_codes_are_of_known_keys_and_differ() -> None:
    assert set(CODES) <= {*NAMED_KEYS, *CHARACTERS}
    assert set(CHARACTERS) <= set(CODES)
    assert len(set(CODES.values())) == len(CODES)
    assert (CODES["P"], CODES["."], CODES["0"], CODES["V"]) == (35, 47, 29, 9)  # Apple's header


@pytest.mark.parametrize("text", ["", "Hello", "你好 🐿 " * 20, "🐿" * 50])
def test_text_is_posted_in_pieces(mac: Any, text: str) -> None:
    for _ in MacTypist(mac).type_text(text):
        pass
    pieces = [text for _, down, _, text in mac.posted if down]
    assert "".join(pieces) == text
    assert all(0 < len(piece.encode("utf-16-le")) <= 32 for piece in pieces)


def test_breaks_are_keys(mac: Any) -> None:
    for _ in MacTypist(mac).type_text("a\r\n\nb"):
        pass
    downs = [(code, text) for code, down, _, text in mac.posted if down]
    assert downs == [(0, "a"), (36, ""), (36, ""), (0, "b")]


def test_without_permission_it_says_where_to_give_it(mac: Any) -> None:
    mac.trusted = False
    typist = MacTypist(mac)
    with pytest.raises(TypingError, match="Accessibility"):
        next(typist.type_text("x"))
    with pytest.raises(TypingError, match="Accessibility"):
        typist.strike(Chord.parse("Meta+V"))
    assert mac.posted == []


def test_paste_carries_its_modifier(mac: Any) -> None:
    MacTypist(mac).strike(Chord.parse("Meta+V"))
    assert mac.posted == [(9, True, FLAGS["Meta"], ""), (9, False, FLAGS["Meta"], "")]


def test_target_and_modifiers(mac: Any) -> None:
    typist = MacTypist(mac)
    target = typist.target()
    assert target == Target(window=100, program="com.apple.TextEdit")
    assert typist.arrived(target)
    assert typist.is_of_target(100, target)
    assert not typist.is_of_target(101, target)
    mac.in_front = (os.getpid(), "songshu")
    own = typist.target()
    assert own is not None
    assert own.is_own
    mac.in_front = (0, "")
    assert typist.target() is None
    mac.down.add(MODIFIER_CODES["Alt"][1])
    assert typist.held_modifiers() == {"Alt"}
    typist.lift_modifiers()
    typist.close()
