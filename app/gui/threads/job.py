"""One item through the engine: from where it stopped last time to its end.

    file -> blocks from done_s on -> chunks -> recognizer -> events -> store, window

Every finished segment is stored before anybody is told of it, together with the position from which
work goes on; so whatever happens, text is neither lost nor repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from app.audio.chunks import ChunkOptions, split_chunks
from app.audio.decode import AudioSource, open_audio
from app.audio.facts import AudioWarning
from app.engine.cancel import CancelToken
from app.engine.loading import Transcriber
from app.engine.types import Event, PartialText, SegmentDone, SegmentStarted
from app.gui.threads.events import JobProgress, JobStarted, LineAdded, LiveText
from app.gui.threads.prompting import finished_segment, transcribe_options
from app.gui.threads.spans import blocks_between, cancellable, shifted, to_samples
from app.store.types import Item, Line, SegmentLike

LIVE_INTERVAL_S = 0.05  # 20 a second: faster than anyone reads, slow enough for the window
PROGRESS_INTERVAL_S = 0.25
_ALMOST = 0.95  # a running segment never looks finished

JobEvent: TypeAlias = JobStarted | JobProgress | LiveText | LineAdded


class LineStore(Protocol):
    """What a job needs of the library."""

    def add_line(self, item_id: int, segment: SegmentLike, done_s: float) -> Line | None:
        """Store a segment and the position up to which audio is finished, at once."""
        ...

    def set_progress(
        self, item_id: int, done_s: float, duration_s: float | None = None
    ) -> Item | None:
        """Store how far an item is, and its length."""
        ...


@dataclass(slots=True)
class Pace:
    """How fast the engine is; kept from job to job, so that the next has an ETA at once.

    Attributes:
        speed: seconds of audio per second of work, None before the first segment.
    """

    speed: float | None = None

    def note(self, audio_s: float, work_s: float) -> None:
        """Take a finished segment into account; the newest counts a third."""
        if work_s <= 0 or audio_s <= 0:
            return
        new = audio_s / work_s
        self.speed = new if self.speed is None else (2 * self.speed + new) / 3


class Job:
    """Runs one item.

    Args:
        item: what to recognise.
        transcriber: the loaded model.
        store: where segments go.
        cancel: stops it.
        emit: tells the window.
        pace: how fast segments have been so far.
        between: called after every segment; the place for what cannot wait.
        now: monotonic clock in seconds.
    """

    def __init__(
        self,
        item: Item,
        transcriber: Transcriber,
        store: LineStore,
        cancel: CancelToken,
        emit: Callable[[JobEvent], None],
        *,
        pace: Pace,
        between: Callable[[], None] = lambda: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._item = item
        self._transcriber = transcriber
        self._store = store
        self._cancel = cancel
        self._emit = emit
        self._pace = pace
        self._between = between
        self._now = now
        self._done_s = item.done_s
        self._duration_s = item.duration_s
        self._segment = (item.done_s, item.done_s)
        self._segment_began = 0.0
        self._live_at = self._progress_at = float("-inf")

    def run(self) -> tuple[AudioWarning, ...]:
        """Recognise the rest of the item.

        Returns:
            What was wrong with its sound.

        Raises:
            SongshuError: the source or the engine failed. Cancelled: somebody stopped it.
        """
        self._cancel.check()
        with open_audio(Path(self._item.path)) as audio:
            self._learn_duration(audio.duration_s)
            self._emit(
                JobStarted(item_id=self._item.id, done_s=self._done_s, duration_s=self._duration_s)
            )
            self._tell_progress(self._done_s)
            for event in self._events(audio):
                self._handle(event)
            self._learn_duration(audio.duration_s)
            return audio.warnings

    def _events(self, audio: AudioSource) -> Iterator[Event]:
        start = to_samples(self._item.done_s)
        blocks = blocks_between(cancellable(audio.blocks(), self._cancel), start)
        limits = ChunkOptions.for_limit(self._transcriber.manifest.max_chunk_s)
        chunks = shifted(split_chunks(blocks, limits), start)
        options = transcribe_options(self._item.options)
        return self._transcriber.transcribe(chunks, options, self._cancel)

    def _handle(self, event: Event) -> None:
        if isinstance(event, SegmentStarted):
            self._segment = (event.start_s, event.end_s)
            self._segment_began = self._now()
        elif isinstance(event, PartialText):
            self._show(event.text)
        elif isinstance(event, SegmentDone):
            self._finish(event)

    def _finish(self, event: SegmentDone) -> None:
        segment = finished_segment(event.segment, self._item.options)
        line = self._store.add_line(self._item.id, segment, event.done_s)
        start_s, end_s = self._segment
        self._pace.note(end_s - start_s, self._now() - self._segment_began)
        self._done_s = event.done_s
        if line is not None:
            self._emit(LineAdded(item_id=self._item.id, line=line))
        self._tell_progress(self._done_s)
        self._between()

    def _show(self, text: str) -> None:
        now = self._now()
        if now - self._live_at >= LIVE_INTERVAL_S:
            self._live_at = now
            start_s, end_s = self._segment
            live = LiveText(item_id=self._item.id, start_s=start_s, end_s=end_s, text=text)
            self._emit(live)
        if now - self._progress_at >= PROGRESS_INTERVAL_S:
            self._tell_progress(self._estimate(now))

    def _estimate(self, now: float) -> float:
        """Guess how much of the running segment is done, by the speed of those before."""
        start_s, end_s = self._segment
        done = (now - self._segment_began) * (self._pace.speed or 0.0)
        return start_s + min(done, _ALMOST * (end_s - start_s))

    def _tell_progress(self, done_s: float) -> None:
        self._progress_at = self._now()
        speed, duration_s = self._pace.speed, self._duration_s
        known = speed is not None and duration_s is not None
        eta_s = max(0.0, duration_s - done_s) / speed if known else None  # type: ignore[operator]
        self._emit(
            JobProgress(
                item_id=self._item.id,
                done_s=done_s,
                duration_s=duration_s,
                eta_s=eta_s,
                speed=speed,
            )
        )

    def _learn_duration(self, duration_s: float | None) -> None:
        if duration_s is not None and duration_s != self._duration_s:
            self._duration_s = duration_s
            self._store.set_progress(self._item.id, self._done_s, duration_s)
