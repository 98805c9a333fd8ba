"""One recording through the engine while it is made, in the engine thread.

    recording on the disk -> reader -> speech stream -> utterances -> store -> window
                                            └─────────> words so far ─────────> window

The recording is the queue: whatever the engine is late with waits on the disk. Each utterance is
stored before anybody is told of it, as a line of the recording's item; after a crash the item goes
on from there like any file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, cast

from app.engine.cancel import CancelToken
from app.engine.loading import Transcriber
from app.engine.types import FloatArray, Segment, TranscribeOptions
from app.gui.threads.events import LagChanged, LineAdded, LiveText, UtteranceHeard
from app.gui.threads.job import LIVE_INTERVAL_S, LineStore
from app.gui.threads.prompting import finished_segment
from app.store.types import JobOptions

POLL_S = 0.1  # how long new sound is waited for; a cancel takes effect in between
_MOST_IN_MEMORY_S = 60.0
_TOLD_LAG_S = 3.0  # from here on a person is told: streaming itself is always some 1 s behind

LiveEvent: TypeAlias = LiveText | LagChanged | LineAdded | UtteranceHeard


class SoundReader(Protocol):
    """Gives a recording while it grows; ``app.audio.journal_reader`` does."""

    @property
    def lag_s(self) -> float:
        """How much is recorded but not read, in seconds."""
        ...

    def read(self, timeout_s: float | None = None) -> FloatArray | None:
        """Return the next block, an empty one after the timeout, None at the end."""
        ...


class HeardWords(Protocol):
    """Words of the utterance that is being spoken; times in seconds from the start."""

    @property
    def start_s(self) -> float:
        """Where it began."""
        ...

    @property
    def end_s(self) -> float:
        """Up to where it was heard."""
        ...

    @property
    def settled(self) -> str:
        """Words that stay."""
        ...

    @property
    def open(self) -> str:
        """Words after them that may still change."""
        ...


class HeardUtterance(Protocol):
    """An utterance that is finished."""

    @property
    def segment(self) -> Segment:
        """Its text and times."""
        ...


class SpeechStream(Protocol):
    """Recognises speech while it comes; ``app.engine.streaming`` does."""

    @property
    def lag_s(self) -> float:
        """How much was fed but is not recognised, in seconds."""
        ...

    def feed(self, waveform: FloatArray) -> None:
        """Take more sound, float32 [n_samples] at 16 kHz."""
        ...

    def step(self, cancel: CancelToken | None = None) -> Iterator[HeardWords | HeardUtterance]:
        """Recognise what is due."""
        ...

    def finish(self, cancel: CancelToken | None = None) -> Iterator[HeardWords | HeardUtterance]:
        """Recognise the rest."""
        ...

    def close(self) -> None:
        """Free what belongs to it; the model stays."""
        ...


StreamOpener: TypeAlias = Callable[[Transcriber, TranscribeOptions], SpeechStream]


def open_speech_stream(transcriber: Transcriber, options: TranscribeOptions) -> SpeechStream:
    """Make a speech stream with a loaded model; its modules are heavy, and only now needed."""
    from app.engine.recognizer import Recognizer
    from app.engine.streaming import StreamOptions, open_stream

    assert isinstance(transcriber, Recognizer), "only a real model can listen"
    return open_stream(transcriber, StreamOptions(transcribe=options))


class Pulse:
    """Beats while the engine gets on with a recording; asked by the window.

    Args:
        now: monotonic clock in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last: float | None = None

    @property
    def still_s(self) -> float:
        """Seconds since it got on the last time; 0 before it has begun."""
        last = self._last  # once: the other thread may write meanwhile
        return 0.0 if last is None else self._now() - last

    def beat(self) -> None:
        """Say that it gets on."""
        self._last = self._now()


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRequest:
    """Recognise a recording while it is made.

    Attributes:
        session: number that comes back with every event.
        item_id: where the lines go.
        reader: the recording.
        cancel: gives it up; what was recognised is kept.
        pulse: beats while it is worked on.
    """

    session: int
    item_id: int
    reader: SoundReader
    options: JobOptions
    cancel: CancelToken
    pulse: Pulse = field(default_factory=Pulse)


class LiveJob:
    """Runs one recording.

    Args:
        request: what to recognise.
        stream: a fresh speech stream.
        store: where lines go.
        emit: tells the window.
        now: monotonic clock in seconds.
    """

    def __init__(
        self,
        request: LiveRequest,
        stream: SpeechStream,
        store: LineStore,
        emit: Callable[[LiveEvent], None],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request = request
        self._stream = stream
        self._store = store
        self._emit = emit
        self._now = now
        self._shown_at = float("-inf")
        self._told_lag_s = 0

    def run(self) -> None:
        """Recognise to the end of the recording.

        Raises:
            SongshuError: the recording or the engine failed. Cancelled: somebody gave it up.
        """
        cancel, stream = self._request.cancel, self._stream
        try:
            while self._feed():
                cancel.check()
                self._request.pulse.beat()
                if self._request.reader.lag_s < POLL_S or self._is_full():
                    self._handle(stream.step(cancel))
                    self._tell_lag()
            self._handle(stream.finish(cancel))
            self._tell_lag()  # what came last may have been silence
        finally:
            stream.close()

    def _feed(self) -> bool:
        """Give the stream what was recorded meanwhile; False at the end of the recording.

        All that is there comes first: late words need not be shown. But what the engine cannot keep
        up with stays on the disk.
        """
        if self._is_full():
            return True
        block = self._request.reader.read(POLL_S)
        if block is not None:
            self._stream.feed(block)
        return block is not None

    def _is_full(self) -> bool:
        return self._stream.lag_s > _MOST_IN_MEMORY_S

    def _handle(self, events: Iterator[HeardWords | HeardUtterance]) -> None:
        for event in events:
            self._request.pulse.beat()
            segment: Segment | None = getattr(event, "segment", None)
            if segment is not None:
                self._keep(segment)
                self._tell_lag()
            else:
                self._show(cast("HeardWords", event))

    def _keep(self, heard: Segment) -> None:
        segment = finished_segment(heard, self._request.options)
        line = self._store.add_line(self._request.item_id, segment, segment.end_s)
        if line is None:
            return
        self._emit(LineAdded(item_id=self._request.item_id, line=line))
        self._emit(UtteranceHeard(session=self._request.session, text=line.text))

    def _show(self, words: HeardWords) -> None:
        now = self._now()
        if now - self._shown_at < LIVE_INTERVAL_S:
            return
        self._shown_at = now
        self._tell_lag()
        self._emit(
            LiveText(
                item_id=self._request.item_id,
                start_s=words.start_s,
                end_s=words.end_s,
                text=words.settled + words.open,
                n_settled=len(words.settled),
                session=self._request.session,
            )
        )

    def _tell_lag(self) -> None:
        lag_s = self._stream.lag_s + self._request.reader.lag_s
        told_s = round(lag_s) if lag_s > _TOLD_LAG_S else 0
        if told_s != self._told_lag_s:
            self._told_lag_s = told_s
            self._emit(LagChanged(session=self._request.session, lag_s=told_s))
