"""Shortcuts of the window with a stand-in for the system's keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.dictation.chord import Chord
from app.dictation.gesture import SHORT_S
from app.dictation.keys import KeySource, OnKey
from app.dictation.options import DictationOptions
from app.errors import DictationError, HotkeyError, HotkeyTakenError, KeyboardError
from app.gui.dictation.hotkeys import Hotkeys

OPTIONS = DictationOptions(hold_key="F9", toggle_key="F8", again_key="F7", pass_short=False)


@dataclass
class FakeKeyboard:
    """A keyboard that tells presses by itself, as Windows and macOS do."""

    tell: OnKey
    grabbed: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    gone: DictationError | None = None

    def grab(self, name: str, chord: Chord) -> None:
        if str(chord) in self.taken:
            raise HotkeyTakenError(str(chord))
        self.grabbed[name] = str(chord)

    def free(self, name: str) -> None:
        self.grabbed.pop(name, None)

    def is_held(self, name: str) -> bool:
        return name in self.held

    def replay(self, name: str) -> None:
        self.calls.append(f"replay {name}")

    def yield_keyboard(self) -> None:
        self.calls.append("yield")

    def poll(self) -> None:
        if self.gone is not None:
            raise self.gone

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        self.calls.append("close")
        self.grabbed.clear()

    def press(self, name: str) -> None:
        self.held.add(name)
        self.tell(name, True)

    def release(self, name: str) -> None:
        self.held.discard(name)
        self.tell(name, False)


class Bench:
    """Hotkeys, their keyboard, and what they said."""

    def __init__(self) -> None:
        self.keyboard: FakeKeyboard | None = None
        self.cannot: DictationError | None = None
        self.taken: set[str] = set()
        self.said: list[str] = []
        self.refused: list[DictationError] = []
        self.hotkeys = Hotkeys(self.open)
        names = ("started", "stopped", "discarded", "flipped", "again", "cancelled")
        for name in names:
            getattr(self.hotkeys, name).connect(lambda name=name: self.said.append(name))
        self.hotkeys.refused.connect(self.refused.append)

    def open(self, on_key: OnKey) -> KeySource:
        if self.cannot is not None:
            raise self.cannot
        self.keyboard = FakeKeyboard(on_key, taken=self.taken)
        return self.keyboard

    def keys(self) -> FakeKeyboard:
        assert self.keyboard is not None
        return self.keyboard


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.hotkeys.close()


def test_options_are_grabbed_and_nothing_else(bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    assert bench.keys().grabbed == {"hold": "F9", "toggle": "F8", "again": "F7"}
    bench.hotkeys.apply(replace(OPTIONS, toggle_key="", hold_key="F10"))
    assert bench.keys().grabbed == {"hold": "F10", "again": "F7"} == bench.hotkeys.chords
    bench.hotkeys.apply(replace(OPTIONS, is_on=False))
    assert bench.keys().grabbed == {}


def test_nothing_wanted_opens_nothing(bench: Bench) -> None:
    bench.hotkeys.apply(replace(OPTIONS, is_on=False))
    assert bench.keyboard is None
    bench.hotkeys.set_active(True)
    assert not bench.hotkeys.let_go()
    bench.hotkeys.on_ready()
    bench.hotkeys.on_poll()


def test_each_key_says_what_it_is_for(bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    for name in ("hold", "toggle", "again"):
        bench.keys().press(name)
        bench.keys().release(name)
    assert bench.said == ["started", "stopped", "flipped", "again"]


def test_tap_is_given_back(bench: Bench) -> None:
    bench.hotkeys.apply(replace(OPTIONS, pass_short=True))
    bench.keys().press("hold")
    bench.keys().release("hold")  # within SHORT_S
    assert SHORT_S > 0
    assert bench.said == ["started", "discarded"]
    assert bench.keys().calls == ["replay hold"]


def test_tap_is_not_given_to_our_own_window(qtbot: QtBot, bench: Bench) -> None:
    window = QLineEdit()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is not None, timeout=10_000)
    bench.hotkeys.apply(replace(OPTIONS, pass_short=True))
    bench.keys().press("hold")
    bench.keys().release("hold")
    assert bench.said == ["started", "discarded"]
    assert bench.keys().calls == []


def test_lost_release_is_found_by_asking(qtbot: QtBot, bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    bench.keys().press("hold")
    bench.keys().held.clear()
    qtbot.waitUntil(lambda: bench.said == ["started", "stopped"])


def test_lost_release_of_a_toggle_is_found(qtbot: QtBot, bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    bench.keys().press("toggle")
    bench.keys().tell("toggle", True)  # automatic repeat
    assert bench.said == ["flipped"]
    bench.keys().held.clear()
    bench.hotkeys.on_poll()
    bench.keys().press("toggle")
    assert bench.said == ["flipped", "flipped"]


def test_escape_is_taken_only_while_active(bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    bench.hotkeys.set_active(True)
    assert bench.keys().grabbed["cancel"] == "Esc"
    bench.keys().press("cancel")
    bench.keys().release("cancel")
    assert bench.said == ["cancelled"]
    bench.hotkeys.set_active(False)
    assert "cancel" not in bench.keys().grabbed


def test_escape_that_cannot_be_had_is_no_trouble(bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    bench.taken.add("Esc")
    bench.hotkeys.set_active(True)
    assert bench.refused == []


def test_taken_chord_is_refused_and_the_others_are_had(bench: Bench) -> None:
    bench.taken.add("F9")
    bench.hotkeys.apply(OPTIONS)
    assert [type(error) for error in bench.refused] == [HotkeyTakenError]
    assert bench.hotkeys.chords == {"toggle": "F8", "again": "F7"}


def test_system_without_shortcuts_is_told(bench: Bench) -> None:
    bench.cannot = KeyboardError("no server")
    bench.hotkeys.apply(OPTIONS)
    assert bench.refused == [bench.cannot]
    assert bench.hotkeys.chords == {}


def test_system_that_goes_is_told_once(bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    keyboard = bench.keys()
    keyboard.gone = KeyboardError("gone")
    bench.hotkeys.on_ready()
    bench.hotkeys.on_ready()
    assert bench.refused == [keyboard.gone]
    assert keyboard.calls == ["close"]


def test_escape_is_taken_again_after_the_system_went_and_came(bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    bench.hotkeys.set_active(True)
    bench.keys().gone = KeyboardError("gone")
    bench.hotkeys.on_ready()
    bench.hotkeys.set_active(False)  # the dictation has ended
    bench.hotkeys.apply(OPTIONS)
    bench.hotkeys.set_active(True)
    assert "cancel" in bench.keys().grabbed


def test_keyboard_is_left_to_others_only_while_held(bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    assert not bench.hotkeys.let_go()
    bench.keys().press("hold")
    assert bench.hotkeys.let_go()
    assert bench.keys().calls == ["yield"]


def test_release_after_a_cancel_means_nothing(bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    bench.keys().press("hold")
    bench.hotkeys.forget_hold()
    bench.keys().release("hold")
    assert bench.said == ["started"]


def test_suspended_keys_come_back(bench: Bench) -> None:
    bench.hotkeys.apply(OPTIONS)
    bench.hotkeys.suspend()
    assert bench.keys().grabbed == {}
    bench.hotkeys.apply(OPTIONS)
    assert len(bench.keys().grabbed) == 3


def test_error_of_a_chord_keeps_its_facts() -> None:
    error = HotkeyError("F25", "there is no such key")
    assert (error.chord, error.reason) == ("F25", "there is no such key")
    assert "F25" in str(error)
