"""A models page over folders of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.engine.pack_library import PackLibrary, PackOrigin
from app.gui.models.page import ModelsPage
from app.gui.settings.store import SettingsStore
from app.store.library import Library
from tests.engine.test_pack import folder_pack
from tests.gui.models.use import MakePage, click, endless
from tests.packs import ROOT

SAMPLE = ROOT / "tests" / "data" / "meeting_slt.wav"


@pytest.fixture
def user(tmp_path: Path) -> Path:
    return tmp_path / "data" / "packs"


@pytest.fixture
def built_in(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    folder.mkdir()
    return folder


@pytest.fixture
def make_page(qtbot: QtBot, library: Library, user: Path, built_in: Path) -> Iterator[MakePage]:
    pages: list[ModelsPage] = []

    def make() -> ModelsPage:
        packs = PackLibrary(user, [(user, PackOrigin.USER), (built_in, PackOrigin.BUILT_IN)])
        page = ModelsPage(SettingsStore(library), sample=SAMPLE, packs=packs)
        qtbot.addWidget(page)
        pages.append(page)
        page.resize(760, 640)
        page.show()
        return page

    yield make
    for page in pages:
        page.close_tasks()


@pytest.fixture
def busy_page(
    qtbot: QtBot, make_page: MakePage, built_in: Path, monkeypatch: pytest.MonkeyPatch
) -> ModelsPage:
    """A page with one pack whose check never ends."""
    folder_pack(built_in / "a")
    monkeypatch.setattr("app.gui.models.pack_actions.verify_work", endless)
    page = make_page()
    click(qtbot, page.cards[0].verify)
    return page
