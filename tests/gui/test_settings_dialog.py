"""The settings sheet: every control changes its setting at once, and follows changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from app.engine.pack_library import PackLibrary, PackOrigin
from app.errors import StoreBusyError
from app.gui.cue_editor import CueEditor
from app.gui.models_page import ModelsPage
from app.gui.settings import DEFAULTS, SettingsStore
from app.gui.settings_dialog import SettingsDialog
from app.gui.settings_pages.rules_table import FIND, KIND, PUT, join_find, split_find
from app.output.cues import STANDARD_CUES, CueOptions
from app.store.library import Library
from app.store.types import Item, JobOptions
from tests.engine.test_pack import folder_pack

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none
LANGUAGES = ("Chinese", "English", "German")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.open(tmp_path / "songshu.db")
    yield library
    library.close()


@pytest.fixture
def store(library: Library) -> SettingsStore:
    return SettingsStore(library)


@pytest.fixture
def opened() -> list[Path]:
    return []


@pytest.fixture
def dialog(
    qtbot: QtBot, store: SettingsStore, library: Library, opened: list[Path]
) -> Iterator[SettingsDialog]:
    dialog = SettingsDialog(store, library, languages=LANGUAGES, open_folder=opened.append)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close_tasks()


def pick(combo: QComboBox, data: object) -> None:
    """Choose as a person does."""
    index = combo.findData(data)
    assert index >= 0, data
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def click(qtbot: QtBot, button: QWidget) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


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


# texts


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


# favourites


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


# replacements


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


# subtitles


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


# storage


def test_history_is_deleted_after_a_question_that_names_the_number(
    qtbot: QtBot, dialog: SettingsDialog, library: Library
) -> None:
    items = library.add_files(["a.wav", "b.wav", "c.wav"], JobOptions())
    for item in items:
        library.cancel(item.id)
    library.trash([items[0].id])
    dialog.show_page("storage")
    assert dialog.storage.count.text().startswith("3 transcripts")
    click(qtbot, dialog.storage.delete)
    assert "Delete 3 transcripts for good?" in dialog.storage.confirm.question.text
    assert len(library.items()) == 2
    with qtbot.waitSignal(dialog.storage.history_deleted):
        click(qtbot, dialog.storage.confirm.yes)
    assert library.items() == library.items(deleted=True) == []
    assert "deleted for good" in dialog.storage.result.text
    assert not dialog.storage.delete.isEnabled()


def test_history_stays_if_the_answer_is_no(
    qtbot: QtBot, dialog: SettingsDialog, library: Library
) -> None:
    library.cancel(library.add_files(["a.wav"], JobOptions())[0].id)
    dialog.show_page("storage")
    click(qtbot, dialog.storage.delete)
    click(qtbot, dialog.storage.confirm.no)
    assert len(library.items()) == 1


def test_history_cannot_be_deleted_while_the_queue_works(
    dialog: SettingsDialog, library: Library
) -> None:
    library.add_files(["a.wav"], JobOptions())
    dialog.show_page("storage")
    assert not dialog.storage.delete.isEnabled()
    assert "queue" in dialog.storage.count.text()


class BusyHistory:
    """A library that another program keeps locked."""

    path = Path(__file__)

    def items(self, *, deleted: bool = False) -> list[Item]:
        return []

    def purge_all(self) -> None:
        raise StoreBusyError(self.path)


def test_deletion_that_fails_says_so(qtbot: QtBot, store: SettingsStore) -> None:
    dialog = SettingsDialog(store, BusyHistory())
    qtbot.addWidget(dialog)
    dialog.storage.on_confirmed()
    qtbot.waitUntil(lambda: dialog.storage.result.kind == "bad")
    assert "Another program holds" in dialog.storage.result.text
    dialog.close_tasks()


def test_folder_of_the_data_is_opened(
    qtbot: QtBot, dialog: SettingsDialog, library: Library, opened: list[Path]
) -> None:
    dialog.show_page("storage")
    click(qtbot, dialog.storage.open)
    assert opened == [library.path.parent]
    assert "portable" in dialog.storage.portable.text()


# the sheet


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
