"""A Word document.

In: ``Document``. Out: the bytes of a .docx file. python-docx is the only library here, and it is
imported when a file is written, not when the app starts: lxml takes its time.

Word chooses fonts, spelling and line breaks by the language of a run, and lays out Arabic and
Persian only where paragraph and run say that they go from right to left.
"""

from __future__ import annotations

import io
from datetime import UTC
from typing import TYPE_CHECKING

from app.output.document import Document, DocumentLine
from app.output.escape import short_clock, text_lines
from app.output.facts import document_facts
from app.output.options import ExportOptions
from app.text.languages import Language, find_language

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

EAST_ASIAN = frozenset({"zh", "yue", "ja", "ko"})


def render_docx(document: Document, options: ExportOptions) -> bytes:
    """Return the bytes of a Word file."""
    import docx

    word = docx.Document()
    _set_properties(word, document)
    if options.facts:
        word.add_heading(" ".join(text_lines(document.title)), level=1)
        for name, value in document_facts(document, options.labels):
            fact = word.add_paragraph(style="List Bullet")
            fact.add_run(f"{name}{options.labels.colon}{' '.join(text_lines(value))}")
    for line in document.lines:
        _add_line(word.add_paragraph(), line, times=options.times)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _set_properties(word: WordDocument, document: Document) -> None:
    """Say what the file is; what stands in the library's template is about somebody else."""
    properties = word.core_properties
    properties.title = " ".join(text_lines(document.title))[:255]  # the most that Word takes
    properties.author = properties.last_modified_by = "Songshu"
    properties.comments = ""
    language = find_language(document.language)
    properties.language = language.code if language else ""
    if document.created_at:
        created = document.created_at
        naive = created.astimezone(UTC).replace(tzinfo=None) if created.tzinfo else created
        properties.created = properties.modified = naive


def _add_line(paragraph: Paragraph, line: DocumentLine, *, times: bool) -> None:
    language = find_language(line.language)
    if language and language.right_to_left:
        _mark(paragraph._p.get_or_add_pPr(), "w:bidi")
    if times:
        time = paragraph.add_run(f"{short_clock(line.start_s)}\t")
        time.font.color.rgb = _grey()
    text = paragraph.add_run("\n".join(text_lines(line.text)))
    if language:
        _set_language(text, language)


def _set_language(run: Run, language: Language) -> None:
    properties = run._r.get_or_add_rPr()
    if language.right_to_left:
        _mark(properties, "w:rtl")
    kind = (
        "eastAsia" if language.code in EAST_ASIAN else "bidi" if language.right_to_left else "val"
    )
    _mark(properties, "w:lang", **{f"w:{kind}": language.code})


def _mark(parent: object, name: str, **attributes: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(key), value)
    parent.append(element)  # type: ignore[attr-defined]


def _grey() -> object:
    from docx.shared import RGBColor

    return RGBColor(0x6B, 0x6B, 0x70)
