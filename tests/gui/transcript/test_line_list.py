"""The list with thousands of lines: nothing is laid out without need, and little at a time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.threads.events import LiveText
from app.gui.transcript.line_layouts import CHARS_AT_ONCE, LineLayouts
from app.gui.transcript.line_list import LineList
from app.gui.transcript.lines_model import LinesModel
from app.gui.widgets.style import apply_style
from app.store.types import Line
from tests.gui.bench import no_size_hints

pytestmark = no_size_hints
N_LINES = 2000  # three hours of speech
SHORT, LONG = "A short line.", "Squirrels hide what they find and forget where it was. " * 6


class CountingList(LineList):
    """Counts how often everything is laid out."""

    n_layouts = 0

    def doItemsLayout(self) -> None:  # noqa: N802
        self.n_layouts += 1
        super().doItemsLayout()


def line(number: int, text: str) -> Line:
    return Line(
        id=number + 1,
        item_id=1,
        index=number,
        start_s=5.0 * number,
        end_s=5.0 * number + 5,
        text=text,
        original_text=text,
        language="English",
        avg_logprob=-0.1,
        edited=False,
    )


def live(text: str, n_settled: int = 0) -> LiveText:
    return LiveText(item_id=1, start_s=0.0, end_s=5.0, text=text, n_settled=n_settled)


@pytest.fixture
def lines(qtbot: QtBot, qapp: QApplication) -> CountingList:
    apply_style(qapp, dark=False)
    view = CountingList(LinesModel())
    qtbot.addWidget(view)
    view.resize(700, 500)
    with qtbot.waitExposed(view):
        view.show()
    return view


def show_many(view: LineList, *, follow: bool = False) -> None:
    """Show lines of which the later ones are three times as high as the first ones."""
    texts = [SHORT if number < N_LINES / 4 else f"{number} {LONG}" for number in range(N_LINES)]
    view.lines.set_lines([line(number, text) for number, text in enumerate(texts)])
    view.begin(follow=follow)
    view.visualRect(view.lines.index(0))  # lays out what is due
    assert view.delegate.layouts.has_estimates


def wait_until_measured(qtbot: QtBot, view: LineList) -> None:
    def is_exact() -> bool:
        tops = [view.visualRect(view.lines.index(n)).top() for n in range(N_LINES)]
        heights = [below - top for top, below in pairwise(tops)]
        exact = heights == [view.delegate.row_height(n) for n in range(N_LINES - 1)]
        return exact and not view.delegate.layouts.has_estimates

    qtbot.waitUntil(is_exact, timeout=30_000)


def test_words_that_fit_the_line_lay_nothing_out(lines: CountingList) -> None:
    lines.lines.set_lines([line(number, LONG) for number in range(20)])
    lines.begin(follow=True)
    lines.lines.set_live(live("one"))
    first = lines.visualRect(lines.lines.index(20)).height()
    lines.n_layouts = 0
    for n_words in range(2, 6):
        lines.lines.set_live(live(" ".join(["one"] * n_words)))
    assert lines.n_layouts == 0
    lines.lines.set_live(live("one " * 60))
    assert lines.visualRect(lines.lines.index(20)).height() > first
    assert lines.n_layouts == 1
    bar = lines.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0


def test_many_changes_at_once_are_laid_out_once(lines: CountingList) -> None:
    lines.lines.set_lines([line(number, SHORT) for number in range(300)])
    lines.visualRect(lines.lines.index(0))
    lines.n_layouts = 0
    lines.lines.set_lines([line(number, LONG) for number in range(300)])
    assert lines.visualRect(lines.lines.index(299)).height() > 50
    assert lines.n_layouts == 1


def test_thousands_of_lines_are_measured_little_by_little(
    qtbot: QtBot, lines: CountingList
) -> None:
    show_many(lines)
    top = lines.visualRect(lines.lines.index(0))
    assert top.height() == lines.delegate.row_height(0)  # what is seen is exact at once
    assert len(lines.delegate.layouts._heights) < N_LINES / 2
    wait_until_measured(qtbot, lines)
    assert lines.verticalScrollBar().value() == 0


def test_place_that_is_gone_to_stays_while_the_rest_is_measured(
    qtbot: QtBot, lines: CountingList
) -> None:
    show_many(lines)
    lines.show_row(1500)
    place = lines.visualRect(lines.lines.index(1500))
    assert lines.viewport().rect().contains(place.center())
    assert place.height() == lines.delegate.row_height(1500)
    top = lines.indexAt(QPoint(0, 0))
    before = lines.visualRect(top).top()
    wait_until_measured(qtbot, lines)
    assert lines.visualRect(top).top() == before
    assert lines.currentIndex().row() == 1500


def test_end_stays_in_view_while_the_rest_is_measured(qtbot: QtBot, lines: CountingList) -> None:
    show_many(lines, follow=True)
    wait_until_measured(qtbot, lines)
    bar = lines.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    assert lines.follows


def test_lines_wrap_anew_in_another_width(qtbot: QtBot, lines: CountingList) -> None:
    lines.lines.set_lines([line(0, LONG)])
    wide = lines.visualRect(lines.lines.index(0)).height()
    lines.resize(350, 500)
    qtbot.waitUntil(lambda: lines.visualRect(lines.lines.index(0)).height() > 1.5 * wide)


def test_settled_words_look_like_finished_ones(lines: CountingList) -> None:
    lines.lines.set_lines([line(0, SHORT)])
    lines.delegate.show_times = False
    pictures = []
    for live_text in (live(SHORT), live(SHORT, len(SHORT)), live(SHORT, 7)):
        lines.lines.set_live(live_text)
        rect = lines.visualRect(lines.lines.index(1))
        pictures.append(lines.viewport().grab(rect).toImage())
    finished = lines.viewport().grab(lines.visualRect(lines.lines.index(0))).toImage()
    unsettled, settled, half = pictures
    assert settled == finished
    assert len({unsettled.cacheKey(), half.cacheKey()}) == 2
    assert unsettled != finished
    assert half not in (unsettled, settled)


def test_pass_measures_its_share_and_estimates_the_rest(qapp: QApplication) -> None:
    layouts = LineLayouts()
    texts = [f"{number} {LONG}" for number in range(2 * CHARS_AT_ONCE // len(LONG))]
    layouts.begin(400, qapp.font(), len(texts))
    first = [layouts.height(text) for text in texts]
    assert layouts.has_estimates
    n_measured = len(layouts._heights)
    assert 0 < n_measured < len(texts)
    while layouts.has_estimates:
        layouts.begin(400, qapp.font(), len(texts))
        exact = [layouts.height(text) for text in texts]
    assert exact[:n_measured] == first[:n_measured]
    assert sum(first) == pytest.approx(sum(exact), rel=0.1)


def test_heights_of_live_text_are_forgotten_and_those_of_lines_are_found_again(
    qapp: QApplication,
) -> None:
    layouts = LineLayouts(n_spare=10)
    texts = [f"{number} {SHORT}" for number in range(50)]
    for number in range(100):
        layouts.begin(400, qapp.font(), len(texts))
        assert {layouts.height(text) for text in texts} == {layouts.height(SHORT)}
        layouts.height(f"live text {number}")
        assert not layouts.has_estimates
        assert len(layouts._heights) <= len(texts) + 12
