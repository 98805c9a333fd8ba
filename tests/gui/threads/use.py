"""What tests of the engine thread share: filling and reading a queue, and a model on hold."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

from app.engine.loading import Loader, load_engine
from app.gui.threads.engine import END_MS, Engine
from app.gui.threads.live_job import StreamOpener, open_speech_stream
from app.store.library import Library
from app.store.types import Item, JobOptions
from tests.cli.fakes import FakeTranscriber
from tests.gui.bench import STARTER

OPTIONS = JobOptions(pack=str(STARTER), n_threads=1)
STOP_S = 0.5  # cancel takes effect within this; of CPU time, for other programs do not count
STUCK_S = 60.0  # reached only when something is broken


class MakeEngine(Protocol):
    """Makes an engine over the library of the test, which ends with the test."""

    def __call__(
        self,
        load: Loader = load_engine,
        *,
        open_stream: StreamOpener = open_speech_stream,
        end_ms: int = END_MS,
    ) -> Engine: ...


class HeldTranscriber(FakeTranscriber):
    """Stands still before each chunk.

    Attributes:
        began: a chunk has come.
        go_on: it may be recognised.
    """

    def __init__(self) -> None:
        super().__init__(before_chunk=self._hold)
        self.began, self.go_on = threading.Event(), threading.Event()

    def _hold(self, _index: int) -> None:
        self.began.set()
        assert self.go_on.wait(STUCK_S)


def queue(library: Library, engine: Engine, *paths: Path) -> list[Item]:
    """Have files recognised."""
    items = library.add_files(paths, OPTIONS)
    engine.wake()
    return items


def texts(library: Library, item: Item) -> list[str]:
    """Give what its lines say."""
    return [line.text for line in library.lines(item.id)]


def add_idle(library: Library, *paths: Path) -> list[Item]:
    """Put files into the library that wait for nothing."""
    items = library.add_files(paths, OPTIONS)
    for item in items:
        library.cancel(item.id)
    return items
