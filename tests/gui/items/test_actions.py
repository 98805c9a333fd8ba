"""What is done with items behind the buttons of the list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.store.types import ItemState, JobOptions
from tests.gui.bench import CLIP, STARTER, Bench, make_bench, no_size_hints

pytestmark = no_size_hints


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


def test_paused_item_whose_model_is_gone_gets_the_present_one(bench: Bench, tmp_path: Path) -> None:
    """Else the queue would stand still when it goes on: its model can never be loaded."""
    desktop = bench.start()
    (item,) = bench.library.add_files([CLIP], JobOptions(pack=str(tmp_path / "gone"), n_threads=1))
    bench.library.pause(item.id)
    desktop.window.actions_on_items.exchange_model(str(STARTER), failed=False)
    item = bench.item(CLIP.name)
    assert (item.state, item.options.pack) == (ItemState.PAUSED, str(STARTER))
    desktop.engine.resume(item.id)
    bench.wait_for(CLIP.name, ItemState.DONE)


def test_paused_item_keeps_a_model_that_is_there(bench: Bench) -> None:
    desktop = bench.start()
    other = str(STARTER.parent / "tiny")
    (item,) = bench.library.add_files([CLIP], JobOptions(pack=other, n_threads=1))
    bench.library.pause(item.id)
    desktop.window.actions_on_items.exchange_model(str(STARTER), failed=False)
    assert bench.item(CLIP.name).options.pack == other
