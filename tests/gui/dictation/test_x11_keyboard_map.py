"""Shortcuts stay while others change the keyboard's map, and end to repeat, on a real X server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from Xlib import XK, X, Xatom
from Xlib.display import Display

from app.dictation.chord import Chord
from app.dictation.x11_keys import X11Keys
from tests.desktop.screen import Screen
from tests.waiting import wait_for


class Told(X11Keys):
    """Notes what it is told."""

    def __init__(self, screen: Screen) -> None:
        self.told: list[tuple[str, bool]] = []
        super().__init__(lambda name, down: self.told.append((name, down)), screen.env["DISPLAY"])

    def poll_until_told(self, name: str) -> None:
        """Poll until a key was struck."""

        def has_come() -> bool:
            self.poll()
            return (name, False) in self.told

        wait_for(has_come, lambda: f"{name} in {self.told}")


class Map:
    """The keyboard's map, which other programs change."""

    def __init__(self, screen: Screen) -> None:
        self._display = Display(screen.env["DISPLAY"])
        self._before: dict[int, list[int]] = {}

    def take(self, key: str) -> None:
        """Have no key code give a key."""
        symbol = XK.string_to_keysym(key)
        for code in {code for code, _ in self._display.keysym_to_keycodes(symbol)}:
            (row,) = self._display.get_keyboard_mapping(code, 1)
            self._before.setdefault(code, list(row))
            self._display.change_keyboard_mapping(code, [[0] * len(row)])
        self._display.sync()

    def restore(self) -> None:
        """Put back what was there."""
        for code, row in self._before.items():
            self._display.change_keyboard_mapping(code, [row])
        self._before.clear()
        self._display.sync()

    def close(self) -> None:
        self.restore()
        self._display.close()


@pytest.fixture
def keys(screen: Screen) -> Iterator[Told]:
    keys = Told(screen)
    yield keys
    keys.close()


@pytest.fixture
def others_map(screen: Screen) -> Iterator[Map]:
    others_map = Map(screen)
    yield others_map
    others_map.close()


def test_map_without_a_key_takes_no_other_shortcut(
    screen: Screen, keys: Told, others_map: Map
) -> None:
    keys.grab("hold", Chord("F7"))
    keys.grab("toggle", Chord("F6"))
    others_map.take("F7")
    wait_for(lambda: keys._display.pending_events() > 0, "the map is told")
    screen.xdotool("key", "F6")
    keys.poll_until_told("toggle")
    assert not keys.is_held("hold")
    others_map.restore()
    wait_for(lambda: keys._display.pending_events() > 0, "the map is told")
    keys.poll()
    screen.xdotool("key", "F7")
    keys.poll_until_told("hold")


def test_shortcut_that_the_map_lacks_can_be_given_back(
    screen: Screen, keys: Told, others_map: Map
) -> None:
    keys.grab("hold", Chord("F7"))
    others_map.take("F7")
    wait_for(lambda: keys._display.pending_events() > 0, "the map is told")
    keys.poll()
    keys.free("hold")
    others_map.restore()
    wait_for(lambda: keys._display.pending_events() > 0, "the map is told")
    keys.poll()
    keys.grab("hold", Chord("F7"))
    screen.xdotool("key", "F7")
    keys.poll_until_told("hold")


def test_key_that_is_down_while_the_map_changes_works_again(
    screen: Screen, keys: Told, others_map: Map
) -> None:
    keys.grab("hold", Chord("F7"))
    code = keys._display.keysym_to_keycode(XK.string_to_keysym("F7"))
    screen.xdotool("keydown", str(code))
    wait_for(lambda: keys.poll() or ("hold", True) in keys.told)
    others_map.take("F7")
    keys.poll_until_told("hold")
    screen.xdotool("keyup", str(code))
    others_map.restore()
    wait_for(lambda: keys._display.pending_events() > 0, "the map is told")
    keys.poll()
    keys.told.clear()
    screen.xdotool("key", str(code))
    keys.poll_until_told("hold")


REPEATS_S = 0.5  # a held key comes again some ten times in it


def test_key_that_is_held_repeats_no_more_once_the_keyboard_is_given_away(
    screen: Screen, keys: Told
) -> None:
    keys.grab("hold", Chord("F7"))
    screen.xdotool("keydown", "F7")
    wait_for(lambda: keys._display.pending_events() > 4, "it repeats")
    keys.poll()
    keys.yield_keyboard()
    began_ms = server_ms(keys._display)
    keys.poll()
    wait_for(lambda: server_ms(keys._display) > began_ms + 1000 * REPEATS_S, "the server's clock")
    assert keys._display.pending_events() == 0, "the grab began again, and takes what is typed"
    assert keys.is_held("hold")
    screen.xdotool("keyup", "F7")
    keys.poll_until_told("hold")
    assert keys.told == [("hold", True), ("hold", False)]


def server_ms(display: Display) -> int:
    """Ask the X server what time it is."""
    other = Display(display.get_display_name())
    root = other.screen().root
    root.change_attributes(event_mask=X.PropertyChangeMask)
    root.change_property(other.intern_atom("SONGSHU_CLOCK"), Xatom.STRING, 8, b"")
    while (event := other.next_event()).type != X.PropertyNotify:
        pass
    other.close()
    return int(event.time)
