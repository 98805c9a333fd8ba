"""Every control changes its setting at once, and follows changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.gui.export.cue_editor import CueEditor
from app.gui.settings.store import DEFAULTS, SettingsStore
from app.gui.settings_sheet.dialog import SettingsDialog
from app.output.cues import STANDARD_CUES, CueOptions
from app.store.library import Library
from tests.gui.settings_sheet.use import click, pick

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none
CHANGES: list[tuple[str, Callable[[SettingsDialog], None], Any]] = [
    ("ui_language", lambda d: pick(d.general.language, "zh_CN"), "zh_CN"),
    ("theme", lambda d: pick(d.general.theme, "dark"), "dark"),
    ("text_size", lambda d: pick(d.general.text_size, "L"), "L"),
    ("on_close", lambda d: pick(d.general.on_close, "tray"), "tray"),
    ("follow", lambda d: d.general.follow.click(), False),
    ("skip_silence", lambda d: d.general.skip_silence.click(), True),
    ("language", lambda d: pick(d.recognition.language, "German"), "German"),
    ("favourites", lambda d: pick(d.recognition.favourites.add, "English"), ("English",)),
    ("n_threads", lambda d: d.recognition.threads.setValue(2), 2),
    ("device", lambda d: pick(d.recognition.device, "cpu"), "cpu"),
    ("normalize_numbers", lambda d: d.recognition.numbers.click(), True),
    ("use_gate", lambda d: d.recognition.gate.click(), False),
    ("export_times", lambda d: d.files.times.click(), True),
    ("cues", lambda d: d.files.cues.lines.setValue(1), CueOptions(n_lines=1)),
    ("keep_days", lambda d: pick(d.storage.keep, 30), 30),
]


@pytest.mark.parametrize(("name", "change", "value"), CHANGES, ids=[c[0] for c in CHANGES])
def test_control_changes_its_setting_alone_and_for_good(
    dialog: SettingsDialog,
    store: SettingsStore,
    library: Library,
    name: str,
    change: Callable[[SettingsDialog], None],
    value: Any,
) -> None:
    change(dialog)
    assert store.settings == replace(DEFAULTS, **{name: value})
    assert SettingsStore(library).settings == store.settings


def test_controls_follow_a_change_from_elsewhere(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore
) -> None:
    changed = replace(
        DEFAULTS,
        theme="dark",
        follow=False,
        favourites=("German",),
        language="German",
        context="About squirrels",
        hot_words=("Songshu",),
        replacements=(("teh", "the"),),
        n_threads=3,
        cues=CueOptions(latin_chars=30),
        keep_days=7,
    )
    store.change(changed)
    assert dialog.general.theme.currentData() == "dark"
    assert not dialog.general.follow.isChecked()
    assert dialog.recognition.language.currentData() == "German"
    assert dialog.recognition.context.toPlainText() == "About squirrels"
    assert dialog.recognition.hot_words.words == ("Songshu",)
    assert dialog.recognition.replacements.table.rows == [("teh", "the")]
    assert dialog.recognition.threads.value() == 3
    assert dialog.files.cues.latin.value() == 30
    assert dialog.storage.keep.currentData() == 7
    assert store.settings == changed


def test_context_is_kept_after_a_pause(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore
) -> None:
    dialog.show_page("recognition")
    with qtbot.waitSignal(store.changed):
        qtbot.keyClicks(dialog.recognition.context, "About squirrels")
    assert store.settings.context == "About squirrels"


def test_context_is_kept_when_the_sheet_is_closed_at_once(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore
) -> None:
    dialog.show_page("recognition")
    qtbot.keyClicks(dialog.recognition.context, "Short")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert store.settings.context == "Short"
    assert not dialog.isVisible()


def test_hot_words_are_counted_and_told_once(dialog: SettingsDialog, store: SettingsStore) -> None:
    field = dialog.recognition.hot_words
    field.field.setPlainText("Songshu\n\n 松鼠 \nQwen3-ASR, ONNX")
    assert field.count.text() == "4 terms"
    field.field.flush()
    assert store.settings.hot_words == ("Songshu", "松鼠", "Qwen3-ASR", "ONNX")
    assert field.field.toPlainText().startswith("Songshu\n\n 松鼠")


def test_hot_word_that_is_a_sentence_is_named(dialog: SettingsDialog) -> None:
    dialog.recognition.hot_words.field.setPlainText("word\n" + "long " * 20)
    assert "too long: long long" in dialog.recognition.hot_words.count.text()


def test_favourites_stand_first_and_can_be_ordered_and_removed(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore
) -> None:
    favourites = dialog.recognition.favourites
    dialog.show_page("recognition")
    pick(favourites.add, "German")
    pick(favourites.add, "English")
    assert favourites.add.findData("German") == -1
    click(qtbot, favourites.buttons.up)
    assert store.settings.favourites == ("English", "German")
    offered = [dialog.recognition.language.itemData(i) for i in range(4)]
    assert offered == [None, "English", "German", "Chinese"]
    click(qtbot, favourites.buttons.remove)
    assert store.settings.favourites == ("German",)
    assert not favourites.buttons.down.isEnabled()


def test_language_of_another_model_is_not_dropped_in_silence(
    dialog: SettingsDialog, store: SettingsStore
) -> None:
    store.change(replace(store.settings, language="Thai"))
    dialog.recognition.set_languages(["English"])
    assert dialog.recognition.language.currentData() == "Thai"
    assert store.settings.language == "Thai"


def test_preview_follows_every_rule(qtbot: QtBot) -> None:
    editor = CueEditor()
    qtbot.addWidget(editor)
    seen = {editor.preview.toPlainText()}
    for spin, value in ((editor.latin, 20), (editor.cjk, 9), (editor.lines, 1)):
        spin.setValue(value)
        assert editor.preview.toPlainText() not in seen
        seen.add(editor.preview.toPlainText())
    assert max(len(line) for line in editor.preview.toPlainText().splitlines()) <= 20


def test_longest_time_never_gets_below_the_shortest(qtbot: QtBot) -> None:
    editor = CueEditor()
    qtbot.addWidget(editor)
    with qtbot.waitSignal(editor.changed) as told:
        editor.shortest.setValue(9.0)
    assert told.args == [CueOptions(min_s=9.0, max_s=9.0)]
    editor.longest.setValue(2.0)
    assert (editor.options.min_s, editor.options.max_s) == (2.0, 2.0)


def test_usual_rules_come_back(qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore) -> None:
    dialog.show_page("files")
    dialog.files.cues.latin.setValue(20)
    click(qtbot, dialog.files.standard)
    assert store.settings.cues == STANDARD_CUES
    assert dialog.files.cues.latin.value() == 42
    assert not dialog.files.standard.isEnabled()
