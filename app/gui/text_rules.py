"""What becomes of a text by a person's replacements, to show it while they are edited."""

from __future__ import annotations

from collections.abc import Iterable


def replace_terms(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Replace terms in the order of the pairs; each sees what those before it left."""
    for find, put in pairs:
        text = text.replace(find, put)
    return text
