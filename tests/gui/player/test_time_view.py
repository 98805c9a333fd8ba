"""Times and pixels of the waveform, and what zoom and scroll keep."""

from __future__ import annotations

import pytest

from app.gui.player.time_view import CLOSEST_S, TimeView

WHOLE = TimeView.whole(100.0, 500.0)


def test_whole_shows_everything() -> None:
    assert (WHOLE.x_of(0), WHOLE.x_of(50), WHOLE.x_of(100)) == (0, 250, 500)
    assert WHOLE.time_at(250) == 50
    assert not WHOLE.is_zoomed


@pytest.mark.parametrize(("x", "time_s"), [(-20, 0.0), (700, 100.0)])
def test_time_stays_inside_the_recording(x: float, time_s: float) -> None:
    assert WHOLE.time_at(x) == time_s


@pytest.mark.parametrize("x", [0.0, 123.0, 500.0])
def test_zoom_keeps_the_time_under_the_mouse(x: float) -> None:
    zoomed = WHOLE.zoomed(0.3, x)
    assert zoomed.span_s == pytest.approx(30)
    assert zoomed.time_at(x) == pytest.approx(WHOLE.time_at(x))
    assert zoomed.is_zoomed


def test_zoom_has_ends() -> None:
    assert WHOLE.zoomed(1e-6, 250).span_s == pytest.approx(CLOSEST_S)
    assert WHOLE.zoomed(0.1, 250).zoomed(1e6, 250) == WHOLE


def test_scroll_stops_at_both_ends() -> None:
    zoomed = WHOLE.zoomed(0.1, 250)
    assert zoomed.scrolled(-1000).start_s == 0
    assert zoomed.scrolled(1000).end_s == pytest.approx(100)
    assert zoomed.scrolled(5).start_s == pytest.approx(zoomed.start_s + 5)


def test_page_turns_when_the_playhead_leaves() -> None:
    zoomed = WHOLE.zoomed(0.1, 0)
    assert zoomed.showing(9.9) is zoomed
    turned = zoomed.showing(10.1)
    assert turned.start_s < 10.1 < turned.start_s + 1
    assert turned.span_s == pytest.approx(zoomed.span_s)


def test_length_that_becomes_known_keeps_a_zoom() -> None:
    assert WHOLE.extended(120).end_s == 120
    zoomed = WHOLE.zoomed(0.1, 250)
    assert zoomed.extended(120).span_s == pytest.approx(10)


def test_nothing_has_no_times() -> None:
    empty = TimeView.whole(0.0, 0.0)
    assert empty.time_at(10) == 0
    assert not empty.zoomed(0.5, 0).is_zoomed
