"""Export: what is shown beforehand is what is written, and nothing is ever overwritten."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.engine.cancel import CancelToken
from app.errors import Cancelled, NameTemplateError
from app.gui.export.dialog import ExportDialog
from app.gui.export.plan import (
    Exportable,
    ExportChoice,
    export_work,
    make_plan,
    make_preview,
)
from app.gui.settings.store import SettingsStore
from app.gui.translation import Translations
from app.output.cues import CueOptions
from app.output.document import Document, DocumentLine
from app.output.export import FORMATS, render_text
from app.output.options import ExportOptions
from app.store.library import Library
from tests.gui.bench import JOB_MS

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none
TEXT = "Red squirrels hide thousands of seeds each autumn, and they forget many of them."


def document(title: str = "Squirrels 松鼠", n_lines: int = 2) -> Document:
    lines = tuple(
        DocumentLine(start_s=10.0 * i, end_s=10.0 * i + 8, text=TEXT, language="English")
        for i in range(n_lines)
    )
    return Document(
        title=title,
        source=f"{title}.m4a",
        language="English",
        duration_s=10.0 * n_lines,
        created_at=datetime(2026, 5, 4, 12, tzinfo=UTC),
        model="starter",
        lines=lines,
    )


def choice(fmt: str = "txt", folder: Path | None = None, template: str = "{name}") -> ExportChoice:
    return ExportChoice(fmt=fmt, folder=folder, template=template, options=ExportOptions())


@pytest.fixture
def item(tmp_path: Path) -> Exportable:
    return Exportable(document=document(), folder=tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SettingsStore]:
    (tmp_path / "data").mkdir()
    library = Library.open(tmp_path / "data" / "songshu.db")
    yield SettingsStore(library)
    library.close()


@pytest.fixture
def dialog(qtbot: QtBot, store: SettingsStore) -> Iterator[ExportDialog]:
    dialog = ExportDialog(store)
    qtbot.addWidget(dialog)
    yield dialog
    dialog.close_tasks()


def pick(dialog: ExportDialog, fmt: str) -> None:
    index = dialog.form.format.findData(fmt)
    dialog.form.format.setCurrentIndex(index)
    dialog.form.format.activated.emit(index)


def run(qtbot: QtBot, dialog: ExportDialog) -> tuple[Path, ...]:
    with qtbot.waitSignal(dialog.exported, timeout=JOB_MS) as told:
        qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    paths: tuple[Path, ...] = told.args[0]
    return paths


# plan and preview


def test_plan_numbers_names_that_are_taken(tmp_path: Path, item: Exportable) -> None:
    (tmp_path / "Squirrels 松鼠.txt").write_text("mine")
    (tmp_path / "Squirrels 松鼠 (2).txt").write_text("mine")
    plan = make_plan([item, item], choice())
    assert [path.name for path in plan.paths] == [
        "Squirrels 松鼠 (3).txt",
        "Squirrels 松鼠 (4).txt",
    ]
    assert plan.n_numbered == 2


def test_plan_puts_each_beside_its_recording_or_all_into_one_folder(tmp_path: Path) -> None:
    items = [Exportable(document=document(n), folder=tmp_path / n) for n in ("a", "b")]
    assert [p.parent.name for p in make_plan(items, choice()).paths] == ["a", "b"]
    there = choice(folder=tmp_path / "c")
    assert [str(p.relative_to(tmp_path)) for p in make_plan(items, there).paths] == [
        str(Path("c", "a.txt")),
        str(Path("c", "b.txt")),
    ]


def test_plan_refuses_an_unknown_field(item: Exportable) -> None:
    with pytest.raises(NameTemplateError):
        make_plan([item], choice(template="{nmae}"))


@pytest.mark.parametrize("fmt", FORMATS)
def test_preview_of_a_short_text_is_its_beginning(fmt: str) -> None:
    text = make_preview(document(), choice(fmt))
    assert "Red squirrels hide" in text
    assert not text.endswith("…")
    if fmt not in ("html", "docx"):
        whole = render_text(document(), fmt).removeprefix("\ufeff")
        assert text.rstrip("\n").splitlines() == whole.rstrip("\r\n").splitlines()


@pytest.mark.parametrize("fmt", FORMATS)
def test_preview_of_a_long_text_is_cut(fmt: str) -> None:
    text = make_preview(document(n_lines=5000), choice(fmt))
    assert text.endswith("…")
    assert len(text.splitlines()) <= 61


def test_cancelled_export_keeps_and_tells_what_is_written(item: Exportable) -> None:
    cancel = CancelToken()

    def on_progress(done: int, total: int) -> None:
        cancel.cancel()
        raise Cancelled

    with pytest.raises(Cancelled):
        export_work([item, item], choice())(on_progress, cancel)
    cancelled = CancelToken()
    cancelled.cancel()
    outcome = export_work([item, item], choice())(lambda done, total: None, cancelled)
    assert len(outcome.paths) == 1  # type: ignore[attr-defined]


# the sheet


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format_is_written_as_it_was_announced(
    qtbot: QtBot, dialog: ExportDialog, item: Exportable, tmp_path: Path, fmt: str
) -> None:
    dialog.show_items([item])
    pick(dialog, fmt)
    assert f"Squirrels 松鼠.{fmt}" in dialog.target.text
    assert "Red squirrels hide" in dialog.preview.toPlainText()
    assert run(qtbot, dialog) == (tmp_path / f"Squirrels 松鼠.{fmt}",)
    assert (tmp_path / f"Squirrels 松鼠.{fmt}").stat().st_size > 80
    assert not dialog.isVisible()


def test_taken_name_is_told_before_and_kept(
    qtbot: QtBot, dialog: ExportDialog, item: Exportable, tmp_path: Path
) -> None:
    (tmp_path / "Squirrels 松鼠.txt").write_text("mine")
    dialog.show_items([item])
    assert "Squirrels 松鼠 (2).txt" in dialog.target.text
    assert dialog.target.kind == "warning"
    assert run(qtbot, dialog)[0].name == "Squirrels 松鼠 (2).txt"
    assert (tmp_path / "Squirrels 松鼠.txt").read_text() == "mine"


def test_several_are_exported_at_once(qtbot: QtBot, dialog: ExportDialog, tmp_path: Path) -> None:
    items = [Exportable(document=document(f"t{n}"), folder=tmp_path) for n in range(30)]
    dialog.show_items(items)
    assert "30 files will be written; the first is t0.txt" in dialog.target.text
    assert len(run(qtbot, dialog)) == len(list(tmp_path.glob("t*.txt"))) == 30


def test_lines_of_many_are_read_when_they_are_written_and_not_by_the_window(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    readers: list[tuple[int, threading.Thread]] = []

    def read(number: int) -> Document:
        readers.append((number, threading.current_thread()))
        return document(f"t{number}")

    items = [
        Exportable(document=document(f"t{n}", 0), folder=tmp_path, read=partial(read, n))
        for n in range(30)
    ]
    dialog.show_items(items)
    assert TEXT in dialog.preview.toPlainText()
    assert {number for number, _ in readers} == {0}  # for the preview
    readers.clear()
    paths = run(qtbot, dialog)
    assert all(TEXT in path.read_text("utf-8") for path in paths)
    elsewhere = [n for n, thread in readers if thread is not threading.main_thread()]
    assert elsewhere == list(range(30))


def test_name_with_the_language_is_the_one_that_is_announced(tmp_path: Path) -> None:
    head = replace(document(n_lines=0), language="")
    item = Exportable(document=head, folder=tmp_path, read=document)
    (path,) = make_plan([item], choice(template="{name}.{language}")).paths
    assert path.name == "Squirrels 松鼠.en.txt"


def test_last_choice_is_remembered(
    qtbot: QtBot, dialog: ExportDialog, store: SettingsStore, item: Exportable, tmp_path: Path
) -> None:
    dialog.show_items([item])
    pick(dialog, "srt")
    dialog.form.folder.setText(str(tmp_path / "out"))
    dialog.form.template.setText("{date} {name}")
    dialog.form.cues.lines.setValue(1)
    path = run(qtbot, dialog)[0]
    assert path == tmp_path / "out" / "2026-05-04 Squirrels 松鼠.srt"
    again = ExportDialog(store)
    qtbot.addWidget(again)
    again.show_items([item])
    assert again.form.choice == dialog.form.choice
    assert store.settings.cues == CueOptions(n_lines=1)


def test_choice_that_was_not_exported_is_forgotten(
    dialog: ExportDialog, store: SettingsStore, item: Exportable
) -> None:
    dialog.show_items([item])
    pick(dialog, "json")
    dialog.reject()
    assert store.settings.export_format == "txt"


def test_options_change_preview_and_file(
    qtbot: QtBot, dialog: ExportDialog, item: Exportable
) -> None:
    dialog.show_items([item])
    assert "[00:00:10]" not in dialog.preview.toPlainText()
    dialog.form.times.click()
    assert "[00:00:10]" in dialog.preview.toPlainText()
    assert "[00:00:10]" in run(qtbot, dialog)[0].read_text(encoding="utf-8")


def test_subtitle_rules_change_the_preview(dialog: ExportDialog, item: Exportable) -> None:
    dialog.show_items([item])
    pick(dialog, "vtt")
    before = dialog.preview.toPlainText()
    dialog.form.cues.latin.setValue(20)
    assert dialog.preview.toPlainText() != before


@pytest.mark.parametrize(
    ("fmt", "shown"),
    [
        ("txt", {"times"}),
        ("md", {"times", "facts"}),
        ("srt", {"cues"}),
        ("vtt", {"cues"}),
        ("json", set()),
        ("csv", {"times", "excel"}),
        ("html", {"times", "facts"}),
        ("docx", {"times", "facts"}),
    ],
)
def test_format_shows_only_what_it_offers(
    dialog: ExportDialog, item: Exportable, fmt: str, shown: set[str]
) -> None:
    dialog.show_items([item])
    pick(dialog, fmt)
    names = ("times", "facts", "excel", "cues")
    assert {name for name in names if getattr(dialog.form, name).isVisible()} == shown


def test_wrong_template_is_told_and_cannot_be_exported(
    dialog: ExportDialog, item: Exportable
) -> None:
    dialog.show_items([item])
    dialog.form.template.setText("{nmae}")
    assert "there is no {nmae}" in dialog.target.text
    assert dialog.target.kind == "bad"
    assert not dialog.export_button.isEnabled()
    dialog.form.template.setText("{name}")
    assert dialog.export_button.isEnabled()


def test_folder_that_cannot_be_written_is_told_and_the_sheet_stays(
    qtbot: QtBot, dialog: ExportDialog, item: Exportable, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    dialog.show_items([item])
    dialog.form.folder.setText(str(tmp_path / "file" / "folder"))
    with qtbot.assertNotEmitted(dialog.exported):
        qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: dialog.message.kind == "bad" and bool(dialog.message.text))
    assert "Try another folder" in dialog.message.text
    assert dialog.isVisible()
    assert dialog.export_button.isEnabled()


def test_one_that_fails_does_not_stop_the_others(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    bad = Exportable(document=document("bad"), folder=tmp_path / "file")
    good = Exportable(document=document("good"), folder=tmp_path)
    dialog.show_items([bad, good])
    assert run(qtbot, dialog) == (tmp_path / "good.txt",)
    assert "1 files were written, 1 were not" in dialog.message.text


def test_keys_alone_export(
    qtbot: QtBot, dialog: ExportDialog, item: Exportable, tmp_path: Path
) -> None:
    dialog.show_items([item])
    qtbot.keyClicks(dialog.form.format, "JSON")
    dialog.form.format.activated.emit(dialog.form.format.currentIndex())
    with qtbot.waitSignal(dialog.exported, timeout=JOB_MS):
        qtbot.keyClick(dialog.form.template, Qt.Key.Key_Return)
    data = json.loads((tmp_path / "Squirrels 松鼠.json").read_text(encoding="utf-8"))
    assert data["title"] == "Squirrels 松鼠"


def test_every_control_has_a_name(dialog: ExportDialog, item: Exportable) -> None:
    dialog.show_items([item])
    for fmt in FORMATS:
        pick(dialog, fmt)
        for widget in filter(QWidget.isVisible, dialog.findChildren(QWidget)):
            inner = widget.objectName().startswith("qt_")
            takes_tab = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
            if takes_tab and not inner:
                text = widget.text() if isinstance(widget, QAbstractButton) else ""
                assert widget.accessibleName() or text, widget


def test_language_change_reaches_the_form(dialog: ExportDialog, item: Exportable) -> None:
    dialog.show_items([item])
    pick(dialog, "srt")
    dialog.form.browse.setText("old")
    for widget in (dialog, *dialog.findChildren(QWidget)):
        QApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))
    assert dialog.form.browse.text() == "Browse…"
    assert dialog.form.format.currentData() == "srt"


def test_folder_of_the_settings_is_shown(
    dialog: ExportDialog, store: SettingsStore, item: Exportable, tmp_path: Path
) -> None:
    store.change(replace(store.settings, export_folder=str(tmp_path / "x")))
    dialog.show_items([item])
    assert str(tmp_path / "x") in dialog.target.text


@pytest.fixture
def chinese() -> Iterator[None]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    translations = Translations(app)
    translations.use("zh_CN")
    yield
    translations.use("en")


@pytest.mark.parametrize("fmt", ["md", "html"])
def test_labels_in_the_file_are_in_the_language_of_the_window(
    qtbot: QtBot, dialog: ExportDialog, item: Exportable, chinese: None, fmt: str
) -> None:
    dialog.show_items([item])
    pick(dialog, fmt)
    assert "语言" in dialog.preview.toPlainText()
    (path,) = run(qtbot, dialog)
    text = path.read_text(encoding="utf-8")
    assert all(label in text for label in ("来源", "时长", "英语 (English)", "日期"))
    assert "Length" not in text
    if fmt == "html":
        assert '<dl lang="zh' in text
