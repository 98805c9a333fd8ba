"""Shortcuts through a portal on a real D-Bus: sessions, presses, refusals, an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.dictation.chord import ESCAPE, Chord
from app.dictation.portal_keys import PortalKeys, to_trigger
from app.errors import HotkeyError, KeyboardError
from tests.dictation.fake_portal import FakePortal, bus_daemon
from tests.programs import need
from tests.waiting import wait_for

pytestmark = pytest.mark.only_on("linux")


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    need("dbus-daemon")
    with bus_daemon() as address:
        yield address


@pytest.fixture
def portal(bus: str) -> Iterator[FakePortal]:
    portal = FakePortal(bus)
    yield portal
    portal.close()


class Keys(PortalKeys):
    """Notes what it is told."""

    def __init__(self, bus: str) -> None:
        self.told: list[tuple[str, bool]] = []
        super().__init__(lambda name, down: self.told.append((name, down)), bus)

    def poll_until(self, condition: Callable[[], bool]) -> None:
        def holds_now() -> bool:
            self.poll()
            return condition()

        wait_for(holds_now, lambda: f"not after {self.told}")


@pytest.fixture
def keys(bus: str, portal: FakePortal) -> Iterator[Keys]:
    keys = Keys(bus)
    yield keys
    keys.close()


def test_all_shortcuts_are_bound_together(portal: FakePortal, keys: Keys) -> None:
    keys.grab("hold", Chord.parse("Ctrl+Alt+Space"))
    keys.grab("toggle", Chord("F9"))
    keys.poll_until(lambda: bool(portal.bound))
    assert [(name, facts["preferred_trigger"]) for name, facts in portal.bound[0]] == [
        ("hold", ("s", "CTRL+ALT+space")),
        ("toggle", ("s", "F9")),
    ]
    assert portal.registered == ["songshu"]


def test_press_and_release_are_told(portal: FakePortal, keys: Keys) -> None:
    keys.grab("hold", Chord("F9"))
    keys.poll_until(lambda: bool(portal.bound))
    portal.key("Activated", "hold")
    keys.poll_until(lambda: keys.is_held("hold"))
    portal.key("Activated", "hold")
    portal.key("Activated", "another's")
    portal.key("Deactivated", "hold")
    keys.poll_until(lambda: not keys.is_held("hold"))
    assert keys.told == [("hold", True), ("hold", False)]


def test_other_shortcuts_get_a_session_of_their_own(portal: FakePortal, keys: Keys) -> None:
    keys.grab("hold", Chord("F9"))
    keys.poll_until(lambda: bool(portal.bound))
    first = portal.session
    keys.poll()
    keys.grab("hold", Chord("F10"))
    keys.free("nobody")
    keys.poll_until(lambda: len(portal.bound) == 2)
    assert portal.closed == [first]
    assert portal.bound[1][0][1]["preferred_trigger"] == ("s", "F10")


def test_change_during_a_binding_is_bound_afterwards(portal: FakePortal, keys: Keys) -> None:
    keys.grab("hold", Chord("F9"))
    keys.poll()
    keys.grab("toggle", Chord("F8"))
    keys.poll_until(lambda: len(portal.bound) > 0 and len(portal.bound[-1]) == 2)


def test_session_that_the_portal_has_forgotten_is_no_refusal(bus: str) -> None:
    portal, keys = FakePortal(bus, forgets=True), Keys(bus)
    keys.grab("hold", Chord("F9"))
    keys.poll_until(lambda: bool(portal.bound))
    keys.poll()
    keys.grab("hold", Chord("F10"))
    keys.poll_until(lambda: len(portal.bound) == 2)
    assert len(portal.closed) == 1
    keys.close()
    portal.close()


def test_nothing_wanted_closes_the_session(portal: FakePortal, keys: Keys) -> None:
    keys.grab("hold", Chord("F9"))
    keys.poll_until(lambda: bool(portal.bound))
    keys.poll()
    keys.free("hold")
    keys.poll_until(lambda: bool(portal.closed))
    keys.replay("hold")
    keys.yield_keyboard()
    assert len(portal.bound) == 1


def test_escape_cannot_be_had(keys: Keys) -> None:
    with pytest.raises(HotkeyError):
        keys.grab("cancel", ESCAPE)


def test_refusal_is_told(bus: str) -> None:
    portal = FakePortal(bus, refuses=True)
    keys = Keys(bus)
    keys.grab("hold", Chord("F9"))
    with pytest.raises(KeyboardError, match="refused"):
        keys.poll_until(lambda: False)
    keys.close()
    portal.close()


def test_old_portal_without_registry_works(bus: str) -> None:
    portal = FakePortal(bus, has_registry=False)
    keys = Keys(bus)
    keys.grab("hold", Chord("F9"))
    keys.poll_until(lambda: bool(portal.bound))
    keys.close()
    portal.close()


def test_portal_without_shortcuts_is_told(bus: str) -> None:
    portal = FakePortal(bus, has_shortcuts=False)
    with pytest.raises(KeyboardError, match="does not answer"):
        Keys(bus)
    portal.close()


def test_no_portal_is_told(bus: str) -> None:
    with pytest.raises(KeyboardError, match="ServiceUnknown"):
        Keys(bus)


def test_no_bus_is_told() -> None:
    with pytest.raises(KeyboardError, match="no session bus"):
        Keys("unix:path=/no/such/bus")


def test_next_portal_gets_the_shortcuts(bus: str) -> None:
    before, keys = FakePortal(bus), Keys(bus)
    keys.grab("hold", Chord("F9"))
    keys.poll_until(lambda: bool(before.bound))
    before.key("Activated", "hold")
    keys.poll_until(lambda: keys.is_held("hold"))
    before.close()  # it is updated, or has crashed
    portal = FakePortal(bus)
    keys.poll_until(lambda: bool(portal.bound))
    assert keys.told == [("hold", True), ("hold", False)]
    assert portal.registered == ["songshu"]
    keys.poll()
    portal.key("Activated", "hold")
    keys.poll_until(lambda: keys.is_held("hold"))
    keys.close()
    portal.close()


def test_portal_that_ends_for_good_is_told(bus: str) -> None:
    portal, keys = FakePortal(bus), Keys(bus)
    keys.grab("hold", Chord("F9"))
    keys.poll_until(lambda: bool(portal.bound))
    portal.close()
    with pytest.raises(KeyboardError, match="refuses"):
        keys.poll_until(lambda: False)
    keys.close()


def test_shortcuts_that_are_taken_back_are_told(portal: FakePortal, keys: Keys) -> None:
    keys.grab("hold", Chord("F9"))
    keys.poll_until(lambda: bool(portal.bound))
    portal.take_back()
    with pytest.raises(KeyboardError, match="taken the shortcuts back"):
        keys.poll_until(lambda: False)


def test_end_of_the_bus_is_told() -> None:
    need("dbus-daemon")
    with bus_daemon() as address:
        portal = FakePortal(address)
        keys = Keys(address)
        portal.close()
    with pytest.raises(KeyboardError, match="has gone"):
        keys.poll_until(lambda: False)
    keys.close()


@pytest.mark.parametrize(
    ("chord", "trigger"),
    [("Meta+Shift+A", "SHIFT+LOGO+a"), ("Ctrl+-", "CTRL+minus"), ("PageUp", "Prior")],
)
def test_trigger(chord: str, trigger: str) -> None:
    assert to_trigger(Chord.parse(chord)) == trigger
