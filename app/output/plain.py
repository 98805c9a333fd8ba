"""Text for reading and for tables: txt, md, csv.

In: ``Document``. Out: the text of a whole file.

- txt: the flowing text, nothing else; with times one line each.
- md: CommonMark; a paragraph a line, its time in a code span.
- csv: RFC 4180; a row a line, with or without the columns start and end.
"""

from __future__ import annotations

import csv
import io

from app.output.document import Document
from app.output.escape import (
    clock,
    escape_markdown,
    printable,
    safe_cell,
    short_clock,
    text_lines,
)
from app.output.facts import document_facts
from app.output.options import ExportOptions

BOM = "\ufeff"


def render_txt(document: Document, options: ExportOptions) -> str:
    """Return plain text with a final newline, "" if nobody spoke."""
    if not options.times:
        return f"{document.text}\n" if document.lines else ""
    return "".join(
        f"[{short_clock(line.start_s)}] {' '.join(text_lines(line.text))}\n"
        for line in document.lines
    )


def render_markdown(document: Document, options: ExportOptions) -> str:
    """Return CommonMark."""
    blocks = []
    if options.facts:
        blocks.append(f"# {escape_markdown(' '.join(text_lines(document.title)))}")
        facts = [
            f"{name}{options.labels.colon}{' '.join(text_lines(value))}"
            for name, value in document_facts(document, options.labels)
        ]
        blocks.append("\n".join(f"- {escape_markdown(fact)}" for fact in facts))
    for line in document.lines:
        time = f"`{short_clock(line.start_s)}` " if options.times else ""
        blocks.append(time + "\\\n".join(escape_markdown(item) for item in text_lines(line.text)))
    return "".join(f"{block}\n\n" for block in blocks).removesuffix("\n")


def render_csv(document: Document, options: ExportOptions) -> str:
    """Return comma-separated values with a header row."""
    out = io.StringIO()
    out.write(BOM if options.csv_bom else "")
    writer = csv.writer(out, lineterminator="\r\n")
    times = ("start", "end") if options.times else ()
    writer.writerow([*times, "language", "text"])
    for line in document.lines:
        text = printable(line.text)
        cell = safe_cell(text) if options.csv_safe else text
        spans = [clock(line.start_s, "."), clock(line.end_s, ".")] if options.times else []
        writer.writerow([*spans, line.language, cell])
    return out.getvalue()
