"""A settings sheet over a library of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.gui.settings.store import SettingsStore
from app.gui.settings_sheet.dialog import SettingsDialog
from app.store.library import Library
from tests.gui.settings_sheet.use import LANGUAGES


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
