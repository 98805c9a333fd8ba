"""What an export will do, worked out before it does anything: names, clashes, a preview. No Qt.

documents + choice -> plan (a path each, numbered where the name is taken) -> work -> outcome

Thousands may be marked at once: their lines are read when they are written, beside the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.engine.cancel import CancelToken
from app.errors import SongshuError
from app.gui.threads.background import Progress, Work
from app.output.document import Document
from app.output.export import export, render_text
from app.output.names import file_name
from app.output.options import ExportOptions

PREVIEW_LINES = 60
RENDERED = ("html", "docx")  # what they look like says more than what they are made of
# Enough to fill the preview; more would hold up the window, subtitles above all: finding the best
# places to cut takes some 50 µs a character.
_PREVIEW_SEGMENTS, _PREVIEW_TEXT = 12, 700
_PREVIEW_CHARS = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exportable:
    """A transcript that can be exported.

    Attributes:
        document: what it is called and when it was made; all of it, if there is no ``read``.
        folder: where its recording lies.
        read: gives the document with its lines; it may be called from any thread.
    """

    document: Document
    folder: Path
    read: Callable[[], Document] | None = None

    def whole(self) -> Document:
        """Give the document with its lines.

        Raises:
            SongshuError: they cannot be read.
        """
        return self.document if self.read is None else self.read()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChoice:
    """How everything is exported.

    Attributes:
        folder: None puts each file beside its recording.
        template: for the names, see ``app.output.names``.
    """

    fmt: str
    folder: Path | None
    template: str
    options: ExportOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """What would be written now.

    Attributes:
        paths: one for each transcript.
        n_numbered: how many get a number because their name is taken.
    """

    paths: tuple[Path, ...]
    n_numbered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOutcome:
    """What was written.

    Attributes:
        paths: the files; errors: of the transcripts that failed.
    """

    paths: tuple[Path, ...]
    errors: tuple[SongshuError, ...]


def make_plan(items: Sequence[Exportable], choice: ExportChoice) -> ExportPlan:
    """Work out the names.

    Raises:
        NameTemplateError: the template cannot be used.
    """
    taken: set[Path] = set()
    next_numbers: dict[Path, int] = {}
    n_numbered = 0
    paths: list[Path] = []
    for item in items:
        needs_lines = "{language}" in choice.template
        document = item.whole() if needs_lines else item.document
        wanted = _folder(item, choice) / file_name(choice.template, document, choice.fmt)
        path = _free(wanted, taken, next_numbers)
        n_numbered += path != wanted
        taken.add(path)
        paths.append(path)
    return ExportPlan(paths=tuple(paths), n_numbered=n_numbered)


def make_preview(document: Document, choice: ExportChoice) -> str:
    """Give the first lines of what would be written; for the ``RENDERED`` formats as Markdown."""
    beginning = _beginning(document)
    fmt = "md" if choice.fmt in RENDERED else choice.fmt
    text = render_text(beginning, fmt, choice.options).removeprefix("\ufeff")
    lines = text[:_PREVIEW_CHARS].splitlines()
    cut = len(text) > _PREVIEW_CHARS or len(lines) > PREVIEW_LINES
    cut = cut or len(document.lines) > len(beginning.lines)
    return "\n".join(lines[:PREVIEW_LINES]) + ("\n…" if cut else "")


def _beginning(document: Document) -> Document:
    n_lines = n_chars = 0
    for line in document.lines[:_PREVIEW_SEGMENTS]:
        if n_chars > _PREVIEW_TEXT:
            break
        n_lines, n_chars = n_lines + 1, n_chars + len(line.text)
    return replace(document, lines=document.lines[:n_lines])


def export_work(items: Sequence[Exportable], choice: ExportChoice) -> Work:
    """Write all transcripts; one that fails does not stop the others.

    The result is an ``ExportOutcome``, also if it was stopped: what is written stays.
    """

    def work(on_progress: Progress, cancel: CancelToken) -> ExportOutcome:
        paths: list[Path] = []
        errors: list[SongshuError] = []
        for n_done, item in enumerate(items, 1):
            try:
                paths.append(_write(item, choice))
            except SongshuError as exc:
                errors.append(exc)
            if cancel.is_cancelled:
                break
            on_progress(n_done, len(items))
        return ExportOutcome(paths=tuple(paths), errors=tuple(errors))

    return work


def _write(item: Exportable, choice: ExportChoice) -> Path:
    return export(
        item.whole(),
        choice.fmt,
        _folder(item, choice),
        template=choice.template,
        options=choice.options,
    )


def _folder(item: Exportable, choice: ExportChoice) -> Path:
    return item.folder if choice.folder is None else choice.folder


def _free(wanted: Path, taken: set[Path], next_numbers: dict[Path, int]) -> Path:
    """Give the first free name; ``next_numbers`` saves trying the same ones for each file."""
    path, number = wanted, next_numbers.get(wanted, 2)
    while path in taken or _exists(path):
        path = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        number += 1
    next_numbers[wanted] = number
    return path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder that may not be read; writing will tell
        return False
