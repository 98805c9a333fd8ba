"""The engine thread and its queue: progress, broken files and models, errors nobody expects.

With the real models; fakes stand in only where a fault is injected.
"""

from __future__ import annotations

import gc
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.errors import PackNotFoundError
from app.gui.threads.engine import Engine
from app.gui.threads.events import (
    EnginePhase,
    EngineState,
    JobFinished,
    JobProgress,
    JobStopped,
    LiveText,
)
from app.store.library import Library
from app.store.types import ItemState, JobOptions
from tests.cli.fakes import FakeTranscriber
from tests.gui.bench import CLIP, SAMPLES, Recorder
from tests.gui.threads.use import (
    OPTIONS,
    STUCK_S,
    HeldTranscriber,
    MakeEngine,
    queue,
    texts,
)
from tests.packs import PACKS


def test_progress_has_speed_and_eta_and_live_text_is_throttled(
    heard: Recorder, library: Library, engine: Engine, recording: Path
) -> None:
    began = time.monotonic()
    queue(library, engine, recording)
    heard.wait(JobFinished)
    progress = heard.all(JobProgress)
    done = [event.done_s for event in progress]
    assert done == sorted(done)
    assert progress[-1].done_s == pytest.approx(progress[-1].duration_s, abs=0.1)
    assert progress[-1].eta_s == pytest.approx(0, abs=0.1)
    assert progress[-1].speed is not None
    assert 1 < len(heard.all(LiveText)) <= 20 * (time.monotonic() - began)


def test_broken_file_fails_with_its_reason_and_the_next_one_runs(
    heard: Recorder, library: Library, engine: Engine, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.wav"
    empty.touch()
    items = queue(library, engine, empty, tmp_path / "gone.wav", CLIP)
    heard.wait_until_empty()
    kinds = [library.item(item.id).error_type for item in items]
    assert kinds == ["EmptyAudioError", "AudioNotFoundError", ""]
    assert texts(library, items[2])


def test_file_that_was_cut_off_is_done_with_a_warning(
    heard: Recorder, library: Library, engine: Engine, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.wav"
    whole = CLIP.read_bytes()
    cut.write_bytes(whole[: -len(whole) // 10])
    items = queue(library, engine, cut, CLIP)
    heard.wait_until_empty()
    ended = [library.item(item.id) for item in items]
    assert [item.state for item in ended] == [ItemState.DONE, ItemState.DONE]
    assert [item.error_type for item in ended] == ["TruncatedTail", ""]
    assert "ends too early" in ended[0].error_message


def test_model_that_cannot_be_loaded_leaves_the_items_waiting(
    heard: Recorder, library: Library, engine: Engine, tmp_path: Path
) -> None:
    (item,) = library.add_files([CLIP], JobOptions(pack=str(tmp_path / "none")))
    engine.wake()
    heard.wait(JobStopped)
    assert heard.all(EngineState)[-1].error_type == PackNotFoundError.__name__
    assert library.item(item.id).state is ItemState.WAITING
    engine.cancel(item.id)
    engine.retry(item.id, options=OPTIONS)
    heard.wait(JobFinished)
    assert texts(library, item)


def test_item_with_another_model_has_it_exchanged(
    heard: Recorder, library: Library, engine: Engine, tmp_path: Path
) -> None:
    other = tmp_path / "other.wav"
    shutil.copy(CLIP, other)
    library.add_files([CLIP], OPTIONS)
    library.add_files([other], JobOptions(pack=str(PACKS / "tiny"), n_threads=1))
    engine.wake()
    heard.wait_until_empty()
    ready = [state for state in heard.all(EngineState) if state.phase is EnginePhase.READY]
    assert [state.pack for state in ready] == ["starter", "tiny"]


def test_thread_outlives_an_unexpected_error(
    qtbot: QtBot, library: Library, make_engine: MakeEngine
) -> None:
    model = FakeTranscriber()

    def break_down(_index: int) -> None:
        if model.heard[-1].context == "break":
            raise RuntimeError("injected")

    model.before_chunk = break_down
    engine = make_engine(model.load)
    heard = Recorder(qtbot, engine.worker)
    (bad,) = library.add_files([CLIP], replace(OPTIONS, context="break"))
    (good,) = library.add_files([SAMPLES[0]], OPTIONS)
    engine.wake()
    heard.wait_until_empty()
    assert library.item(bad.id).error_type == "RuntimeError"
    assert library.item(good.id).state is ItemState.DONE


def test_cycles_are_collected_in_the_gui_thread_only(engine: Engine) -> None:
    assert not gc.isenabled()
    engine.close()
    assert gc.isenabled()


def test_without_a_model_the_next_item_is_not_begun(
    qtbot: QtBot, library: Library, make_engine: MakeEngine, tmp_path: Path
) -> None:
    """A pack may fail its check while the queue runs."""
    model = HeldTranscriber()
    engine = make_engine(model.load)
    heard = Recorder(qtbot, engine.worker)
    paths = [Path(shutil.copy(CLIP, tmp_path / f"{n}.wav")) for n in range(2)]
    first, second = queue(library, engine, *paths)
    assert model.began.wait(STUCK_S)
    engine.set_ready(False)
    model.go_on.set()
    heard.wait_until_empty()
    assert library.item(first.id).state is ItemState.DONE
    assert library.item(second.id).state is ItemState.WAITING
    engine.wake()
    engine.set_ready(True)
    engine.wake()
    heard.wait(JobFinished, 2)
    assert library.item(second.id).state is ItemState.DONE
