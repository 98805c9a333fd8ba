"""Documents to export, with all that has ever broken a format in them."""

from __future__ import annotations

from datetime import UTC, datetime

from app.output.document import Document, DocumentLine

CREATED_AT = datetime(2026, 11, 25, 14, 30, 5, tzinfo=UTC)
TRICKY = {  # what a line says -> its language
    "你好，世界。今天开会。": "Chinese",
    "An emoji family 👨‍👩‍👧‍👦 and a flag 🇩🇪": "English",
    "مرحبا بالعالم، كيف الحال؟": "Arabic",
    "She said \"no\", then 'yes'.": "English",
    "this --> that <b>bold</b> & <script>alert(1)</script> &amp; {\\an8}": "English",
    "=HYPERLINK(1)": "English",
    "-2+3": "English",
    "# no heading * no _emphasis_ `no code` [no](link) ~~no~~ $x$ \\": "English",
    "1. no list": "English",
    "2026": "English",
    "---": "English",
    "> no quote | no table": "English",
    "NOTE no comment": "English",
    "semi;colon, comma": "English",
    "e\u0301tude café": "French",
    "สวัสดีครับ": "Thai",
}


def line(text: str, start_s: float, end_s: float, language: str = "English") -> DocumentLine:
    return DocumentLine(start_s=start_s, end_s=end_s, text=text, language=language)


def document(*lines: DocumentLine, title: str = "Meeting", source: str = "Meeting.m4a") -> Document:
    return Document.from_lines(
        lines,
        title=title,
        source=source,
        duration_s=lines[-1].end_s if lines else 3.0,
        created_at=CREATED_AT,
        model="starter",
    )


def tricky() -> Document:
    """Give a document of more than an hour, with a short line every ten minutes."""
    lines = [
        line(text, 600.0 * index, 600.0 * index + 5.5, language)
        for index, (text, language) in enumerate(TRICKY.items())
    ]
    return document(*lines, title='A "<title>" & more # 标题', source="a & b <c>.m4a")
