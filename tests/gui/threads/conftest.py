"""An engine thread over a library of the test's own, and a recording that takes it a while."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.engine.loading import Loader, load_engine
from app.gui.threads.engine import END_MS, Engine
from app.gui.threads.live_job import StreamOpener, open_speech_stream
from app.store.library import Library
from tests.gui.bench import Recorder, lines_of, long_recording
from tests.gui.threads.use import MakeEngine


@pytest.fixture
def make_engine(library: Library) -> Iterator[MakeEngine]:
    made: list[Engine] = []

    def make(
        load: Loader = load_engine,
        *,
        open_stream: StreamOpener = open_speech_stream,
        end_ms: int = END_MS,
    ) -> Engine:
        made.append(Engine(library, load, open_stream=open_stream, end_ms=end_ms))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    """One with the real models."""
    return make_engine()


@pytest.fixture
def heard(qtbot: QtBot, engine: Engine) -> Recorder:
    return Recorder(qtbot, engine.worker)


@pytest.fixture(scope="package")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return long_recording(tmp_path_factory.mktemp("audio") / "long.wav")


@pytest.fixture(scope="package")
def whole(recording: Path) -> list[str]:
    """The lines of the recording when nobody interrupts."""
    texts = lines_of(recording)
    assert len(texts) >= 2
    return texts
