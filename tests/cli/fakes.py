"""A transcriber without a model, and streams that claim to be terminals."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from app.engine.cancel import CancelToken
from app.engine.hypothesis import join_languages, join_texts
from app.engine.loading import LoadOptions
from app.engine.types import (
    AudioChunk,
    Event,
    PartialText,
    Segment,
    SegmentDone,
    SegmentStarted,
    Timings,
    TranscribeOptions,
    Transcript,
    TranscriptDone,
)
from app.errors import LanguageError


@dataclass(frozen=True)
class FakeManifest:
    name: str = "fake"
    max_chunk_s: float = 30.0
    takes_context: bool = True


@dataclass
class FakeTranscriber:
    """Says ``text`` for every chunk, and does what a test asks before a chunk.

    Attributes:
        before_chunk: called with the index of each chunk.
        heard: options of every call; loaded: how it was loaded.
    """

    text: str = "Hello."
    language: str = "English"
    before_chunk: Callable[[int], None] = lambda _index: None
    heard: list[TranscribeOptions] = field(default_factory=list)
    loaded: list[LoadOptions] = field(default_factory=list)
    is_closed: bool = False
    device: str = "CPU, 1 thread"
    manifest: FakeManifest = field(default_factory=FakeManifest)

    def load(self, options: LoadOptions) -> FakeTranscriber:
        self.loaded.append(options)
        return self

    def check_language(self, language: str | None) -> str | None:
        if language not in (None, "English", "Chinese"):
            raise LanguageError(language or "", ["English", "Chinese"])
        return language

    def close(self) -> None:
        self.is_closed = True

    def transcribe(
        self,
        chunks: Iterable[AudioChunk],
        options: TranscribeOptions,
        cancel: CancelToken | None = None,
    ) -> Iterator[Event]:
        self.heard.append(options)
        segments: list[Segment] = []
        for index, chunk in enumerate(chunks):
            yield SegmentStarted(index=index, start_s=chunk.start_s, end_s=chunk.end_s)
            self.before_chunk(index)
            if cancel:
                cancel.check()
            yield PartialText(index=index, text=self.text[:3])
            segments.append(self._segment(chunk))
            yield SegmentDone(index=index, segment=segments[-1], done_s=chunk.end_s)
        yield TranscriptDone(transcript=self._transcript(segments))

    def _segment(self, chunk: AudioChunk) -> Segment:
        return Segment(
            start_s=chunk.start_s,
            end_s=chunk.end_s,
            text=self.text,
            language=self.language,
            avg_logprob=-0.5,
            timings=Timings(total_s=0.5),
        )

    def _transcript(self, segments: list[Segment]) -> Transcript:
        return Transcript(
            text=join_texts([(item.language, item.text) for item in segments]),
            language=join_languages([item.language for item in segments]),
            duration_s=segments[-1].end_s if segments else 0.0,
            segments=tuple(segments),
            timings=sum((item.timings for item in segments), Timings()),
            pack=self.manifest.name,
            device=self.device,
        )


class FakeScreen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


class GonePipe(io.StringIO):
    """A pipe whose reader has gone."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")
