"""The list at the side: search, names, trash, menus, export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.gui.sidebar.rows import Entry, Heading
from app.gui.window.main_window import MainWindow
from app.store.types import JobOptions
from tests.gui.bench import Bench, no_size_hints
from tests.gui.window.use import press, rows

pytestmark = no_size_hints


def test_list_has_jobs_on_top_and_the_history_by_day(bench: Bench, window: MainWindow) -> None:
    bench.library.add_files(["waiting.wav"], JobOptions())
    window.sidebar.reload()
    assert rows(window.sidebar.model) == [
        "In progress",
        "waiting.wav",
        "Today",
        "second.wav",
        "first.wav",
    ]


def test_search_finds_text_and_goes_to_its_line(
    qtbot: QtBot, bench: Bench, window: MainWindow
) -> None:
    window.show_idle()
    qtbot.keyClicks(window.sidebar.search, "how are")
    qtbot.waitUntil(lambda: rows(window.sidebar.model) == ["first.wav"])
    window.sidebar.view.setCurrentIndex(window.sidebar.model.index(0))
    assert window.page.list.currentIndex().row() == 1
    window.sidebar.search.clear()
    qtbot.waitUntil(lambda: window.sidebar.model.rowCount() == 3)


def test_item_is_renamed_in_place(qtbot: QtBot, bench: Bench, window: MainWindow) -> None:
    view = window.sidebar.view
    view.setFocus()
    press(qtbot, Qt.Key.Key_F2)
    editor = view.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, "Talk with Anna")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Talk with Anna" in [item.title for item in bench.items()])
    assert window.page.toolbar.title.text() == "Talk with Anna"


def test_deleted_item_can_be_taken_out_of_the_trash(
    qtbot: QtBot, bench: Bench, window: MainWindow
) -> None:
    window.sidebar.view.setFocus()
    press(qtbot, Qt.Key.Key_Delete)
    assert [item.title for item in bench.items()] == ["second.wav"]
    assert window.pages.currentWidget() is window.idle
    window.undo_bar.on_undo_clicked()
    assert len(bench.items()) == 2
    assert "first.wav" in rows(window.sidebar.model)


def test_progress_touches_one_row_only(bench: Bench, window: MainWindow, qtbot: QtBot) -> None:
    model = window.sidebar.model
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.put(replace(bench.item("first.wav"), title="other"))


def test_rows_tell_a_screen_reader_what_they_show(window: MainWindow) -> None:
    model = window.sidebar.model
    text = model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text.startswith("second.wav, ")
    assert isinstance(model._rows[0], Heading)
    assert isinstance(model._rows[1], Entry)


def test_context_menu_offers_what_fits_the_state(bench: Bench, window: MainWindow) -> None:
    (item,) = bench.library.add_files(["waiting.wav"], JobOptions())
    window.sidebar.reload()
    row = window.sidebar.model.row_of(item.id)
    assert row is not None
    menu = window.sidebar.menu.make_menu(window.sidebar.model.index(row))
    assert menu is not None
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Pause",
        "Stop",
        "Rename",
        "Delete",
    ]


def test_trash_and_what_is_too_old_are_gone_for_good_after_a_restart(
    qtbot: QtBot, bench: Bench, window: MainWindow
) -> None:
    window.actions_on_items.delete([bench.item("first.wav").id])
    bench.stop()
    bench.start(with_model=False)
    qtbot.waitUntil(lambda: bench.library.items(deleted=True) == [])
    assert [item.title for item in bench.items()] == ["second.wav"]


def test_marked_transcripts_are_exported_together(
    qtbot: QtBot, bench: Bench, window: MainWindow, tmp_path: Path
) -> None:
    assert bench.desktop is not None
    settings = bench.desktop.settings
    settings.change(replace(settings.settings, export_folder=str(tmp_path / "out")))
    window.sidebar.view.selectAll()
    window.sidebar.menu.on_export_triggered()
    dialog = bench.desktop._export
    assert dialog is not None
    with qtbot.waitSignal(dialog.exported):
        dialog.export_button.click()
    texts = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert sorted(texts) == ["first.txt", "second.txt"]
    assert "Hello squirrel." in texts["first.txt"]
    dialog.close()


def test_transcript_is_dragged_out_as_a_file(bench: Bench, window: MainWindow) -> None:
    model = window.sidebar.model
    row = model.row_of(bench.item("second.wav").id)
    assert row is not None
    (url,) = model.mimeData([model.index(row)]).urls()
    assert Path(url.toLocalFile()).name == "second.txt"
    assert "Another text." in Path(url.toLocalFile()).read_text()
