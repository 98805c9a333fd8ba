"""5,000 transcripts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.engine.types import Segment
from app.store.library import Library
from app.store.types import JobOptions
from tests.gui.bench import Bench, no_size_hints

pytestmark = no_size_hints
WATCHED_MS = 100  # 5,000 transcripts scroll and search within this


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("full") / "songshu.db"
    with Library.open(path) as library:
        items = library.add_files([f"/talks/{n}.wav" for n in range(5000)], JobOptions())
        segment = Segment(start_s=0, end_s=5, text="x", language="English", avg_logprob=0)
        for item in items:
            text = f"The squirrel number {item.id} eats a nut."
            library.add_line(item.id, replace(segment, text=text), 5)
            library.finish(item.id, language="English", pack="", device="", rtf=None)
    return path


def test_5000_transcripts_scroll_and_search_in_time(qtbot: QtBot, bench: Bench, full: Path) -> None:
    """The median of some rounds, in CPU time of this thread: other programs do not count."""
    bench.folder = full.parent
    window = bench.start(with_model=False).window
    sidebar = window.sidebar
    bar = sidebar.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)

    def scroll(share: float) -> None:
        bar.setValue(int(share * bar.maximum()))
        sidebar.view.viewport().grab()  # paints at once, also what nobody sees

    def search() -> None:
        sidebar.on_search_due()
        sidebar.view.viewport().grab()

    used = {
        f"scroll to {share}": median_ms(lambda share=share: scroll(share))
        for share in (0.0, 0.3, 0.9, 0.5, 1.0)
    }
    for query in ("squirrel", "number 4711", "nut", "nothing at all"):
        sidebar.search.setText(query)
        used[f"search for {query}"] = median_ms(search)
    sidebar.search.clear()
    sidebar.on_search_due()
    used["an item comes or goes"] = median_ms(window.reload_list)
    assert max(used.values()) < WATCHED_MS, used


def median_ms(action: Callable[[], None], n: int = 5) -> float:
    """Measure the CPU time of an action in this thread, in ms; the middle of n rounds."""
    times = []
    for _ in range(n):
        started = time.thread_time()
        action()
        times.append(1000 * (time.thread_time() - started))
    return statistics.median(times)
