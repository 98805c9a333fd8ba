"""The command ``transcribe``: sources in, texts out, one bad source never stops the others.

    source -> blocks -> chunks -> recognizer -> events -> output

Ctrl-C sets the cancel token, so that the engine stops within a step and what was finished is kept;
a second one stops at once.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.audio.chunks import ChunkOptions, split_chunks
from app.audio.decode import AudioSource, open_audio
from app.cli.output import Output, make_output, transcript_so_far
from app.cli.sources import Source, find_sources
from app.cli.terminal import ProgressLine, Terminal
from app.engine.cancel import CancelToken
from app.engine.loading import Loader, LoadOptions, Transcriber
from app.engine.machine import peak_memory_bytes
from app.engine.types import (
    Event,
    PartialText,
    Segment,
    SegmentDone,
    TranscribeOptions,
    TranscriptDone,
)
from app.errors import (
    Cancelled,
    ContextFileError,
    ContextTooLongError,
    LanguageError,
    SongshuError,
)
from app.text.context import build_context, parse_hot_words

_log = logging.getLogger(__name__)
SOME_FAILED, CANCELLED = 1, 130
NO_CONTEXT = "this model ignores --context; names and terms in --hot-words help it"


def transcribe(arguments: argparse.Namespace, terminal: Terminal, load: Loader) -> int:
    """Recognise every source and return the exit code.

    Raises:
        SongshuError: the model cannot be loaded, or the options do not fit it.
    """
    words = parse_hot_words(read_context(arguments.hot_words)).words
    background = read_context(arguments.context)
    context = build_context(background, words)
    sources = find_sources(arguments.files)
    output = make_output(arguments, terminal, n_sources=len(sources))
    with cancel_on_interrupt(wait=not any(s.is_stdin for s in sources)) as cancel:
        terminal.draw_progress("loading the model…")
        transcriber = load(
            LoadOptions(
                pack=arguments.pack,
                n_threads=arguments.threads,
                use_gate=not arguments.no_gate,
                device=arguments.device,
            )
        )
        try:
            language = transcriber.check_language(arguments.language)
            if background and not transcriber.manifest.takes_context:
                terminal.message(f"songshu: warning: {NO_CONTEXT}")
            options = TranscribeOptions(language=language, context=context, hot_words=words)
            return _Job(transcriber, options, cancel, terminal, output).run(sources)
        finally:
            transcriber.close()
            _log.info("peak memory: %.0f MB", peak_memory_bytes() / 1e6)


class _Job:
    """One model, one set of options, many sources."""

    def __init__(
        self,
        transcriber: Transcriber,
        options: TranscribeOptions,
        cancel: CancelToken,
        terminal: Terminal,
        output: Output,
    ) -> None:
        self._transcriber = transcriber
        self._options = options
        self._cancel = cancel
        self._terminal = terminal
        self._output = output

    def run(self, sources: list[Source]) -> int:
        """Recognise all sources and return the exit code."""
        n_failed = 0
        try:
            for index, source in enumerate(sources):
                number = f"({index + 1}/{len(sources)}) " if len(sources) > 1 else ""
                n_failed += not self._recognize(source, number + Path(source.name).name)
        except (Cancelled, KeyboardInterrupt):
            self._terminal.message("cancelled")
            return CANCELLED
        return SOME_FAILED if n_failed else 0

    def _recognize(self, source: Source, label: str) -> bool:
        """Recognise one source; returns whether it succeeded."""
        segments: list[Segment] = []
        self._output.begin(source)
        try:
            if self._cancel.is_cancelled:
                raise Cancelled
            with open_audio(source.open(), source.name) as audio:
                progress = ProgressLine(self._terminal, label, audio.duration_s)
                progress.advance(0.0)
                for event in self._events(audio):
                    self._handle(event, source, progress, segments)
                self._warn(audio)
        except (LanguageError, ContextTooLongError):
            raise  # would fail for every source
        except (SongshuError, Cancelled, KeyboardInterrupt) as exc:
            self._fail(source, exc, segments)
            return False
        return True

    def _events(self, audio: AudioSource) -> Iterator[Event]:
        options = ChunkOptions.for_limit(self._transcriber.manifest.max_chunk_s)
        chunks = split_chunks(audio.blocks(), options)
        return self._transcriber.transcribe(chunks, self._options, self._cancel)

    def _handle(
        self, event: Event, source: Source, progress: ProgressLine, segments: list[Segment]
    ) -> None:
        if isinstance(event, PartialText):
            progress.show(event.text)
        elif isinstance(event, SegmentDone):
            segments.append(event.segment)
            self._output.add(event.segment)
            progress.advance(event.done_s)
        elif isinstance(event, TranscriptDone):
            self._terminal.clear_progress()
            self._output.finish(source, event.transcript)

    def _warn(self, audio: AudioSource) -> None:
        for warning in audio.warnings:
            self._terminal.message(f"songshu: warning: {audio.info.name}: {warning}")

    def _fail(self, source: Source, exc: BaseException, segments: list[Segment]) -> None:
        """Report why a source is not finished, and keep what is; go on unless it was cancelled."""
        self._terminal.clear_progress()
        done = transcript_so_far(
            segments, pack=self._transcriber.manifest.name, device=self._transcriber.device
        )
        error = exc if isinstance(exc, SongshuError) else Cancelled("cancelled by the user")
        self._output.fail(source, error, done)
        if error is not exc:
            raise exc
        self._terminal.message(f"songshu: {exc}")


def read_context(text: str) -> str:
    """Return the context itself, or what stands in the file after an @.

    Raises:
        ContextFileError: the file cannot be read.
    """
    if not text.startswith("@"):
        return text
    path = Path(text[1:])
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except OSError as exc:
        raise ContextFileError(path, exc.strerror or str(exc)) from exc
    except UnicodeDecodeError as exc:
        raise ContextFileError(path, "it is not UTF-8 text") from exc


@contextmanager
def cancel_on_interrupt(*, wait: bool) -> Iterator[CancelToken]:
    """Let the first Ctrl-C set the token and the second one interrupt.

    Args:
        wait: False lets the first one interrupt too: a read from standard input may never return.
    """
    cancel = CancelToken()

    def on_interrupt(_number: int, _frame: object) -> None:
        cancel.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    if not wait:
        yield cancel
        return
    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        with _told_of_signals(cancel.cancel):
            yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _told_of_signals(on_signal: Callable[[], None]) -> Iterator[None]:
    """Have something called as soon as a signal comes that we handle.

    Python's own handlers wait until the main thread leaves the library that it is in, and a prefill
    takes seconds. What is called here runs in a thread of its own.
    """
    reader, writer = os.pipe()
    if sys.platform != "win32":
        os.set_blocking(writer, False)  # as set_wakeup_fd wants
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def listen() -> None:
        while os.read(reader, 64):
            on_signal()

    listener = threading.Thread(target=listen, name="signals", daemon=True)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(writer)  # ends the thread
        listener.join()
        os.close(reader)
