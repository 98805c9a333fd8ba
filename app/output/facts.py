"""The few facts about a transcript that stand at the top of a document for people."""

from __future__ import annotations

from app.output.document import Document
from app.output.escape import short_clock
from app.output.labels import Labels
from app.text.languages import find_language


def document_facts(document: Document, labels: Labels) -> list[tuple[str, str]]:
    """Return pairs of name and value; what is not known is left out."""
    created = document.created_at
    facts = [
        (labels.source, document.source),
        (labels.language, labels.comma.join(_language_names(document.language, labels))),
        (labels.length, short_clock(document.duration_s)),
        (labels.model, document.model),
        (labels.date, created.strftime("%Y-%m-%d %H:%M") if created else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _language_names(joined: str, labels: Labels) -> list[str]:
    """Give each language its name for the reader and, if that differs, for those who speak it."""
    names = []
    for canonical in dict.fromkeys(name for name in joined.split(",") if name):
        name, language = labels.languages.get(canonical, canonical), find_language(canonical)
        is_other = language is not None and language.native != name
        names.append(f"{name} ({language.native})" if language and is_other else name)
    return names
