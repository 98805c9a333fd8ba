"""Where results go: standard output as they come, or one file each in a folder.

Each output is told when a source begins, of each finished segment, and how the source ended. A
source that failed or was cancelled in the middle keeps what was finished, marked as incomplete.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from app.cli.sources import Source
from app.cli.terminal import Terminal
from app.engine.hypothesis import join_languages, join_texts
from app.engine.types import Segment, Timings, Transcript
from app.output.files import check_folder, write_bytes
from app.output.writers import WRITERS, JsonWriter, TranscriptWriter


class Output(Protocol):
    """Takes what is recognised."""

    def begin(self, source: Source) -> None:
        """Begin a source."""
        ...

    def add(self, segment: Segment) -> None:
        """Take a finished segment of it."""
        ...

    def finish(self, source: Source, transcript: Transcript) -> None:
        """Take the whole transcript."""
        ...

    def fail(self, source: Source, error: Exception, done: Transcript | None) -> None:
        """Take why it ended early, and what was finished, if anything was."""
        ...


class TextStream:
    """Plain text on standard output, segment by segment.

    On a screen each segment has its own lines, since the progress line moves below it; elsewhere
    the segments are joined as their languages need.
    """

    def __init__(self, terminal: Terminal, *, with_names: bool) -> None:
        self._terminal = terminal
        self._with_names = with_names
        self._language = ""
        self._has_text = False

    def begin(self, source: Source) -> None:
        """Say which source it is, if there are several."""
        self._has_text = False
        if self._with_names:
            self._terminal.write(f"{source.name}:\n")

    def add(self, segment: Segment) -> None:
        """Write the text of a segment."""
        if not segment.text:
            return
        if self._terminal.out_is_terminal:
            self._terminal.write(f"{segment.text}\n")
        else:
            self._terminal.write(self._glue(segment) + segment.text)
        self._language, self._has_text = segment.language, True

    def finish(self, source: Source, transcript: Transcript) -> None:
        """End the text."""
        self._end()

    def fail(self, source: Source, error: Exception, done: Transcript | None) -> None:
        """End the text; what was finished is already there."""
        self._end()

    def _glue(self, segment: Segment) -> str:
        if not self._has_text:
            return ""
        return join_texts([(self._language, "a"), (segment.language, "b")])[1:-1]

    def _end(self) -> None:
        if self._has_text and not self._terminal.out_is_terminal:
            self._terminal.write("\n")
        if self._with_names:
            self._terminal.write("\n")


class RenderedStream:
    """Subtitles or JSON lines on standard output, a source at a time."""

    def __init__(self, terminal: Terminal, writer: TranscriptWriter) -> None:
        self._terminal = terminal
        self._writer = writer

    def begin(self, source: Source) -> None:
        """Do nothing."""

    def add(self, segment: Segment) -> None:
        """Do nothing."""

    def finish(self, source: Source, transcript: Transcript) -> None:
        """Write the transcript."""
        self._terminal.write(self._writer.render(transcript, source.name))

    def fail(self, source: Source, error: Exception, done: Transcript | None) -> None:
        """Write what was finished; JSON says why there is no more."""
        if isinstance(self._writer, JsonWriter):
            self._terminal.write(self._writer.render_error(error, source.name, done))
        elif done:
            self._terminal.write(self._writer.render(done, source.name))


class Folder:
    """One file a source."""

    def __init__(
        self, terminal: Terminal, writer: TranscriptWriter, folder: Path, *, overwrite: bool
    ) -> None:
        self._terminal = terminal
        self._writer = writer
        self._folder = folder
        self._overwrite = overwrite
        self._written: set[str] = set()

    def begin(self, source: Source) -> None:
        """Do nothing."""

    def add(self, segment: Segment) -> None:
        """Do nothing."""

    def finish(self, source: Source, transcript: Transcript) -> None:
        """Write the file and say where it is."""
        self._write(source.stem, source, transcript)

    def fail(self, source: Source, error: Exception, done: Transcript | None) -> None:
        """Write what was finished under a name that says so."""
        if done:
            self._write(f"{source.stem} (incomplete)", source, done)

    def _write(self, stem: str, source: Source, transcript: Transcript) -> None:
        content = self._writer.encode(transcript, source.name)
        own = self._stem_of_its_own(stem) if self._overwrite else stem
        name = f"{own}.{self._writer.name}"
        path = write_bytes(self._folder, name, content, overwrite=self._overwrite)
        self._terminal.message(f"{source.name} -> {path}")

    def _stem_of_its_own(self, stem: str) -> str:
        """Number sources of the same name: one replaces what was there before, not another one."""
        own, number = stem, 1
        while own.casefold() in self._written:
            number += 1
            own = f"{stem} ({number})"
        self._written.add(own.casefold())
        return own


def make_output(arguments: argparse.Namespace, terminal: Terminal, *, n_sources: int) -> Output:
    """Return the output that was asked for.

    Raises:
        OutputWriteError: the folder takes no files.
    """
    writer = WRITERS[arguments.format]
    if arguments.output:
        check_folder(arguments.output)
        return Folder(terminal, writer, arguments.output, overwrite=arguments.overwrite)
    if arguments.format == "txt":
        return TextStream(terminal, with_names=n_sources > 1)
    return RenderedStream(terminal, writer)


def transcript_so_far(segments: Sequence[Segment], *, pack: str, device: str) -> Transcript | None:
    """Return what was finished of a source that ended early, None if that is no text."""
    spoken = tuple(segment for segment in segments if segment.text)
    if not spoken:
        return None
    return Transcript(
        text=join_texts([(segment.language, segment.text) for segment in spoken]),
        language=join_languages([segment.language for segment in spoken]),
        duration_s=segments[-1].end_s,
        segments=spoken,
        timings=sum((segment.timings for segment in segments), Timings()),
        pack=pack,
        device=device,
    )
