"""What is decided for Windows, against a stand-in for its functions, which need Windows."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.dictation.chord import CHARACTERS, NAMED_KEYS, SIGNS, Chord
from app.dictation.keys import Target
from app.dictation.windows_api import Input, KeyStroke, to_input
from app.dictation.windows_keys import MODIFIER_VKS, VKS, WindowsKeys
from app.dictation.windows_typing import WindowsTypist
from app.errors import HotkeyError, HotkeyTakenError, TypingError

CTRL, ALT = MODIFIER_VKS["Ctrl"][0], MODIFIER_VKS["Alt"][0]
SPACE = VKS["Space"]


class FakeWindows:
    """Windows with one keyboard and some windows.

    Attributes:
        taken: chords of other programs as (modifiers, vk).
        windows: window -> process; programs: process -> name.
    """

    def __init__(self) -> None:
        self.registered: dict[int, tuple[int, int]] = {}
        self.taken: set[tuple[int, int]] = set()
        self.down: set[int] = set()
        self.sent: list[KeyStroke] = []
        self.limit: int | None = None
        self.windows = {10: 100, 11: 100, 20: 200, 30: os.getpid()}
        self.programs = {100: "notepad.exe", 200: "other.exe"}
        self.front = 10
        self.closed: list[int] = []
        self.hung: set[int] = set()

    def make_window(self, on_hotkey: Callable[[int], None]) -> int:
        self.press_number = on_hotkey
        return 7

    def close_window(self, window: int) -> None:
        self.closed.append(window)

    def register(self, window: int, number: int, modifiers: int, vk: int) -> bool:
        chord = (modifiers, vk)
        if chord in self.taken or chord in self.registered.values():
            return False
        self.registered[number] = chord
        return True

    def unregister(self, window: int, number: int) -> None:
        self.registered.pop(number, None)

    def is_down(self, vk: int) -> bool:
        return vk in self.down

    def vk_of(self, character: str) -> int:
        return {"-": 0xBD}.get(character, 0)

    def send(self, strokes: Sequence[KeyStroke]) -> int:
        taken = list(strokes)[: self.limit]
        self.sent += taken
        return len(taken)

    def foreground(self) -> int:
        return self.front

    def process_of(self, window: int) -> int:
        return self.windows.get(window, 0)

    def program_of(self, process: int) -> str:
        return self.programs.get(process, "")

    def answers(self, window: int) -> bool:
        return window not in self.hung

    def press(self, vk: int, *modifiers: int) -> None:
        """A person presses a chord."""
        self.down |= {vk, *modifiers}
        masks = {CTRL: 2, ALT: 1}
        wanted = (0x4000 | sum(masks[modifier] for modifier in modifiers), vk)
        for number, chord in self.registered.items():
            if chord == wanted:
                self.press_number(number)


@pytest.fixture
def windows() -> Any:
    return FakeWindows()


@pytest.fixture
def told() -> list[tuple[str, bool]]:
    return []


@pytest.fixture
def keys(windows: Any, told: list[tuple[str, bool]]) -> WindowsKeys:
    return WindowsKeys(lambda name, down: told.append((name, down)), windows)


def test_press_is_told_and_release_is_found(
    keys: WindowsKeys, windows: Any, told: list[tuple[str, bool]]
) -> None:
    keys.grab("hold", Chord.parse("Ctrl+Alt+Space"))
    windows.press(SPACE, CTRL, ALT)
    keys.poll()
    assert told == [("hold", True)]
    assert keys.is_held("hold")
    windows.down.clear()
    keys.poll()
    keys.poll()
    assert told == [("hold", True), ("hold", False)]
    assert keys.fileno() == -1


def test_taken_chord_is_told_and_forgotten(keys: WindowsKeys, windows: Any) -> None:
    windows.taken.add((0x4000, VKS["F9"]))
    with pytest.raises(HotkeyTakenError):
        keys.grab("hold", Chord("F9"))
    assert not keys.is_held("hold")
    keys.grab("hold", Chord("F10"))
    assert list(windows.registered.values()) == [(0x4000, VKS["F10"])]


def test_sign_that_the_layout_lacks_is_told(keys: WindowsKeys, windows: Any) -> None:
    with pytest.raises(HotkeyError, match="no such key"):
        keys.grab("hold", Chord.parse("Ctrl+;"))
    keys.grab("hold", Chord.parse("Ctrl+-"))
    assert list(windows.registered.values()) == [(0x4002, 0xBD)]


def test_other_chord_of_a_name_replaces_the_first(keys: WindowsKeys, windows: Any) -> None:
    keys.grab("hold", Chord("F9"))
    keys.grab("hold", Chord("F10"))
    keys.free("nobody")
    assert list(windows.registered.values()) == [(0x4000, VKS["F10"])]
    keys.close()
    assert windows.registered == {}
    assert windows.closed == [7]


def test_replay_presses_what_is_not_held_and_grabs_again(keys: WindowsKeys, windows: Any) -> None:
    keys.grab("hold", Chord.parse("Ctrl+Space"))
    keys.replay("hold")
    keys.yield_keyboard()
    assert [(stroke.vk, stroke.up) for stroke in windows.sent] == [
        (CTRL, False),
        (SPACE, False),
        (SPACE, True),
        (CTRL, True),
    ]
    windows.sent.clear()
    windows.down.add(CTRL)
    keys.replay("hold")
    assert [stroke.vk for stroke in windows.sent] == [SPACE, SPACE]
    assert len(windows.registered) == 1


def test_every_key_has_a_virtual_key() -> None:
    assert set(VKS) == {*NAMED_KEYS, *CHARACTERS} - set(SIGNS)
    assert len(set(VKS.values())) == len(VKS)


# typing


def type_all(typist: WindowsTypist, text: str) -> None:
    for _pause_s in typist.type_text(text):
        pass


def typed(strokes: list[KeyStroke]) -> str:
    data = b"".join(s.unit.to_bytes(2, "little") for s in strokes if s.unit and not s.up)
    return data.decode("utf-16-le")


@pytest.mark.parametrize("text", ["", "Hello", "你好 🐿", "é" * 100])
def test_text_is_typed_in_code_units(windows: Any, text: str) -> None:
    type_all(WindowsTypist(windows), text)
    assert typed(windows.sent) == text
    assert [s.up for s in windows.sent] == [False, True] * (len(windows.sent) // 2)


def test_breaks_and_tabs_are_keys(windows: Any) -> None:
    type_all(WindowsTypist(windows), "a\r\n\tb")
    downs = [(s.vk, s.unit) for s in windows.sent if not s.up]
    assert downs == [(0, ord("a")), (VKS["Return"], 0), (VKS["Tab"], 0), (0, ord("b"))]


def test_refused_keys_are_told(windows: Any) -> None:
    windows.limit = 1
    with pytest.raises(TypingError, match="administrator"):
        type_all(WindowsTypist(windows), "ab")
    with pytest.raises(TypingError):
        WindowsTypist(windows).strike(Chord.parse("Ctrl+V"))


def test_target_is_the_program_in_front(windows: Any) -> None:
    typist = WindowsTypist(windows)
    target = typist.target()
    assert target == Target(window=10, program="notepad.exe")
    assert typist.is_of_target(11, target)
    assert not typist.is_of_target(20, target)
    assert not typist.is_of_target(0, target)
    windows.front = 30
    own = typist.target()
    assert own is not None
    assert own.is_own
    windows.front = 0
    assert typist.target() is None
    typist.close()


def test_window_that_hangs_has_taken_nothing(windows: Any) -> None:
    typist = WindowsTypist(windows)
    target = Target(window=10, program="notepad.exe")
    assert typist.arrived(target)
    windows.hung.add(10)
    assert not typist.arrived(target)


def test_held_modifiers_are_lifted(windows: Any) -> None:
    typist = WindowsTypist(windows)
    typist.lift_modifiers()
    assert windows.sent == []
    windows.down |= {MODIFIER_VKS["Ctrl"][1], ALT}
    assert typist.held_modifiers() == {"Ctrl", "Alt"}
    typist.lift_modifiers()
    assert set(windows.sent) == {
        KeyStroke(vk=MODIFIER_VKS["Ctrl"][1], up=True),
        KeyStroke(vk=ALT, up=True),
    }


def test_input_has_the_size_that_windows_wants() -> None:
    assert ctypes.sizeof(Input) == (40 if ctypes.sizeof(ctypes.c_void_p) == 8 else 28)
    made = to_input(KeyStroke(unit=0x4F60, up=True))
    assert (made.kind, made.inputs.key.scan, made.inputs.key.flags) == (1, 0x4F60, 6)
    assert to_input(KeyStroke(vk=65)).inputs.key.flags == 0
