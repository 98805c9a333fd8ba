"""The few words that an export adds to what was said: "Language", "Length" and their like.

They are given in, because this package knows no translations: the window passes those of its own
language, the command line writes English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Words in one language.

    Attributes:
        code: of that language, BCP 47.
        source, language, length, model, date: names of the facts.
        colon: between a name and its value, with its space; comma: between the parts of a list.
        languages: canonical name ("Chinese") to its name in that language; one that is missing
            keeps its own.
    """

    code: str = "en"
    source: str = "Source"
    language: str = "Language"
    length: str = "Length"
    model: str = "Model"
    date: str = "Date"
    colon: str = ": "
    comma: str = ", "
    languages: Mapping[str, str] = field(default_factory=dict)


ENGLISH = Labels()
