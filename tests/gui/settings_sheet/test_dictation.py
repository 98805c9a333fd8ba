"""The page Dictation: every control changes its setting, shortcuts are pressed and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.audio.microphones import Microphone
from app.dictation.chord import COMMON, Chord
from app.dictation.options import DictationOptions, Insert, Way
from app.dictation.rules import Ending
from app.errors import AutostartError, DictationError, HotkeyTakenError, KeyboardError
from app.gui.dictation.chord_field import ChordField, chord_of
from app.gui.settings.store import SettingsStore
from app.gui.settings_sheet.dictation import DictationPage
from app.store.library import Library

_M = Qt.KeyboardModifier
DESK = Microphone(name="desk", api="Fake", channels=1, rate=16_000, label="On the desk")
PLAYED = Microphone(name="played", api="Fake", channels=2, rate=48_000, is_loopback=True)


class FakeLogin:
    """Start at login that may refuse."""

    def __init__(self) -> None:
        self.on = False
        self.error: AutostartError | None = None

    def is_on(self) -> bool:
        return self.on

    def set_on(self, on: bool) -> None:
        if self.error is not None:
            raise self.error
        self.on = on


class System:
    """Refuses chords."""

    def __init__(self) -> None:
        self.errors: dict[str, DictationError] = {}

    def __call__(self, chord: Chord) -> DictationError | None:
        return self.errors.get(str(chord))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SettingsStore]:
    library = Library.open(tmp_path / "songshu.db")
    yield SettingsStore(library)
    library.close()


@pytest.fixture
def login() -> FakeLogin:
    return FakeLogin()


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def page(
    qtbot: QtBot, store: SettingsStore, login: FakeLogin, system: System
) -> Iterator[DictationPage]:
    page = DictationPage(store, login, system, lambda: [DESK, PLAYED])
    qtbot.addWidget(page)
    page.resize(800, 900)
    page.show()
    yield page
    page.close_tasks()


def pick(combo: QComboBox, data: object) -> None:
    index = combo.findData(data)
    assert index >= 0
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def press(
    qtbot: QtBot, field: ChordField, key: Qt.Key, modifiers: Qt.KeyboardModifier = _M.NoModifier
) -> None:
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, key, modifiers)


def add_program(page: DictationPage, name: str) -> None:
    page.ways.program.setEditText(name)
    page.ways.add.click()


CHANGES: list[tuple[str, Callable[[DictationPage], None], Any]] = [
    ("is_on", lambda p: p.switches["is_on"].click(), False),
    ("pass_short", lambda p: p.switches["pass_short"].click(), False),
    ("commands", lambda p: p.switches["commands"].click(), True),
    ("pill", lambda p: p.switches["pill"].click(), False),
    ("pill_text", lambda p: p.switches["pill_text"].click(), False),
    ("tray", lambda p: p.switches["tray"].click(), False),
    ("way", lambda p: pick(p.choices["way"], Way.TYPE), Way.TYPE),
    ("insert", lambda p: pick(p.choices["insert"], Insert.AT_ONCE), Insert.AT_ONCE),
    ("ending", lambda p: pick(p.choices["ending"], Ending.LINE), Ending.LINE),
    ("ways", lambda p: add_program(p, " XTerm "), (("XTerm", Way.TYPE),)),
]


@pytest.mark.parametrize(("name", "change", "value"), CHANGES, ids=[c[0] for c in CHANGES])
def test_control_changes_its_setting_alone(
    page: DictationPage,
    store: SettingsStore,
    name: str,
    change: Callable[[DictationPage], None],
    value: Any,
) -> None:
    change(page)
    assert store.settings.dictation == replace(DictationOptions(), **{name: value})
    assert type(getattr(store.settings.dictation, name)) is type(value)  # a choice gives texts


def test_microphone_is_chosen_for_everything(
    qtbot: QtBot, page: DictationPage, store: SettingsStore
) -> None:
    choice = page.microphone
    qtbot.waitUntil(lambda: choice.findText("played") > 0, timeout=10_000)
    choice.activated.emit(choice.findText("On the desk"))
    assert store.settings.microphone == ("desk", "Fake")
    choice.activated.emit(choice.findText("played"))
    assert store.settings.microphone == ("played", "Fake")
    assert choice.currentText() == "played"
    choice.activated.emit(0)
    assert store.settings.microphone is None


def test_controls_follow_a_change_from_elsewhere(page: DictationPage, store: SettingsStore) -> None:
    options = DictationOptions(
        is_on=False,
        hold_key="F9",
        again_key="F7",
        way=Way.TERMINAL,
        ways=(("Chat", Way.CLIPBOARD),),
        pill=False,
        pill_place=(1, 2),
        seen=("XTerm",),
    )
    store.change(replace(store.settings, dictation=options))
    assert page.keys["hold_key"].text() == "F9"
    assert page.keys["toggle_key"].text() == "None"
    assert not page.keys["hold_key"].isEnabled()
    assert not page.switches["pill_text"].isEnabled()
    assert page.choices["way"].currentData() == Way.TERMINAL
    assert [(row[0].text(), row[1].currentData()) for row in page.ways.rows] == [
        ("Chat", Way.CLIPBOARD)
    ]
    assert page.ways.program.findData("XTerm") >= 0
    page.place.click()
    assert store.settings.dictation == replace(options, pill_place=None)


# programs


def test_program_gets_another_way_and_is_removed(page: DictationPage, store: SettingsStore) -> None:
    for name in ("One", "Two", "", "  ", "one"):
        add_program(page, name)
    assert [program for program, _ in store.settings.dictation.ways] == ["One", "Two"]
    pick(page.ways.rows[1][1], Way.PASTE)
    page.ways.rows[0][2].click()
    assert store.settings.dictation.ways == (("Two", Way.PASTE),)


# shortcuts


def test_shortcut_is_pressed(qtbot: QtBot, page: DictationPage, store: SettingsStore) -> None:
    field = page.keys["hold_key"]
    press(qtbot, field, Qt.Key.Key_F9)
    assert store.settings.dictation.hold_key == "F9"
    assert field.text().startswith("F9")
    press(qtbot, page.keys["toggle_key"], Qt.Key.Key_D, _M.ControlModifier | _M.AltModifier)
    assert store.settings.dictation.toggle_key == "Ctrl+Alt+D"
    assert page.hint.text == ""


def test_backspace_takes_a_shortcut_away(
    qtbot: QtBot, page: DictationPage, store: SettingsStore
) -> None:
    press(qtbot, page.keys["hold_key"], Qt.Key.Key_Backspace)
    assert store.settings.dictation.hold_key == ""
    assert not page.switches["pass_short"].isEnabled()


@pytest.mark.parametrize(
    ("key", "modifiers", "hint"),
    [
        (Qt.Key.Key_A, _M.NoModifier, "could not be typed"),
        (Qt.Key.Key_A, _M.ShiftModifier, "could not be typed"),
        (Qt.Key.Key_Space, _M.ControlModifier | _M.AltModifier, "Hold to speak"),
        (Qt.Key.Key_F8, _M.NoModifier, "Another program has F8"),
        (Qt.Key.Key_F7, _M.NoModifier, "do not work here"),
    ],
)
def test_shortcut_that_cannot_be_is_refused_with_the_reason(
    qtbot: QtBot,
    page: DictationPage,
    store: SettingsStore,
    system: System,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    hint: str,
) -> None:
    system.errors = {"F8": HotkeyTakenError("F8"), "F7": KeyboardError("no server")}
    press(qtbot, page.keys["toggle_key"], key, modifiers)
    assert store.settings.dictation.toggle_key == ""
    assert hint in page.hint.text
    assert page.hint.kind == "bad"


def test_common_shortcut_is_taken_with_a_warning(
    qtbot: QtBot, page: DictationPage, store: SettingsStore
) -> None:
    press(qtbot, page.keys["toggle_key"], Qt.Key.Key_F1)
    assert store.settings.dictation.toggle_key == "F1"
    assert page.hint.kind == "warning"
    assert "help" in page.hint.text


def test_every_meaning_can_be_translated(qtbot: QtBot, page: DictationPage) -> None:
    assert set(page.keys["hold_key"]._meanings()) == set(COMMON.values())


def test_tab_and_escape_leave_the_field(
    qtbot: QtBot, page: DictationPage, store: SettingsStore
) -> None:
    press(qtbot, page.keys["hold_key"], Qt.Key.Key_Tab)
    assert not page.keys["hold_key"].hasFocus()
    press(qtbot, page.keys["hold_key"], Qt.Key.Key_Escape)
    assert store.settings.dictation == DictationOptions()


@pytest.mark.parametrize(
    ("key", "modifiers", "chord"),
    [
        (Qt.Key.Key_Control, _M.ControlModifier, None),
        (Qt.Key.Key_Eacute, _M.NoModifier, None),
        (Qt.Key.Key_Exclam, _M.ShiftModifier, None),
        (Qt.Key.Key_Minus, _M.AltModifier, "Alt+-"),
        (Qt.Key.Key_5, _M.MetaModifier, "Meta+5"),
        (Qt.Key.Key_Enter, _M.ControlModifier | _M.KeypadModifier, "Ctrl+Return"),
        (Qt.Key.Key_F24, _M.NoModifier, "F24"),
    ],
)
def test_chord_of_an_event(key: Qt.Key, modifiers: Qt.KeyboardModifier, chord: str | None) -> None:
    found = chord_of(QKeyEvent(QEvent.Type.KeyPress, key, modifiers))
    assert (str(found) if found else None) == chord


def test_shortcut_of_our_own_window_is_a_choice_too(qtbot: QtBot, page: DictationPage) -> None:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_O, _M.ControlModifier)
    event.ignore()
    QApplication.sendEvent(page.keys["hold_key"], event)
    assert event.isAccepted()


# start at login


def test_login_is_switched(page: DictationPage, login: FakeLogin) -> None:
    page.login.click()
    assert login.on
    page.login.click()
    assert not login.on


def test_login_that_is_refused_says_so(page: DictationPage, login: FakeLogin) -> None:
    login.error = AutostartError("/there", "no")
    page.login.click()
    assert not page.login.isChecked()
    assert "settings of your system" in page.login_hint.text


def test_login_that_was_changed_elsewhere_is_seen(page: DictationPage, login: FakeLogin) -> None:
    login.on = True
    page.hide()
    page.show()
    assert page.login.isChecked()


def test_page_follows_the_language(page: DictationPage) -> None:
    page.ways.show_ways((("XTerm", Way.TYPE),), ())
    QApplication.sendEvent(page, QEvent(QEvent.Type.LanguageChange))
    QApplication.sendEvent(page.ways, QEvent(QEvent.Type.LanguageChange))
    assert page.switches["is_on"].text()
    assert "--toggle" in page.command.text()
