"""What a person may choose for an export; formats take from it what concerns them."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.output.cues import CueOptions
from app.output.labels import ENGLISH, Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """Choices for all formats.

    Attributes:
        times: give each line its time; without them txt is one flowing text. Subtitles and JSON
            always have times.
        facts: begin md, html and docx with title, source, language, length, model and date.
        cues: rules for subtitles.
        csv_bom: begin csv with a byte order mark; without it Excel takes UTF-8 for something else.
        csv_safe: put an apostrophe before cells that a spreadsheet would run as a formula.
        labels: the words for title, language and so on, in the reader's language.
    """

    times: bool = False
    facts: bool = True
    cues: CueOptions = field(default_factory=CueOptions)
    csv_bom: bool = True
    csv_safe: bool = True
    labels: Labels = ENGLISH
