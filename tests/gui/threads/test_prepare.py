"""What waits for the window: the model is loaded once it is drawn, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.engine.loading import LoadOptions, Transcriber, load_engine
from app.errors import PackNotFoundError
from app.gui.threads.engine import Engine
from app.gui.threads.events import EnginePhase, EngineState, JobFinished
from app.gui.window.first_paint import FirstPaint
from app.store.library import Library
from app.store.types import ItemState, JobOptions
from tests.gui.bench import CLIP, Recorder
from tests.packs import PACKS

OPTIONS = JobOptions(pack=str(PACKS / "tiny"), n_threads=1)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "songshu.db") as library:
        yield library


@pytest.fixture
def loaded() -> list[LoadOptions]:
    return []


@pytest.fixture
def engine(library: Library, loaded: list[LoadOptions]) -> Iterator[Engine]:
    def load(options: LoadOptions) -> Transcriber:
        loaded.append(options)
        return load_engine(options)

    engine = Engine(library, load)
    yield engine
    engine.close()


def test_prepared_model_serves_the_next_item(
    qtbot: QtBot, library: Library, engine: Engine, loaded: list[LoadOptions]
) -> None:
    heard = Recorder(qtbot, engine.worker)
    engine.prepare(OPTIONS)
    assert heard.wait(EngineState).phase is EnginePhase.LOADING
    assert heard.wait(EngineState, 2).phase is EnginePhase.READY
    (item,) = library.add_files([CLIP], OPTIONS)
    engine.prepare(OPTIONS)
    engine.wake()
    heard.wait(JobFinished)
    assert library.item(item.id).state is ItemState.DONE
    assert len(loaded) == 1


def test_model_that_cannot_be_prepared_is_told(
    qtbot: QtBot, library: Library, engine: Engine
) -> None:
    heard = Recorder(qtbot, engine.worker)
    engine.prepare(JobOptions(pack="nowhere", n_threads=1))
    assert heard.wait(EngineState).phase is EnginePhase.LOADING
    state = heard.wait(EngineState, 2)
    assert (state.phase, state.error_type) == (EnginePhase.FAILED, PackNotFoundError.__name__)


def test_model_is_loaded_anew_when_that_is_asked_for(
    qtbot: QtBot, library: Library, engine: Engine, loaded: list[LoadOptions]
) -> None:
    heard = Recorder(qtbot, engine.worker)
    engine.prepare(OPTIONS)
    assert heard.wait(EngineState, 2).phase is EnginePhase.READY
    engine.reload()
    library.add_files([CLIP], OPTIONS)
    engine.wake()
    heard.wait(JobFinished)
    assert loaded == [loaded[0], loaded[0]]


@pytest.mark.parametrize(("chosen", "device"), [(None, "cpu"), ("vulkan:0", "vulkan:0")])
def test_chosen_device_reaches_the_loader(
    qtbot: QtBot, library: Library, chosen: str | None, device: str
) -> None:
    loaded: list[LoadOptions] = []

    def load(options: LoadOptions) -> Transcriber:
        loaded.append(options)
        raise PackNotFoundError(CLIP, [])

    engine = Engine(library, load)
    heard = Recorder(qtbot, engine.worker)
    engine.prepare(replace(OPTIONS, device=chosen))
    assert heard.wait(EngineState, 2).phase is EnginePhase.FAILED
    assert [options.device for options in loaded] == [device]
    engine.close()


def test_first_paint_is_told_once(qtbot: QtBot) -> None:
    window = QLabel("text")
    qtbot.addWidget(window)
    told: list[bool] = []
    first = FirstPaint(window)
    first.painted.connect(lambda: told.append(window.isVisible()))
    qtbot.wait(1)
    assert told == []
    with qtbot.waitSignal(first.painted):
        window.show()
    window.repaint()
    qtbot.wait(1)
    assert told == [True]
