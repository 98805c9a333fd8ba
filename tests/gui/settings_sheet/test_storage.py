"""The history is deleted after a question; its folder is opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.errors import StoreBusyError
from app.gui.settings.store import SettingsStore
from app.gui.settings_sheet.dialog import SettingsDialog
from app.store.library import Library
from app.store.types import Item, JobOptions
from tests.gui.settings_sheet.use import click

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


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
