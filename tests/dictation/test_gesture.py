"""A tap passes through, a hold starts and stops, a release that never came is found."""

from __future__ import annotations

from app.dictation.gesture import POLLS_UP, SHORT_S, Act, HoldKey, ToggleKey


def test_hold_starts_at_once_and_stops_at_the_release() -> None:
    key = HoldKey()
    assert key.down(10.0) == (Act.START,)
    assert key.is_down
    assert key.up(10.0 + SHORT_S) == (Act.STOP,)
    assert not key.is_down


def test_tap_is_discarded_and_passed_on() -> None:
    key = HoldKey()
    key.down(10.0)
    assert key.up(10.0 + SHORT_S - 0.01) == (Act.DISCARD, Act.PASS_ON)


def test_tap_is_a_dictation_if_nothing_is_passed_on() -> None:
    key = HoldKey(pass_short=False)
    key.down(10.0)
    assert key.up(10.0) == (Act.STOP,)


def test_repeats_are_nothing_new() -> None:
    key = HoldKey()
    key.down(10.0)
    assert key.down(10.5) == ()
    assert key.up(11.0) == (Act.STOP,)
    assert key.up(11.1) == ()


def test_lost_release_is_found() -> None:
    key = HoldKey()
    key.down(10.0)
    assert key.poll(12.0, is_held=True) == ()
    answers = [key.poll(12.1 + n, is_held=False) for n in range(POLLS_UP)]
    assert answers == [()] * (POLLS_UP - 1) + [(Act.STOP,)]
    assert not key.is_down
    assert key.up(20.0) == ()


def test_one_wrong_answer_ends_nothing() -> None:
    key = HoldKey()
    key.down(10.0)
    for second in range(20):
        assert key.poll(11.0 + second, is_held=bool(second % POLLS_UP)) == ()


def test_lost_release_of_a_tap_is_discarded() -> None:
    key = HoldKey(short_s=5.0)
    key.down(10.0)
    key.poll(10.1, is_held=False)
    assert key.poll(10.2, is_held=False) == (Act.DISCARD,)


def test_poll_without_a_press_is_nothing() -> None:
    assert HoldKey().poll(1.0, is_held=False) == ()


def test_release_after_a_cancel_means_nothing() -> None:
    key = HoldKey()
    key.down(10.0)
    key.forget()
    assert key.up(12.0) == ()


def test_toggle_flips_once_for_each_press() -> None:
    key = ToggleKey()
    assert key.down() == (Act.FLIP,)
    assert key.down() == ()  # automatic repeat
    assert key.up() == ()
    assert key.down() == (Act.FLIP,)


def test_toggle_with_a_lost_release_works_again() -> None:
    key = ToggleKey()
    key.down()
    assert key.poll(is_held=True) == ()
    assert key.down() == ()
    key.poll(is_held=False)
    assert key.down() == (Act.FLIP,)
