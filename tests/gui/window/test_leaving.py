"""Closing the window: the end, or the tray; asked for once, and never where there is no tray."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.gui.desktop import Desktop
from app.gui.settings.store import SettingsStore
from app.gui.system.file_open import FileOpenFilter
from app.gui.window.leaving import Leave, Leaving, ask_where_to_go
from app.store.library import Library
from app.store.types import ItemState
from tests.audio.fake_microphone import sound
from tests.gui.bench import JOB_MS, SAMPLES, Bench, no_size_hints

pytestmark = no_size_hints


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[SettingsStore]:
    library = Library.open(tmp_path / "songshu.db")
    yield SettingsStore(library)
    library.close()


class Person:
    """Answers what is asked."""

    def __init__(self, *answers: Leave) -> None:
        self.answers = list(answers)

    def __call__(self, window: QWidget) -> Leave:
        return self.answers.pop(0)


def test_without_a_tray_closing_is_the_end_whatever_was_chosen(
    qtbot: QtBot, settings: SettingsStore
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    person = Person(Leave.TRAY)
    there = [True]
    leaving = Leaving(settings, lambda: there[0], person)
    assert leaving.decide(window) is Leave.TRAY
    there[0] = False  # the panel with the tray is gone
    assert leaving.decide(window) is Leave.END


@pytest.mark.parametrize("choice", [Leave.TRAY, Leave.END])
def test_person_is_asked_once(qtbot: QtBot, settings: SettingsStore, choice: Leave) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    person = Person(Leave.ASK, choice)
    leaving = Leaving(settings, lambda: True, person)
    assert leaving.decide(window) is Leave.ASK  # "Back": nothing is decided
    assert leaving.decide(window) is choice
    assert leaving.decide(window) is choice
    assert settings.settings.on_close == choice
    assert person.answers == []


def test_quit_is_the_end_and_counts_once(qtbot: QtBot, settings: SettingsStore) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    leaving = Leaving(settings, lambda: True, Person(Leave.TRAY))
    leaving.on_quit_wanted()
    assert leaving.decide(window) is Leave.END
    assert leaving.decide(window) is Leave.TRAY  # it did not end: work was to go on


@pytest.mark.parametrize(
    ("button", "answer"),
    [("Keep in the tray", Leave.TRAY), ("Quit", Leave.END), ("Back", Leave.ASK)],
)
def test_question_has_three_answers(qtbot: QtBot, button: str, answer: Leave) -> None:
    window = QWidget()
    qtbot.addWidget(window)

    def press() -> None:
        box = window.findChild(QMessageBox)
        assert box is not None
        (found,) = [one for one in box.findChildren(QPushButton) if one.text() == button]
        found.click()

    QTimer.singleShot(0, press)
    assert ask_where_to_go(window) is answer


def test_systems_quit_is_told_and_goes_on(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    watch = FileOpenFilter(app)
    told: list[None] = []
    watch.quit_wanted.connect(lambda: told.append(None))
    assert not watch.eventFilter(app, QEvent(QEvent.Type.Quit))
    assert len(told) == 1
    app.removeEventFilter(watch)
    watch.deleteLater()


@pytest.fixture
def desktop(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[Bench, Desktop]]:
    """The app with a tray, in which the person wants it to stay."""
    bench = Bench(qtbot, tmp_path)
    desktop = bench.start()
    desktop.leaving = Leaving(desktop.settings, lambda: True, Person(Leave.TRAY))
    desktop.window.leave = desktop.leaving.decide
    yield bench, desktop
    bench.stop()


def test_closed_window_goes_on_recording_and_comes_back(
    qtbot: QtBot, desktop: tuple[Bench, Desktop]
) -> None:
    bench, app = desktop
    app.speech.in_window.on_record_wanted()
    with qtbot.assertNotEmitted(app.window.ended):
        assert not app.window.close()
    assert not app.window.isVisible()
    tray = app.speech.dictation.service.tray
    assert tray.icon.toolTip().endswith("Listening")
    bench.microphones.stream().give(sound(SAMPLES[1]))
    app.speech.in_window.on_stop_wanted()
    qtbot.waitUntil(lambda: bench.items()[0].state is ItemState.DONE, timeout=JOB_MS)
    assert tray.icon.toolTip().endswith("Ready to dictate")
    tray.window.trigger()
    assert app.window.isVisible()


def test_quit_in_the_tray_ends_the_closed_window(
    qtbot: QtBot, desktop: tuple[Bench, Desktop]
) -> None:
    _, app = desktop
    app.window.close()
    with qtbot.waitSignal(app.window.ended):
        app.leaving.on_quit_wanted()
        assert app.window.close()


def test_back_leaves_the_window_where_it_is(qtbot: QtBot, desktop: tuple[Bench, Desktop]) -> None:
    _, app = desktop
    app.window.leave = Leaving(app.settings, lambda: True, Person(Leave.ASK)).decide
    assert not app.window.close()
    assert app.window.isVisible()
