"""A recording through the engine, with a reader and a speech stream that behave as a test says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from app.engine.cancel import CancelToken
from app.engine.types import SAMPLE_RATE, FloatArray, Segment
from app.errors import Cancelled
from app.gui.threads.events import LagChanged, LineAdded, LiveText, UtteranceHeard
from app.gui.threads.live_job import LiveEvent, LiveJob, LiveRequest
from app.store.types import Item, JobOptions, Line, SegmentLike

BLOCK = np.zeros(SAMPLE_RATE, np.float32)


@dataclass
class Tape:
    """A recording of whole seconds that lies there already."""

    length_s: int
    n_read: int = 0

    @property
    def lag_s(self) -> float:
        return float(self.length_s - self.n_read)

    def read(self, timeout_s: float | None = None) -> FloatArray | None:
        if self.n_read == self.length_s:
            return None
        self.n_read += 1
        return BLOCK


@dataclass(frozen=True)
class Words:
    start_s: float
    end_s: float
    settled: str
    open: str


@dataclass(frozen=True)
class Done:
    segment: Segment


@dataclass
class Stream:
    """Hears ``speed_s`` of what it was fed in a step; each tenth second is an utterance."""

    speed_s: float = 10.0
    text: str = "Words"
    fed_s: float = 0.0
    heard_s: float = 0.0
    most_s: float = 0.0
    is_closed: bool = False
    steps: list[float] = field(default_factory=list)

    @property
    def lag_s(self) -> float:
        return self.fed_s - self.heard_s

    def feed(self, waveform: FloatArray) -> None:
        self.fed_s += len(waveform) / SAMPLE_RATE
        self.most_s = max(self.most_s, self.lag_s)

    def step(self, cancel: CancelToken | None = None) -> Iterator[Words | Done]:
        before, self.heard_s = self.heard_s, min(self.fed_s, self.heard_s + self.speed_s)
        self.steps.append(self.heard_s)
        for second in range(int(before) // 10, int(self.heard_s) // 10):
            segment = Segment(
                start_s=10.0 * second,
                end_s=10.0 * second + 9,
                text=f"{self.text} {second}.",
                language="English",
                avg_logprob=-0.1,
            )
            yield Done(segment)
        yield Words(before, self.heard_s, "", "some")

    def finish(self, cancel: CancelToken | None = None) -> Iterator[Words | Done]:
        while self.lag_s:
            yield from self.step(cancel)

    def close(self) -> None:
        self.is_closed = True


@dataclass
class Store:
    """Keeps lines in memory."""

    segments: list[SegmentLike] = field(default_factory=list)

    def add_line(self, item_id: int, segment: SegmentLike, done_s: float) -> Line | None:
        if not segment.text:
            return None
        self.segments.append(segment)
        return Line(
            id=len(self.segments), item_id=item_id, index=len(self.segments) - 1,
            start_s=segment.start_s, end_s=segment.end_s, text=segment.text,
            original_text=segment.text, language="English", avg_logprob=-0.1, edited=False,
        )  # fmt: skip

    def set_progress(
        self, item_id: int, done_s: float, duration_s: float | None = None
    ) -> Item | None:
        raise AssertionError("a recording has no progress")


@dataclass
class Run:
    """A job and all it says."""

    length_s: int
    stream: Stream
    options: JobOptions = field(default_factory=JobOptions)
    cancel: CancelToken = field(default_factory=CancelToken)
    store: Store = field(default_factory=Store)
    said: list[LiveEvent] = field(default_factory=list)
    now_s: float = 0.0

    def run(self) -> None:
        request = LiveRequest(
            session=3, item_id=7, reader=Tape(self.length_s), options=self.options,
            cancel=self.cancel,
        )  # fmt: skip
        LiveJob(request, self.stream, self.store, self.said.append, now=self._tick).run()

    def _tick(self) -> float:
        self.now_s += 1.0
        return self.now_s


def test_every_utterance_is_stored_before_it_is_told() -> None:
    run = Run(35, Stream())
    run.run()
    assert [segment.text for segment in run.store.segments] == ["Words 0.", "Words 1.", "Words 2."]
    told = [event for event in run.said if not isinstance(event, LiveText | LagChanged)]
    assert [type(event) for event in told] == [LineAdded, UtteranceHeard] * 3
    assert [event.text for event in told if isinstance(event, UtteranceHeard)] == [
        segment.text for segment in run.store.segments
    ]
    assert all(event.session == 3 for event in told if isinstance(event, UtteranceHeard))
    assert run.stream.is_closed


def test_four_hours_with_a_slow_engine_stay_on_the_disk() -> None:
    run = Run(4 * 3600, Stream(speed_s=0.7))
    run.run()
    assert run.stream.fed_s == run.stream.heard_s == 4 * 3600
    assert len(run.store.segments) == 4 * 360
    assert run.stream.most_s <= 61.0 + 1.0  # of sound in memory: the limit and the block beyond it


def test_what_waits_is_read_before_words_are_shown() -> None:
    run = Run(40, Stream())
    run.run()
    assert run.stream.steps[0] == 10.0  # the first step came when all 40 s were there
    assert run.stream.most_s == 40.0


def test_lag_is_told_until_it_is_caught_up() -> None:
    run = Run(200, Stream(speed_s=5.0))
    run.run()
    lags = [event.lag_s for event in run.said if isinstance(event, LagChanged)]
    assert max(lags) > 100
    assert lags[-1] == 0
    assert all(lag != before for lag, before in pairwise(lags))


def test_lag_is_not_told_while_it_is_small() -> None:
    run = Run(3, Stream())
    run.run()
    assert not any(isinstance(event, LagChanged) for event in run.said)


def test_cancel_ends_it_and_keeps_what_was_heard() -> None:
    run = Run(100, Stream())
    run.cancel.cancel()
    with pytest.raises(Cancelled):
        run.run()
    assert run.stream.is_closed


def test_echo_of_the_hot_words_is_not_text() -> None:
    options = JobOptions(hot_words=("squirrel", "walnut", "0"))
    run = Run(12, Stream(text="Technical terms: squirrel, walnut,"), options)
    run.run()
    assert run.store.segments == []
    assert not any(isinstance(event, UtteranceHeard) for event in run.said)
