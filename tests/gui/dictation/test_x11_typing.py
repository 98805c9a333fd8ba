"""Typing and grabbing on a real X server, straight: many characters, held keys, what is missing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from Xlib.display import Display

from app.dictation.chord import Chord
from app.dictation.x11_keys import X11Keys
from app.dictation.x11_typing import X11Typist, keysym
from app.errors import HotkeyError, HotkeyTakenError, KeyboardError
from tests.desktop.screen import Screen, open_screen
from tests.gui.dictation.rig_user import OtherProgram
from tests.waiting import take_steps, wait_for

ALL_ASCII = "".join(map(chr, range(0x20, 0x7F)))
MANY = "".join(map(chr, range(0x4E00, 0x4E00 + 120)))  # far more than there are spare keys


@pytest.fixture
def typist(screen: Screen) -> Iterator[X11Typist]:
    typist = X11Typist(screen.env["DISPLAY"])
    yield typist
    typist.close()


def type_all(typist: X11Typist, text: str) -> None:
    take_steps(typist.type_text(text))


@pytest.mark.parametrize("text", [ALL_ASCII, MANY, "çéñß ЖЩ ΑΩ ไทย 한국 𠮷🐿", "aA" * 100])
def test_every_character_arrives(typist: X11Typist, pinged: OtherProgram, text: str) -> None:
    type_all(typist, text)
    target = typist.target()
    assert target is not None
    assert typist.arrived(target) is None  # it is asked, and answers when it has taken all keys
    wait_for(lambda: typist.arrived(target), "the field has taken all keys")
    pinged.wait_for_text(text)  # taken, and then shown


@pytest.mark.parametrize("text", [ALL_ASCII, MANY, "çéñß ЖЩ ΑΩ ไทย 한국 𠮷🐿"])
def test_every_character_arrives_in_tk(typist: X11Typist, field: OtherProgram, text: str) -> None:
    """Tk knows no ping; there the order in which codes are given away keeps characters apart."""
    type_all(typist, text)
    field.wait_for_text(text)


def test_every_character_arrives_in_a_terminal(typist: X11Typist, shell: OtherProgram) -> None:
    target = typist.target()
    assert target is not None
    assert typist.arrived(target) is True
    type_all(typist, f"{ALL_ASCII}{MANY}\n")
    shell.wait_for_text(f"{ALL_ASCII}{MANY}\n")


def test_terminal_that_is_busy_is_waited_for(typist: X11Typist, shell: OtherProgram) -> None:
    """It reads the map when it comes to it: by then its keys must not mean other characters."""
    text = f"{MANY[:45]}\n"
    steps = typist.type_text(text)
    with shell.stopped():
        take_steps(steps, n=200)
    take_steps(steps)
    shell.wait_for_text(text)


def test_capitals_stay_with_caps_lock(
    screen: Screen, typist: X11Typist, field: OtherProgram
) -> None:
    screen.xdotool("key", "Caps_Lock")
    try:
        type_all(typist, "Ab1!é")
    finally:
        screen.xdotool("key", "Caps_Lock")
    field.wait_for_text("Ab1!é")


def test_other_layout_is_followed(screen: Screen, typist: X11Typist, pinged: OtherProgram) -> None:
    """German has z where English has y, and no spare key keeps what we gave it."""
    type_all(typist, "yz松")
    pinged.wait_for_text("yz松")
    with other_layout(screen, "de"):
        type_all(typist, "yzßö松")
        pinged.wait_for_text("yz松yzßö松")
        typist.strike(Chord.parse("Ctrl+A"))
        type_all(typist, "z")
        pinged.wait_for_text("z")


def test_held_modifier_is_seen_and_lifted(
    screen: Screen, typist: X11Typist, field: OtherProgram
) -> None:
    screen.xdotool("keydown", "ctrl")
    try:
        assert typist.held_modifiers() == {"Ctrl"}
        typist.lift_modifiers()
        assert typist.held_modifiers() == frozenset()
        type_all(typist, "aa")
    finally:
        screen.xdotool("keyup", "ctrl")
    field.wait_for_text("aa")


def test_key_that_is_held_is_typed_by_another(
    screen: Screen, typist: X11Typist, field: OtherProgram
) -> None:
    screen.xdotool("keydown", "x")
    try:
        wait_for(lambda: field.text.startswith("x"), "the held key")
        screen.xdotool("key", "ctrl+slash")  # Tk: select all; ends the automatic repeat
        type_all(typist, "axb")
    finally:
        screen.xdotool("keyup", "x")
    field.wait_for_text("axb")


def test_target_is_named(screen: Screen, typist: X11Typist, shell: OtherProgram) -> None:
    target = typist.target()
    assert target is not None
    assert (target.program, target.is_own) == ("XTerm", False)
    assert typist.is_of_target(int(shell.window), target)
    root = Display(screen.env["DISPLAY"])
    assert not typist.is_of_target(root.screen().root.id, target)
    root.close()


def test_no_window_is_no_target(screen: Screen, typist: X11Typist) -> None:
    wait_for(lambda: typist.target() is None, "nothing has the focus")


def test_target_that_is_stopped_has_taken_nothing(typist: X11Typist, pinged: OtherProgram) -> None:
    target = typist.target()
    assert target is not None
    with pinged.stopped():
        type_all(typist, "x")
        assert typist.arrived(target) is None
        answers = []
        wait_for(lambda: answers.append(typist.arrived(target)) or answers[-1] is False, "no")
    pinged.wait_for_text("x")
    assert set(answers) == {None, False}


def test_target_that_was_closed_has_taken_nothing(
    typist: X11Typist, screen: Screen, tmp_path: Path, field: OtherProgram
) -> None:
    target = typist.target()
    assert target is not None
    field.close()
    wait_for(lambda: typist.target() is None, "the window has gone")
    assert typist.arrived(target) is False


@pytest.mark.parametrize(("character", "symbol"), [("a", 0x61), ("é", 0xE9), ("松", 0x100677E)])
def test_keysym(character: str, symbol: int) -> None:
    assert keysym(character) == symbol


@contextmanager
def other_layout(screen: Screen, name: str) -> Iterator[None]:
    """Another keyboard for a while."""
    set_layout(screen, name)
    try:
        yield
    finally:
        set_layout(screen, "us")


def set_layout(screen: Screen, name: str) -> None:
    """Have xkbcomp make a map for the server; Xvfb brings it along."""
    parts = {
        "keycodes": "evdev",
        "types": "complete",
        "compat": "complete",
        "symbols": f"pc+{name}",
    }
    listed = " ".join(f'xkb_{part} {{ include "{what}" }};' for part, what in parts.items())
    command = ["xkbcomp", "-w", "0", "-", screen.env["DISPLAY"]]
    keymap = f"xkb_keymap {{ {listed} }};".encode()
    subprocess.run(command, input=keymap, check=True, capture_output=True)


# grabs


def test_grab_of_a_key_that_somebody_has(screen: Screen) -> None:
    first = X11Keys(lambda name, down: None, screen.env["DISPLAY"])
    second = X11Keys(lambda name, down: None, screen.env["DISPLAY"])
    first.grab("mine", Chord("F5"))
    with pytest.raises(HotkeyTakenError):
        second.grab("too", Chord("F5"))
    first.free("mine")
    second.grab("too", Chord("F5"))
    first.close()
    second.close()


def test_key_that_the_keyboard_lacks(screen: Screen) -> None:
    keys = X11Keys(lambda name, down: None, screen.env["DISPLAY"])
    lacking = [f"F{number}" for number in range(13, 25)]
    errors = []
    for name in lacking:
        try:
            keys.grab(name, Chord(name))
        except HotkeyError as exc:
            errors.append(exc)
    keys.close()
    assert errors
    assert all(not isinstance(error, HotkeyTakenError) for error in errors)


def test_repeats_are_no_releases(screen: Screen) -> None:
    told: list[tuple[str, bool]] = []
    keys = X11Keys(lambda name, down: told.append((name, down)), screen.env["DISPLAY"])
    keys.grab("hold", Chord("F6"))
    screen.xdotool("keydown", "F6")
    wait_for(lambda: keys._display.pending_events() > 3, "repeats, which nobody reads yet")
    assert keys.is_held("hold")
    screen.xdotool("keyup", "F6")
    wait_for(lambda: not keys.is_held("hold"), "the release")
    keys.poll()
    assert told == [("hold", True), ("hold", False)]
    keys.close()


@pytest.mark.parametrize("locked", ["Caps_Lock", "Num_Lock"])
def test_locks_change_nothing(screen: Screen, locked: str) -> None:
    told: list[tuple[str, bool]] = []
    keys = X11Keys(lambda name, down: told.append((name, down)), screen.env["DISPLAY"])
    keys.grab("hold", Chord.parse("Ctrl+F6"))
    screen.xdotool("key", locked)
    try:
        screen.xdotool("key", "ctrl+F6")
        screen.xdotool("key", "ctrl+shift+F6")  # another chord
    finally:
        screen.xdotool("key", locked)
    keys.poll()
    assert told == [("hold", True), ("hold", False)]
    keys.close()


# without a server


@pytest.mark.parametrize("name", [":9999", "", "example.org:0", "localhost:10.0", "wayland-0"])
def test_no_server_of_this_computer_is_told(name: str) -> None:
    """Another computer's is not even asked: that would be the network."""
    with pytest.raises(KeyboardError, match="no connection"):
        X11Typist(name)
    with pytest.raises(KeyboardError, match="no connection"):
        X11Keys(lambda name, down: None, name)


def test_server_that_goes_is_told(tmp_path: Path) -> None:
    with open_screen(tmp_path) as screen:
        typist = X11Typist(screen.env["DISPLAY"])
        keys = X11Keys(lambda name, down: None, screen.env["DISPLAY"])
        keys.grab("hold", Chord("F9"))
    for call in (typist.target, typist.held_modifiers, keys.poll, lambda: keys.is_held("hold")):
        with pytest.raises(KeyboardError, match="has gone"):
            call()
    for part in (typist, keys):
        with pytest.raises(KeyboardError):
            part.close()
