"""The sheet itself: pages, reset, keys, names, another language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.engine.pack_library import PackLibrary, PackOrigin
from app.errors import StoreBusyError
from app.gui.models.page import ModelsPage
from app.gui.settings.store import DEFAULTS, SettingsStore
from app.gui.settings_sheet.dialog import SettingsDialog
from app.store.library import Library
from tests.engine.test_pack import folder_pack
from tests.gui.settings_sheet.use import click

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


def test_reset_asks_and_keeps_the_persons_work(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore
) -> None:
    store.change(replace(DEFAULTS, theme="dark", hot_words=("Songshu",)))
    click(qtbot, dialog.reset)
    assert store.settings.theme == "dark"
    click(qtbot, dialog.confirm.yes)
    assert store.settings == replace(DEFAULTS, hot_words=("Songshu",))
    assert dialog.general.theme.currentData() == "system"


def test_change_that_is_not_stored_is_told(dialog: SettingsDialog, store: SettingsStore) -> None:
    store.failed.emit(StoreBusyError(Path("songshu.db")))
    assert "could not be kept" in dialog.message.text


def test_models_page_is_part_of_the_sheet_and_gives_the_languages(
    qtbot: QtBot, store: SettingsStore, library: Library, tmp_path: Path
) -> None:
    packs = PackLibrary(tmp_path / "packs", [(tmp_path / "packs", PackOrigin.USER)])
    models = ModelsPage(store, sample=tmp_path / "none.wav", packs=packs)
    dialog = SettingsDialog(store, library, models=models)
    qtbot.addWidget(dialog)
    pages = ["general", "recognition", "models", "dictation", "files", "storage"]
    assert dialog.page_names == pages
    assert dialog.recognition.language.count() == 1
    models.import_packs([folder_pack(tmp_path / "p")])
    qtbot.waitUntil(lambda: dialog.recognition.language.count() == 3)
    dialog.show_page("models")
    assert models.isVisible()
    dialog.close_tasks()


def named(widget: QWidget) -> bool:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return bool(widget.accessibleName() or text)


def test_model_that_reads_no_context_is_named(dialog: SettingsDialog) -> None:
    page = dialog.recognition
    helps = page.context.accessibleDescription()
    page.set_takes_context(False)
    assert "does not read" in page.context.accessibleDescription()
    page.retranslate()
    assert "does not read" in page.context.accessibleDescription()
    page.set_takes_context(True)
    assert page.context.accessibleDescription() == helps


def test_every_control_has_a_name(dialog: SettingsDialog) -> None:
    for page in dialog.page_names:
        dialog.show_page(page)
        controls = [w for w in dialog.findChildren(QWidget) if w.isVisible() and _takes_tab(w)]
        assert len(controls) >= 5
        assert [w for w in controls if not named(w)] == []


def _takes_tab(widget: QWidget) -> bool:
    inner = ("qt_spinbox_lineedit", "qt_scrollarea_viewport")
    tab = Qt.FocusPolicy.TabFocus.value
    return bool(widget.focusPolicy().value & tab) and widget.objectName() not in inner


def test_pages_are_reached_by_keys(qtbot: QtBot, dialog: SettingsDialog) -> None:
    qtbot.keyClick(dialog.names, Qt.Key.Key_Down)
    assert dialog.recognition.isVisible()
    qtbot.keyClick(dialog.names, Qt.Key.Key_End)
    assert dialog.storage.isVisible()


def test_enter_in_a_field_does_not_close_the_sheet(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.show_page("recognition")
    dialog.recognition.replacements.trial.setFocus()
    qtbot.keyClick(dialog.recognition.replacements.trial, Qt.Key.Key_Return)
    qtbot.keyClick(dialog.recognition.threads, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.recognition.replacements.table.rowCount() == 0
    dialog.done_button.setFocus()
    qtbot.keyClick(dialog.done_button, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_language_change_reaches_the_pages(dialog: SettingsDialog) -> None:
    dialog.general.follow.setText("old")
    dialog.names.item(0).setText("old")
    for widget in (dialog, *dialog.findChildren(QWidget)):
        QApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))
    assert dialog.general.follow.text() == "Keep the line that is playing in view"
    assert dialog.names.item(0).text() == "General"
