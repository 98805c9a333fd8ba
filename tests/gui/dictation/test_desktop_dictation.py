"""Dictation on a real X server: hold a key, and the text stands in another program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.dictation.chord import Chord
from app.dictation.x11_keys import X11Keys
from tests.desktop.screen import Screen
from tests.gui.dictation.rig_user import Clipboard, OtherProgram, Rig, focus
from tests.waiting import wait_for

StartRig = Callable[..., Rig]
SPOKEN = "Hello, 你好 🐿 (a@b) €1"


@pytest.mark.parametrize("way", ["paste", "type"])
def test_held_key_brings_text_into_a_field(
    screen: Screen, start_rig: StartRig, field: OtherProgram, clipboard: Clipboard, way: str
) -> None:
    clipboard.put("old text 旧")
    rig = start_rig(hold_key="F9", way=way, pass_short=False)
    rig.do(say=[SPOKEN, "And more."])
    screen.xdotool("keydown", "F9")
    rig.wait("record", 1)
    screen.xdotool("keyup", "F9")
    rig.wait("state", "idle")
    field.wait_for_text(f"{SPOKEN} And more. ")
    assert clipboard.get() == "old text 旧"
    assert [event["kept"] for event in rig.seen if "kept" in event] == [SPOKEN, " And more."]
    assert "notice" not in rig.names()
    assert "press F9" not in field.events


@pytest.mark.parametrize("way", ["paste", "type"])
def test_text_reaches_a_terminal(
    screen: Screen, start_rig: StartRig, shell: OtherProgram, clipboard: Clipboard, way: str
) -> None:
    clipboard.put("old text")
    clipboard.put("old selection", "primary")
    rig = start_rig(way=way, ending="line")
    rig.do(say=[SPOKEN])
    rig.do(command="toggle")
    rig.wait("state", "recording")
    rig.do(command="toggle")
    rig.wait("state", "idle")
    shell.wait_for_text(f"{SPOKEN}\n")
    assert "notice" not in rig.names()
    assert clipboard.get() == "old text"
    assert clipboard.get("primary") == "old selection"


# the key


def test_tap_passes_through_and_leaves_no_trace(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    rig = start_rig(hold_key="F9")
    screen.xdotool("key", "F9")
    assert rig.wait("cancel")["was_tap"]
    rig.wait("state", "idle")
    wait_for(lambda: "press F9" in field.events, "the key in the field")
    assert field.events.count("press F9") == 1
    assert "notice" not in rig.names()


def test_tap_of_a_chord_passes_through_with_its_modifiers(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    rig = start_rig(hold_key="Ctrl+Alt+Space")
    screen.xdotool("key", "ctrl+alt+space")
    rig.wait("cancel")
    wait_for(lambda: "press space" in field.events, "the key in the field")
    pressed = [line for line in field.events if line.startswith("press")]
    assert pressed[-3:] == ["press Control_L", "press Alt_L", "press space"]
    assert field.text == ""


def test_escape_cancels_and_is_ours_only_meanwhile(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    rig = start_rig(toggle_key="F8")
    rig.do(say=["never"])
    screen.xdotool("key", "F8")
    rig.wait("state", "recording")
    screen.xdotool("key", "Escape")
    assert not rig.wait("cancel")["was_tap"]
    rig.wait("notice", "cancelled")
    rig.wait("state", "idle")
    assert "press Escape" not in field.events
    screen.xdotool("key", "Escape")
    wait_for(lambda: "press Escape" in field.events, "Esc in the field")
    assert field.text == ""


def test_escape_cancels_while_the_key_is_held(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    rig = start_rig(hold_key="Ctrl+Alt+Space")
    screen.xdotool("keydown", "ctrl+alt+space")
    rig.wait("state", "recording")
    screen.xdotool("key", "Escape")
    rig.wait("state", "idle")
    screen.xdotool("keyup", "ctrl+alt+space")
    rig.do(command="toggle")
    rig.wait("record", 2)  # the release meant nothing, and all works on


def test_release_that_never_came_is_found(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    """The grab is lost while the key is down, so that no event tells of the release."""
    rig = start_rig(hold_key="F9", pass_short=False)
    screen.xdotool("keydown", "F9")
    rig.wait("state", "recording")
    rig.do(let_go=True)
    rig.wait("let_go")
    screen.xdotool("keyup", "F9")
    rig.wait("state", "finishing")
    assert "press F9" not in field.events


def test_shortcut_of_another_program_is_refused_and_the_others_work(
    screen: Screen, start_rig: StartRig, field: OtherProgram, request: pytest.FixtureRequest
) -> None:
    other = X11Keys(lambda name, down: None, screen.env["DISPLAY"])
    request.addfinalizer(other.close)
    other.grab("theirs", Chord("F9"))
    rig = start_rig(hold_key="F9", toggle_key="F8")
    assert rig.grabbed == {"toggle": "F8"}
    assert rig.seen[0] == {"notice": "failed", "error": "HotkeyTakenError"}
    rig.do(options={"hold_key": "F10"})
    assert rig.wait("grabbed")["grabbed"] == {"hold": "F10"}
    other.free("theirs")
    rig.do(options={"hold_key": "F9"})
    assert rig.wait("grabbed")["grabbed"] == {"hold": "F9"}


def test_switched_off_takes_no_key(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    rig = start_rig(hold_key="F9", is_on=False)
    screen.xdotool("key", "F9")
    wait_for(lambda: "press F9" in field.events, "the key in the field")
    assert rig.grabbed == {}


# at once


@pytest.mark.parametrize("way", ["paste", "type"])
def test_utterances_are_inserted_while_the_key_is_held(
    screen: Screen, start_rig: StartRig, field: OtherProgram, way: str
) -> None:
    rig = start_rig(hold_key="Ctrl+Alt+Space", insert="at_once", way=way, ending="nothing")
    screen.xdotool("keydown", "ctrl+alt+space")
    rig.wait("state", "recording")
    for text in ("One two.", "Three four."):
        rig.do(utterance=text)
    field.wait_for_text("One two. Three four.")
    screen.xdotool("keyup", "ctrl+alt+space")
    rig.wait("state", "idle")
    assert field.text == "One two. Three four."
    screen.type("x y")
    field.wait_for_text("One two. Three four.x y")  # nothing is stuck


# what nobody takes


def test_text_that_no_program_takes_stays_on_the_clipboard(
    screen: Screen, start_rig: StartRig, clipboard: Clipboard
) -> None:
    """No window is open, so nothing has the focus."""
    clipboard.put("old text")
    rig = start_rig()
    rig.do(say=[SPOKEN])
    rig.do(command="toggle")
    rig.do(command="toggle")
    rig.wait("notice", "on_clipboard")
    rig.wait("state", "idle")
    assert clipboard.get() == f"{SPOKEN} "


def test_program_that_does_not_paste_is_noticed_although_a_manager_reads(
    screen: Screen, start_rig: StartRig, clipboard: Clipboard, deaf: OtherProgram
) -> None:
    """A window without a text field; a clipboard manager reads everything that is copied."""
    clipboard.put("old text")
    rig = start_rig()
    rig.do(say=[SPOKEN])
    rig.do(command="toggle")
    rig.do(command="toggle")
    rig.wait("state", "delivering")
    wait_for(lambda: clipboard.get() == f"{SPOKEN} ", "the text for a manager")
    rig.wait("notice", "on_clipboard")
    assert clipboard.get() == f"{SPOKEN} "


def test_what_was_copied_meanwhile_is_not_replaced(
    screen: Screen, start_rig: StartRig, clipboard: Clipboard, deaf: OtherProgram
) -> None:
    rig = start_rig(toggle_key="F8")
    rig.do(say=[SPOKEN])
    rig.do(command="toggle")
    rig.do(command="toggle")
    rig.wait("state", "delivering")
    wait_for(lambda: clipboard.get() == f"{SPOKEN} ", "the text")
    clipboard.put("newer")
    wait_for(lambda: not rig.ask("owns", "owns")["owns"], "the rig hears of it")
    rig.do(command="cancel-dictation")
    rig.wait("state", "idle")
    assert clipboard.get() == "newer"


def test_program_may_have_a_way_of_its_own(
    screen: Screen, start_rig: StartRig, field: OtherProgram, clipboard: Clipboard
) -> None:
    rig = start_rig(ways=[["entry.tcl", "clipboard"]], ending="nothing")
    rig.do(say=[SPOKEN])
    rig.do(command="toggle")
    rig.do(command="toggle")
    rig.wait("notice", "copied")
    assert clipboard.get() == SPOKEN
    assert field.text == ""


def test_last_text_is_inserted_again(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    rig = start_rig(again_key="F7", ending="nothing")
    rig.do(say=["Once."])
    rig.do(command="toggle")
    rig.do(command="toggle")
    rig.wait("state", "idle")
    screen.xdotool("keydown", "F7")
    field.wait_for_text("Once.Once.")  # although the key is still down
    screen.xdotool("keyup", "F7")


def test_own_field_gets_text_only_while_our_window_is_in_front(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    rig = start_rig(ending="nothing", way="type")
    rig.ask("window", "window")
    own = screen.window("Our own")
    for window, text in ((own, "ours"), (field.window, "theirs")):
        screen.xdotool("windowactivate", "--sync", window)
        wait_for(lambda window=window: focus(screen) == window, "the focus")
        rig.do(say=[text])
        rig.do(command="toggle")
        rig.do(command="toggle")
        rig.wait("state", "idle")
    field.wait_for_text("theirs")
    assert rig.ask("own", "own")["own"] == "ours"


# the pill


def test_pill_never_takes_the_focus(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    """Shown, clicked, dragged and used: the field keeps the focus, and gets the text."""
    rig = start_rig()
    before = focus(screen)
    rig.do(say=[SPOKEN])
    rig.do(command="toggle")
    rig.wait("state", "recording")
    pill = shown_pill(screen, rig)
    x, y, _width, height = pill["rect"]
    grip = (x + 34, y + height // 2)  # between the cross and the level
    screen.xdotool("mousemove", *grip, "mousedown", 1)
    screen.xdotool("mousemove", grip[0] - 200, grip[1] - 150)
    screen.xdotool("mouseup", 1)
    place = rig.wait("place")["place"]
    assert place == [x - 200, y - 150]
    assert focus(screen) == before
    stop = rig.ask("pill", "pill")["buttons"]["stop"]
    screen.click(*stop)
    rig.wait("state", "idle")
    field.wait_for_text(f"{SPOKEN} ")
    assert focus(screen) == before
    assert [line for line in field.events if line.startswith("focus")] == []
    assert not rig.ask("pill", "pill")["pill"]


def test_cross_of_the_pill_cancels(
    screen: Screen, start_rig: StartRig, field: OtherProgram
) -> None:
    rig = start_rig(pill_place=[300, 300])
    rig.do(command="toggle")
    rig.wait("state", "recording")
    pill = shown_pill(screen, rig)
    assert pill["rect"][:2] == [300, 300]
    screen.click(*pill["buttons"]["cancel"])
    rig.wait("notice", "cancelled")
    assert rig.ask("pill", "pill")["words"] == "Cancelled."


def test_pill_can_be_off(screen: Screen, start_rig: StartRig, field: OtherProgram) -> None:
    rig = start_rig(pill=False)
    rig.do(command="toggle")
    rig.wait("state", "recording")
    assert not rig.ask("pill", "pill")["pill"]


def test_focus_would_be_lost_to_an_ordinary_window(
    screen: Screen, field: OtherProgram, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The window manager does give the focus away: the test of the pill can fail."""
    before = focus(screen)
    script = tmp_path / "thief.tcl"
    script.write_text('wm title . "Thief"; pack [entry .e]')
    thief = OtherProgram(screen, "Thief", ["wish", str(script)], tmp_path / "thief.txt")
    request.addfinalizer(thief.close)
    wait_for(lambda: focus(screen) != before, "another focus")


def shown_pill(screen: Screen, rig: Rig) -> dict[str, Any]:
    """Wait until the pill is on the screen where it believes to be."""

    def settled() -> dict[str, Any] | None:
        answer = rig.ask("pill", "pill")
        place = screen.xdotool("getwindowgeometry", "--shell", answer["window"]).splitlines()
        x, y = answer["rect"][:2]
        return answer if f"X={x}" in place and f"Y={y}" in place and answer["pill"] else None

    return wait_for(settled, "the pill")
