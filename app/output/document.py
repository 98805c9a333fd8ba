"""What is exported: a transcript, as recognised or as a person corrected it, with its facts.

In: a ``Transcript`` of the engine, or the lines of the store. Out: ``Document``, which every format
renders. Lines without text are dropped here, so that no format has to think of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.engine.hypothesis import join_languages, join_texts
from app.engine.types import TimedInLanguage, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One line.

    Attributes:
        start_s, end_s: position in the source, in seconds.
        text: never blank.
        language: canonical name, or "".
    """

    start_s: float
    end_s: float
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A transcript with its facts.

    Attributes:
        title: for people; source: name of the file that was recognised.
        language: canonical names, joined by commas; "" if nobody spoke.
        duration_s: length of the source, in seconds.
        created_at: when it was recognised; None if that is not known.
        model: name of the model pack, or "".
        lines: in order.
    """

    title: str
    source: str
    language: str
    duration_s: float
    created_at: datetime | None
    model: str
    lines: tuple[DocumentLine, ...]

    @classmethod
    def from_lines(
        cls,
        lines: Iterable[TimedInLanguage],
        *,
        title: str,
        source: str,
        duration_s: float,
        created_at: datetime | None = None,
        model: str = "",
    ) -> Document:
        """Make a document of lines as they stand now, edits included."""
        kept = tuple(
            DocumentLine(
                start_s=line.start_s, end_s=line.end_s, text=line.text, language=line.language
            )
            for line in lines
            if line.text.strip()
        )
        return cls(
            title=title,
            source=source,
            language=join_languages([line.language for line in kept]),
            duration_s=duration_s,
            created_at=created_at,
            model=model,
            lines=kept,
        )

    @classmethod
    def from_transcript(
        cls, transcript: Transcript, source: str, *, created_at: datetime | None = None
    ) -> Document:
        """Make a document of what was recognised; its title is the name of the source."""
        return cls.from_lines(
            transcript.segments,
            title=Path(source).stem or source,
            source=source,
            duration_s=transcript.duration_s,
            created_at=created_at,
            model=transcript.pack,
        )

    @property
    def text(self) -> str:
        """All text, joined as each language needs."""
        return join_texts([(line.language, line.text) for line in self.lines])
