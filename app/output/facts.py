"""The few facts about a transcript that stand at the top of a document for people."""

from __future__ import annotations

from app.output.document import Document
from app.output.escape import short_clock
from app.text.languages import find_language


def document_facts(document: Document) -> list[tuple[str, str]]:
    """Return pairs of name and value; what is not known is left out."""
    created = document.created_at
    facts = [
        ("Source", document.source),
        ("Language", ", ".join(_language_names(document.language))),
        ("Length", short_clock(document.duration_s)),
        ("Model", document.model),
        ("Date", created.strftime("%Y-%m-%d %H:%M") if created else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _language_names(joined: str) -> list[str]:
    names = dict.fromkeys(name for name in joined.split(",") if name)
    known = [(name, find_language(name)) for name in names]
    return [
        f"{name} ({language.native})" if language and language.native != name else name
        for name, language in known
    ]
