"""Write a document in any format: the one door for the window and for drag and drop.

Document -> render -> bytes -> written aside -> renamed -> path
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.output.document import Document
from app.output.files import write_bytes
from app.output.names import DEFAULT_TEMPLATE, file_name
from app.output.options import ExportOptions
from app.output.plain import render_csv, render_markdown, render_txt
from app.output.subtitles import render_srt, render_vtt
from app.output.web_page import render_html
from app.output.word_file import render_docx

LINE_SEPARATORS = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"})
STANDARD_EXPORT = ExportOptions()


def export(
    document: Document,
    fmt: str,
    folder: Path,
    *,
    template: str = DEFAULT_TEMPLATE,
    options: ExportOptions = STANDARD_EXPORT,
    overwrite: bool = False,
) -> Path:
    """Write a document into a folder and return the path it got.

    Args:
        fmt: one of ``FORMATS``; also the extension.
        folder: is made if it does not exist.
        template: for the file name; see ``names``.
        overwrite: replace a file of that name; otherwise the new one is numbered.

    Raises:
        NameTemplateError: the template cannot be used.
        OutputWriteError: the file cannot be written; nothing is left behind.
    """
    name = file_name(template, document, fmt)
    return write_bytes(folder, name, render(document, fmt, options), overwrite=overwrite)


def render(document: Document, fmt: str, options: ExportOptions = STANDARD_EXPORT) -> bytes:
    """Return the whole content of a file in one of ``FORMATS``; text is UTF-8."""
    if fmt == "docx":
        return render_docx(document, options)
    return render_text(document, fmt, options).encode("utf-8", "replace")


def render_text(document: Document, fmt: str, options: ExportOptions = STANDARD_EXPORT) -> str:
    """Return the whole content of a file in one of ``TEXT_FORMATS``, for a preview."""
    return _TEXT_RENDERERS[fmt](document, options)


def render_json(document: Document, options: ExportOptions) -> str:
    """Return one JSON object on one line; its keys are those of the command line where both have
    them.
    """
    return json_line(
        {
            "title": document.title,
            "file": document.source,
            "language": document.language,
            "text": document.text,
            "duration_s": round(document.duration_s, 3),
            "created_at": document.created_at.isoformat() if document.created_at else None,
            "pack": document.model,
            "segments": [
                {
                    "start_s": round(line.start_s, 3),
                    "end_s": round(line.end_s, 3),
                    "text": line.text,
                    "language": line.language,
                }
                for line in document.lines
            ],
        }
    )


def json_line(facts: dict[str, Any]) -> str:
    """Return JSON on one line, readable in any script; no character in it ends a line early."""
    return json.dumps(facts, ensure_ascii=False, allow_nan=False).translate(LINE_SEPARATORS) + "\n"


_TEXT_RENDERERS: dict[str, Callable[[Document, ExportOptions], str]] = {
    "txt": render_txt,
    "md": render_markdown,
    "srt": render_srt,
    "vtt": render_vtt,
    "json": render_json,
    "csv": render_csv,
    "html": render_html,
}
TEXT_FORMATS = tuple(_TEXT_RENDERERS)
FORMATS = (*TEXT_FORMATS, "docx")
