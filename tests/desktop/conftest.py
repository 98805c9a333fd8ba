"""A screen with a window manager for all tests of this folder, and an app for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.person import Person
from tests.desktop.screen import Screen, open_screen
from tests.gui.bench import STARTER


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """One display for all; each test closes its own windows."""
    with open_screen(tmp_path_factory.mktemp("screen")) as screen:
        yield screen


@pytest.fixture
def person(screen: Screen, tmp_path: Path) -> Iterator[Person]:
    """An installation with the starter model that nobody has used yet."""
    folder = tmp_path / "installation"
    folder.mkdir()
    person = Person(screen, folder)
    person.prepare(n_threads=1, pack=str(STARTER), ui_language="en", theme="light", tour_seen=True)
    yield person
    person.kill()
