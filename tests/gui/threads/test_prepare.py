"""A model is loaded before anything needs it, once, and where it was chosen to run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.engine.loading import LoadOptions, Transcriber, load_engine
from app.errors import PackNotFoundError
from app.gui.threads.engine import Engine
from app.gui.threads.events import EnginePhase, EngineState, JobFinished
from app.store.library import Library
from app.store.types import ItemState, JobOptions
from tests.gui.bench import CLIP, Recorder
from tests.gui.threads.use import MakeEngine
from tests.packs import PACKS

OPTIONS = JobOptions(pack=str(PACKS / "tiny"), n_threads=1)


@pytest.fixture
def loaded() -> list[LoadOptions]:
    return []


@pytest.fixture
def engine(make_engine: MakeEngine, loaded: list[LoadOptions]) -> Engine:
    def load(options: LoadOptions) -> Transcriber:
        loaded.append(options)
        return load_engine(options)

    return make_engine(load)


def test_prepared_model_serves_the_next_item(
    heard: Recorder, library: Library, engine: Engine, loaded: list[LoadOptions]
) -> None:
    engine.prepare(OPTIONS)
    assert heard.wait(EngineState).phase is EnginePhase.LOADING
    assert heard.wait(EngineState, 2).phase is EnginePhase.READY
    (item,) = library.add_files([CLIP], OPTIONS)
    engine.prepare(OPTIONS)
    engine.wake()
    heard.wait(JobFinished)
    assert library.item(item.id).state is ItemState.DONE
    assert len(loaded) == 1


def test_model_that_cannot_be_prepared_is_told(heard: Recorder, engine: Engine) -> None:
    engine.prepare(JobOptions(pack="nowhere", n_threads=1))
    assert heard.wait(EngineState).phase is EnginePhase.LOADING
    state = heard.wait(EngineState, 2)
    assert (state.phase, state.error_type) == (EnginePhase.FAILED, PackNotFoundError.__name__)


def test_model_is_loaded_anew_when_that_is_asked_for(
    heard: Recorder, library: Library, engine: Engine, loaded: list[LoadOptions]
) -> None:
    engine.prepare(OPTIONS)
    assert heard.wait(EngineState, 2).phase is EnginePhase.READY
    engine.reload()
    library.add_files([CLIP], OPTIONS)
    engine.wake()
    heard.wait(JobFinished)
    assert loaded == [loaded[0], loaded[0]]


@pytest.mark.parametrize(("chosen", "device"), [(None, "cpu"), ("vulkan:0", "vulkan:0")])
def test_chosen_device_reaches_the_loader(
    qtbot: QtBot, make_engine: MakeEngine, chosen: str | None, device: str
) -> None:
    loaded: list[LoadOptions] = []

    def load(options: LoadOptions) -> Transcriber:
        loaded.append(options)
        raise PackNotFoundError(CLIP, [])

    engine = make_engine(load)
    heard = Recorder(qtbot, engine.worker)
    engine.prepare(replace(OPTIONS, device=chosen))
    assert heard.wait(EngineState, 2).phase is EnginePhase.FAILED
    assert [options.device for options in loaded] == [device]
