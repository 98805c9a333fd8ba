"""A sheet on a small screen, with large letters: nothing is out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from app.engine.pack_library import PackLibrary, PackOrigin
from app.gui.models.page import ModelsPage
from app.gui.settings.store import SettingsStore
from app.gui.settings_sheet.dialog import SettingsDialog
from app.gui.widgets.style import apply_style
from app.store.library import Library
from tests.gui.bench import no_size_hints
from tests.packs import PACKS

pytestmark = no_size_hints

PAGES = ("general", "models", "files", "storage")  # the others look for devices


@pytest.fixture
def sheet(
    qtbot: QtBot, qapp: QApplication, store: SettingsStore, library: Library, tmp_path: Path
) -> Iterator[SettingsDialog]:
    packs = PackLibrary(tmp_path, [(PACKS, PackOrigin.BUILT_IN)])
    models = ModelsPage(store, sample=tmp_path / "sample.wav", packs=packs)
    dialog = SettingsDialog(store, library, models=models)
    dialog.setMinimumSize(0, 0)
    qtbot.addWidget(dialog)
    yield dialog
    dialog.close_tasks()
    apply_style(qapp, dark=False, text_size="M")


def area_of(sheet: SettingsDialog, page: str) -> QScrollArea:
    sheet.show_page(page)
    QApplication.processEvents()
    shown = sheet.stack.currentWidget()
    area = shown if isinstance(shown, QScrollArea) else shown.findChild(QScrollArea)
    assert area is not None
    return area


@pytest.mark.parametrize(("size", "width"), [("M", 900), ("L", 560)])
def test_whole_width_can_be_reached(
    qapp: QApplication, sheet: SettingsDialog, size: str, width: int
) -> None:
    apply_style(qapp, dark=False, text_size=size)
    sheet.resize(width, 680)
    for page in PAGES:
        area = area_of(sheet, page)
        inside = area.widget()
        assert inside is not None
        hidden = inside.minimumSizeHint().width() - area.viewport().width()
        assert area.horizontalScrollBar().maximum() >= hidden
        assert area.horizontalScrollBar().isVisible() is (hidden > 0)
        assert hidden <= 0 or size == "L"
