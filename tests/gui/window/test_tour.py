"""The tour of the first start: shown once, never in the way, over in half a minute."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.desktop import Desktop
from app.gui.window.tour import N_STEPS, STEP_MS, Tour
from app.store.types import ItemState
from tests.gui.bench import CLIP, Bench, drop, file_mime, make_bench, no_size_hints

pytestmark = no_size_hints
LONGEST_MS = 30_000  # nobody wants to be shown around for longer


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    for bench in make_bench(qtbot, tmp_path):
        bench.with_tour = True
        yield bench


@pytest.fixture
def desktop(bench: Bench) -> Desktop:
    return bench.start()


def is_shown(tour: Tour) -> bool:
    return tour.bar.isVisible() or tour.ring.isVisible()


def test_first_start_shows_the_tour_and_the_second_does_not(bench: Bench, desktop: Desktop) -> None:
    assert desktop.tour.step == 0
    assert is_shown(desktop.tour)
    bench.stop()
    again = bench.start()
    assert again.tour.step is None
    assert not is_shown(again.tour)


def test_tour_counts_as_shown_from_its_beginning(desktop: Desktop) -> None:
    assert desktop.settings.settings.tour_seen


def test_without_a_model_there_is_no_tour_yet(bench: Bench) -> None:
    desktop = bench.start(with_model=False)
    assert desktop.tour.step is None
    assert not desktop.settings.settings.tour_seen


def test_whole_tour_with_the_sample(qtbot: QtBot, bench: Bench, desktop: Desktop) -> None:
    tour, page = desktop.tour, desktop.window.page
    tour._timer.setInterval(LONGEST_MS)  # by hand, here
    tour.bar.go_on.click()
    qtbot.waitUntil(lambda: tour.step == 1)
    bench.wait_for("squirrel.wav", ItemState.DONE)
    qtbot.waitUntil(lambda: bool(page.model.lines))  # the window hears of it later than the disk
    seen = []
    while tour.step is not None:
        seen.append((tour.bar.text.text(), tour.ring.target))
        tour.bar.go_on.click()
    assert len(seen) == N_STEPS - 1
    assert len({text for text, _ in seen}) == len(seen)
    assert not is_shown(tour)
    assert page.isVisible()


def test_steps_go_on_by_themselves_within_half_a_minute(
    qtbot: QtBot, bench: Bench, desktop: Desktop
) -> None:
    tour = desktop.tour
    tour.on_next()
    qtbot.waitUntil(lambda: tour.step == 1)
    assert not tour._timer.isActive()  # there are no words yet
    bench.wait_for("squirrel.wav", ItemState.DONE)
    qtbot.waitUntil(tour._timer.isActive)
    assert (N_STEPS - 1) * STEP_MS <= LONGEST_MS - 5_000  # the sample has 5 s
    tour._timer.setInterval(1)
    qtbot.waitUntil(lambda: tour.step is None)


def test_step_stays_while_somebody_is_on_its_buttons(qtbot: QtBot, desktop: Desktop) -> None:
    tour = desktop.tour
    tour.on_next()
    qtbot.waitUntil(lambda: tour.step == 1)
    tour.bar.go_on.setFocus()
    tour.on_time_over()
    assert tour.step == 1


def test_step_goes_on_although_its_button_was_the_last_that_was_pressed(
    qtbot: QtBot, desktop: Desktop
) -> None:
    tour = desktop.tour
    tour.on_next()
    qtbot.waitUntil(lambda: tour.step == 1)
    tour.bar.go_on.setFocus()
    tour.bar.go_on.click()
    assert tour.step == 2
    assert tour.bar.go_on.hasFocus()
    tour.on_time_over()
    assert tour.step == 3


def test_escape_skips_the_tour_and_stops_nothing(
    qtbot: QtBot, bench: Bench, desktop: Desktop
) -> None:
    tour, window = desktop.tour, desktop.window
    tour.on_next()
    qtbot.waitUntil(lambda: tour.step == 1)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert tour.step is None
    assert bench.wait_for("squirrel.wav", ItemState.DONE)
    assert not window.escape_first


def test_drop_ends_the_tour_and_its_words_come(
    qtbot: QtBot, bench: Bench, desktop: Desktop, tmp_path: Path
) -> None:
    recording = Path(shutil.copy(CLIP, tmp_path / "talk.wav"))
    assert drop(desktop.window, file_mime(recording))
    bench.wait_for("talk.wav", ItemState.DONE)
    assert desktop.tour.step is None
    assert not is_shown(desktop.tour)
    assert desktop.window.page.isVisible()


def test_ring_lets_clicks_through_and_follows_its_target(qtbot: QtBot, desktop: Desktop) -> None:
    ring, card, window = desktop.tour.ring, desktop.window.idle.card, desktop.window
    assert ring.geometry().contains(card.mapTo(window, QPoint(card.width() // 2, 5)))
    middle = desktop.window.idle.choose.mapTo(window, QPoint(5, 5))
    assert window.childAt(middle) is not ring
    window.resize(1300, 900)
    qtbot.waitUntil(
        lambda: ring.geometry().contains(card.mapTo(window, QPoint(card.width() - 1, 5)))
    )


def test_settings_show_it_again(qtbot: QtBot, bench: Bench, desktop: Desktop) -> None:
    desktop.tour.end()
    desktop.on_settings_requested("general")
    dialog = desktop._dialog
    assert dialog is not None
    dialog.general.tour.click()
    assert not dialog.isVisible()
    assert desktop.tour.step == 0
    QApplication.closeAllWindows()


def test_bar_follows_the_language(desktop: Desktop, qtbot: QtBot) -> None:
    english = desktop.tour.bar.text.text()
    desktop.settings.change(replace(desktop.settings.settings, ui_language="zh_CN"))
    qtbot.waitUntil(lambda: desktop.tour.bar.text.text() != english)
    assert desktop.tour.bar.skip.text() == "跳过"
    desktop.settings.change(replace(desktop.settings.settings, ui_language="en"))
    qtbot.waitUntil(lambda: desktop.tour.bar.text.text() == english)
