"""One line is recognised again: in the middle of a job, before it ends, after a dictation."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.engine.cancel import CancelToken
from app.engine.types import AudioChunk, Event, FloatArray, SegmentDone, TranscribeOptions
from app.errors import NoModelError
from app.gui.threads.control import LineRequest
from app.gui.threads.engine import QUEUED, Engine
from app.gui.threads.events import (
    JobFinished,
    LineAdded,
    LineFailed,
    LineRecognized,
    LiveFinished,
)
from app.gui.threads.live_job import HeardWords, LiveRequest
from app.store.library import Library
from app.store.types import Item
from tests.cli.fakes import FakeManifest, FakeTranscriber
from tests.gui.bench import CLIP, Recorder
from tests.gui.threads.use import (
    OPTIONS,
    STUCK_S,
    HeldTranscriber,
    MakeEngine,
    add_idle,
    queue,
    texts,
)
from tests.waiting import wait_for


@dataclass
class MeasuringTranscriber(FakeTranscriber):
    """Remembers how long each chunk was."""

    lengths_s: list[float] = field(default_factory=list)

    def transcribe(
        self,
        chunks: Iterable[AudioChunk],
        options: TranscribeOptions,
        cancel: CancelToken | None = None,
    ) -> Iterator[Event]:
        for event in super().transcribe(chunks, options, cancel):
            if isinstance(event, SegmentDone):
                self.lengths_s.append(event.segment.end_s - event.segment.start_s)
            yield event


class SilentStream:
    """Hears nothing."""

    lag_s = 0.0

    def feed(self, waveform: FloatArray) -> None:
        pass

    def step(self, cancel: CancelToken | None = None) -> Iterator[HeardWords]:
        return iter(())

    def finish(self, cancel: CancelToken | None = None) -> Iterator[HeardWords]:
        return iter(())

    def close(self) -> None:
        pass


class EndedReader:
    """A recording that is over."""

    lag_s = 0.0

    def read(self, timeout_s: float | None = None) -> FloatArray | None:
        return None


def request_for(item: Item, end_s: float = 4.0) -> LineRequest:
    """Ask for the beginning of an item as if it were its first line."""
    return LineRequest(
        item_id=item.id, line_id=1, path=item.path, start_s=0.0, end_s=end_s, options=OPTIONS
    )


def test_line_is_recognised_again_in_the_middle_of_a_job(
    heard: Recorder, library: Library, engine: Engine, recording: Path, whole: list[str]
) -> None:
    (item,) = queue(library, engine, recording)
    line = heard.wait(LineAdded).line
    request = replace(request_for(item, line.end_s), line_id=line.id, start_s=line.start_s)
    engine.recognize_line(request)
    result = heard.wait(LineRecognized)
    heard.wait(JobFinished)
    assert heard.events.index(result) < heard.events.index(heard.all(JobFinished)[0])
    assert (result.line_id, result.text) == (line.id, line.text)
    assert texts(library, item) == whole


def test_closing_interrupts_a_line(
    qtbot: QtBot, library: Library, make_engine: MakeEngine, recording: Path
) -> None:
    """Else the thread would outlive the program, which Qt answers with an abort."""
    model, began = FakeTranscriber(), threading.Event()

    def wait_until_it_ends(_index: int) -> None:
        began.set()
        wait_for(lambda: engine._control.is_quitting, "the end of the engine")

    model.before_chunk = wait_until_it_ends
    engine = make_engine(model.load)
    heard = Recorder(qtbot, engine.worker)
    (item,) = add_idle(library, recording)
    engine.recognize_line(request_for(item))
    assert began.wait(STUCK_S)
    assert engine.close()
    QApplication.processEvents()
    assert heard.all(LineRecognized) == []
    assert heard.all(LineFailed) == []


def test_dictation_interrupts_a_line_and_the_line_follows(
    qtbot: QtBot, library: Library, make_engine: MakeEngine, recording: Path
) -> None:
    model = HeldTranscriber()
    engine = make_engine(model.load, open_stream=lambda *_: SilentStream())
    heard = Recorder(qtbot, engine.worker)
    engine.worker.live_finished.connect(heard.on_event, QUEUED)
    item, spoken = add_idle(library, recording, CLIP)
    engine.recognize_line(request_for(item))
    assert model.began.wait(STUCK_S)
    engine.dictate(
        LiveRequest(
            session=1,
            item_id=spoken.id,
            reader=EndedReader(),
            options=OPTIONS,
            cancel=CancelToken(),
        )
    )
    model.go_on.set()
    line = heard.wait(LineRecognized)
    dictation = heard.wait(LiveFinished)
    assert heard.events.index(dictation) < heard.events.index(line)


def test_line_is_cut_into_chunks_that_the_model_takes(
    qtbot: QtBot, library: Library, make_engine: MakeEngine, recording: Path
) -> None:
    """Lines may be longer: merged ones, and those of another model."""
    model = MeasuringTranscriber(manifest=FakeManifest(max_chunk_s=6.0))
    engine = make_engine(model.load)
    heard = Recorder(qtbot, engine.worker)
    (item,) = add_idle(library, recording)
    engine.recognize_line(request_for(item, end_s=20.0))
    heard.wait(LineRecognized)
    assert sum(model.lengths_s) == pytest.approx(20.0, abs=0.1)
    assert max(model.lengths_s) <= 6.0


def test_line_without_its_model_fails(
    heard: Recorder, library: Library, engine: Engine, tmp_path: Path
) -> None:
    (item,) = add_idle(library, CLIP)
    missing = replace(OPTIONS, pack=str(tmp_path / "none"))
    engine.recognize_line(replace(request_for(item), options=missing))
    failed = heard.wait(LineFailed)
    assert (failed.line_id, failed.error_type) == (1, NoModelError.__name__)


def test_thread_outlives_a_line_with_an_unexpected_error(
    qtbot: QtBot, library: Library, make_engine: MakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    model = FakeTranscriber()

    def break_down(_index: int) -> None:
        if len(model.heard) == 1:
            raise RuntimeError("injected")

    model.before_chunk = break_down
    engine = make_engine(model.load)
    heard = Recorder(qtbot, engine.worker)
    (item,) = add_idle(library, CLIP)
    engine.recognize_line(request_for(item))
    engine.recognize_line(replace(request_for(item), line_id=2))
    assert heard.wait(LineRecognized).line_id == 2
    (failed,) = heard.all(LineFailed)
    assert (failed.line_id, failed.error_type) == (1, "RuntimeError")
    assert "in break_down" in caplog.text  # where it came from
