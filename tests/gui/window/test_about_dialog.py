"""The About window: reached from the settings, searched, copied from, by keys, in two languages."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app import __version__
from app.gui.settings.store import SettingsStore
from app.gui.settings_sheet.dialog import SettingsDialog
from app.gui.translation import Translations
from app.gui.window.about_dialog import AboutDialog
from app.licences import Licence, LicenceList, read_licences
from app.store.library import Library

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none
ENTRIES = (
    Licence(name="numpy", version="2.4", licence="BSD-3-Clause", text="Copyright NumPy"),
    Licence(
        name="Qt", version="6.11", licence="LGPL-3.0-only", text="GNU …", note="shared libraries"
    ),
    Licence(name="x264", version="165", licence="GPL-2.0-or-later", text="GPL …", url="https://v"),
)
NO_TEXT = '{"licence": "x", "texts": [], "entries": [{"text": 0}]}'
LIST = LicenceList(whole="GPL-3.0-or-later", entries=ENTRIES)


@pytest.fixture
def dialog(qtbot: QtBot) -> AboutDialog:
    dialog = AboutDialog(LIST)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def rows(dialog: AboutDialog) -> list[str]:
    return [dialog.names.item(row).text().split()[0] for row in range(dialog.names.count())]


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def shown(dialog: AboutDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(type(dialog._version)))


def test_says_version_promise_and_licence_of_the_whole(dialog: AboutDialog) -> None:
    assert __version__ in shown(dialog)
    assert "never uses the network" in shown(dialog)
    assert "GPL-3.0-or-later" in shown(dialog)
    assert "3 parts" in shown(dialog)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ["numpy", "Qt", "x264"]),
        ("gpl", ["Qt", "x264"]),
        ("QT", ["Qt"]),
        ("libraries shared", ["Qt"]),
        ("nothing like it", []),
    ],
)
def test_search_shortens_the_list(dialog: AboutDialog, words: str, expected: list[str]) -> None:
    dialog.search.setText(words)
    assert rows(dialog) == expected
    assert dialog.copy_licence.isEnabled() is bool(expected)
    if not expected:
        assert dialog.text.toPlainText() == "Nothing found."


def test_choice_survives_a_search_that_still_finds_it(dialog: AboutDialog) -> None:
    dialog.names.setCurrentRow(2)
    dialog.search.setText("gpl")
    assert dialog.chosen == ENTRIES[2]
    dialog.search.setText("numpy")
    assert dialog.chosen == ENTRIES[0]


def test_text_of_the_chosen_one_is_shown_with_its_source(dialog: AboutDialog) -> None:
    dialog.names.setCurrentRow(2)
    assert dialog.text.toPlainText() == "x264 165\nGPL-2.0-or-later\nhttps://v\n\nGPL …"


def test_both_buttons_copy_and_say_so(qtbot: QtBot, dialog: AboutDialog) -> None:
    qtbot.mouseClick(dialog.copy_facts, Qt.MouseButton.LeftButton)
    assert clipboard() == dialog.facts()
    assert __version__ in clipboard()
    assert "Python" in clipboard()
    assert "version" in dialog.message.text
    dialog.names.setCurrentRow(1)
    qtbot.mouseClick(dialog.copy_licence, Qt.MouseButton.LeftButton)
    assert clipboard() == dialog.text.toPlainText()
    assert "shared libraries" in clipboard()


def test_works_by_keys_alone(qtbot: QtBot, dialog: AboutDialog) -> None:
    qtbot.keyClicks(dialog.search, "gpl")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)  # closes nothing
    assert dialog.isVisible()
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.names.hasFocus()
    qtbot.keyClick(dialog.names, Qt.Key.Key_Down)
    assert dialog.chosen == ENTRIES[2]
    qtbot.keyClick(dialog.names, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert dialog.search.hasFocus()
    assert dialog.search.selectedText() == "gpl"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_everything_has_a_name_for_screen_readers(dialog: AboutDialog) -> None:
    assert all(part.accessibleName() for part in (dialog.search, dialog.names, dialog.text))
    assert all(button.text() for button in dialog.findChildren(QPushButton))


def test_follows_the_language(qtbot: QtBot, qapp: QApplication, dialog: AboutDialog) -> None:
    translations = Translations(qapp)
    translations.use("zh_CN")
    try:
        qtbot.waitUntil(lambda: dialog.windowTitle() == "关于松鼠")
        assert "从不使用网络" in shown(dialog)
        assert "3 个部分" in shown(dialog)
    finally:
        translations.use("en")
    qtbot.waitUntil(lambda: dialog.windowTitle() == "About Songshu")


def test_without_a_list_it_says_where_lists_come_from(qtbot: QtBot) -> None:
    dialog = AboutDialog(LicenceList())
    qtbot.addWidget(dialog)
    dialog.show()
    assert "when Songshu is built" in shown(dialog)
    assert not dialog.search.isVisible()
    assert dialog.chosen is None


def test_larger_text_makes_the_title_larger(dialog: AboutDialog) -> None:
    before = dialog._title.font().pointSizeF()
    font = dialog.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    dialog.setFont(font)
    QApplication.sendEvent(dialog, QEvent(QEvent.Type.FontChange))
    assert dialog._title.font().pointSizeF() == pytest.approx(before * 2, rel=0.1)


@pytest.fixture
def settings(qtbot: QtBot, tmp_path: Path) -> Iterator[SettingsDialog]:
    library = Library.open(tmp_path / "songshu.db")
    settings = SettingsDialog(SettingsStore(library), library)
    qtbot.addWidget(settings)
    settings.show()
    yield settings
    settings.close_tasks()
    library.close()


def test_is_asked_for_in_the_settings(qtbot: QtBot, settings: SettingsDialog) -> None:
    with qtbot.waitSignal(settings.about_requested):
        qtbot.mouseClick(settings.about, Qt.MouseButton.LeftButton)
    assert settings.about.text() == "About Songshu…"


def test_list_is_read_with_shared_texts(tmp_path: Path) -> None:
    path = tmp_path / "THIRD-PARTY.json"
    rows = [{**asdict(entry), "text": number} for number, entry in enumerate(ENTRIES)]
    again = {**rows[0], "name": "numpy again"}
    data = {"licence": "MIT", "texts": [e.text for e in ENTRIES], "entries": [*rows, again]}
    path.write_text(json.dumps(data), encoding="utf-8")
    read = read_licences(path)
    assert read.whole == "MIT"
    assert read.entries[:3] == ENTRIES
    assert read.entries[3].text == ENTRIES[0].text


def test_missing_list_is_no_list(tmp_path: Path) -> None:
    assert read_licences(tmp_path / "none.json") == LicenceList()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"licence": "x", "entries": [{"no": 1}]}', NO_TEXT]
)
def test_broken_list_is_no_list_and_is_logged(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "THIRD-PARTY.json"
    path.write_text(text, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert read_licences(path) == LicenceList()
    assert "cannot be read" in caplog.text
