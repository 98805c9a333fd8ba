"""Subtitles: SubRip and WebVTT.

In: ``Document``. Out: the text of a whole file; where the cues are cut is said in ``cues``.
"""

from __future__ import annotations

from dataclasses import replace

from app.output.cues import Cue, make_cues
from app.output.document import Document
from app.output.escape import clock, escape_srt, escape_vtt, printable
from app.output.options import ExportOptions


def render_srt(document: Document, options: ExportOptions) -> str:
    """Return numbered cues, "" if nobody spoke."""
    return "".join(
        f"{number}\n{clock(cue.start_s, ',')} --> {clock(cue.end_s, ',')}\n"
        + "\n".join(escape_srt(line) for line in cue.lines)
        + "\n\n"
        for number, cue in enumerate(_cues(document, options), 1)
    )


def render_vtt(document: Document, options: ExportOptions) -> str:
    """Return a WebVTT file; its markup characters are escaped."""
    return "WEBVTT\n\n" + "".join(
        f"{clock(cue.start_s, '.')} --> {clock(cue.end_s, '.')}\n"
        + "\n".join(escape_vtt(line) for line in cue.lines)
        + "\n\n"
        for cue in _cues(document, options)
    )


def _cues(document: Document, options: ExportOptions) -> list[Cue]:
    lines = [replace(line, text=printable(line.text)) for line in document.lines]
    return make_cues(lines, options.cues)
