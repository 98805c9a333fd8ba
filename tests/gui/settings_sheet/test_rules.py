"""Replacements: kinds, order, trial, and rules that cannot be used."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.gui.settings.store import SettingsStore
from app.gui.settings_sheet.dialog import SettingsDialog
from app.gui.settings_sheet.rules_table import FIND, KIND, PUT, join_find, split_find
from tests.gui.settings_sheet.use import click, pick

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


@pytest.mark.parametrize(
    ("find", "kind", "text"),
    [
        ("teh", "words", "teh"),
        ('"SQL"', "exact", "SQL"),
        ("/a+/", "pattern", "a+"),
        ("/a+/i", "pattern any case", "a+"),
        ('"', "words", '"'),
        ("//", "words", "//"),
    ],
)
def test_kind_of_a_rule_is_read_and_written(find: str, kind: str, text: str) -> None:
    assert split_find(find) == (kind, text)
    assert join_find(kind, text) == find


def add_rule(dialog: SettingsDialog, find: str, put: str) -> None:
    replacements = dialog.recognition.replacements
    replacements.add.click()
    row = replacements.table.rowCount() - 1
    replacements.table.item(row, FIND).setText(find)
    replacements.table.item(row, PUT).setText(put)


def test_rules_are_added_ordered_tried_and_removed(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore
) -> None:
    replacements = dialog.recognition.replacements
    dialog.show_page("recognition")
    add_rule(dialog, "teh", "the")
    add_rule(dialog, "松树", "松鼠")
    assert store.settings.replacements == (("teh", "the"), ("松树", "松鼠"))
    replacements.trial.setText("Teh 松树")
    assert replacements.outcome.text() == "the 松鼠"
    click(qtbot, replacements.buttons.up)
    assert store.settings.replacements == (("松树", "松鼠"), ("teh", "the"))
    click(qtbot, replacements.buttons.remove)
    assert store.settings.replacements == (("teh", "the"),)
    assert replacements.outcome.text() == "the 松树"


def test_rule_gets_another_kind(dialog: SettingsDialog, store: SettingsStore) -> None:
    add_rule(dialog, "SQL", "SQLite")
    choice = dialog.recognition.replacements.table.cellWidget(0, KIND)
    assert isinstance(choice, QComboBox)
    pick(choice, "exact")
    assert store.settings.replacements == (('"SQL"', "SQLite"),)


def test_rule_that_cannot_be_used_is_explained_and_never_stored(
    dialog: SettingsDialog, store: SettingsStore
) -> None:
    add_rule(dialog, "teh", "the")
    add_rule(dialog, "/(a/", "x")
    replacements = dialog.recognition.replacements
    assert store.settings.replacements == (("teh", "the"),)
    assert "Row 2 is not used" in replacements.problem.text
    assert replacements.table.rowCount() == 2
