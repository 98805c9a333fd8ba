"""A web page that needs nothing but itself: no script, no font, no picture, no network.

In: ``Document``. Out: HTML 5. Colours follow the system, dark or light; each line says its
language, so that a browser picks the right glyphs, breaks and voice; it finds the direction itself.
"""

from __future__ import annotations

from html import escape

from app.output.document import Document, DocumentLine
from app.output.escape import printable, short_clock, text_lines
from app.output.facts import document_facts
from app.output.labels import Labels
from app.output.options import ExportOptions
from app.text.languages import language_code

STYLE = """
:root { color-scheme: light dark; --ink: #1d1d1f; --faint: #6b6b70; --paper: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8ea; --faint: #9a9aa0; --paper: #1c1c1e; }
}
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; background: var(--paper);
  color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.3; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; color: var(--faint);
  font-size: 0.875rem; margin: 0 0 2rem; }
dd { margin: 0; overflow-wrap: anywhere; }
p { margin: 0 0 0.75rem; overflow-wrap: break-word; }
time { color: var(--faint); font-size: 0.8125rem; font-variant-numeric: tabular-nums;
  margin-inline-end: 0.75rem; }
@media print { body { margin: 0; max-width: none; } }
"""
# A second wall behind the escapes: whatever a text holds, nothing is loaded or run.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_html(document: Document, options: ExportOptions) -> str:
    """Return the whole page."""
    title = escape(" ".join(text_lines(document.title)))
    body = "".join(_paragraph(line, times=options.times) for line in document.lines)
    head = f'<header>\n<h1 dir="auto">{title}</h1>\n{_facts(document, options.labels)}</header>\n'
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="{language_code(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{head if options.facts else ''}<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _facts(document: Document, labels: Labels) -> str:
    rows = "".join(
        f'<dt>{escape(name)}</dt><dd dir="auto">{escape(printable(value))}</dd>\n'
        for name, value in document_facts(document, labels)
    )
    return f'<dl lang="{escape(labels.code)}">\n{rows}</dl>\n'


def _paragraph(line: DocumentLine, *, times: bool) -> str:
    seconds = f"{line.start_s:.3f}".rstrip("0").rstrip(".")
    time = f'<time datetime="PT{seconds}S">{short_clock(line.start_s)}</time>' if times else ""
    text = "<br>\n".join(escape(item) for item in text_lines(line.text))
    return f'<p lang="{language_code(line.language)}" dir="auto">{time}{text}</p>\n'
