"""One thing that is bundled: the row of THIRD-PARTY and of the About window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from installer.errors import UnknownLicenceError
from installer.licences.spdx import is_known

ROOT = Path(__file__).resolve().parent.parent.parent
TEXTS = Path(__file__).resolve().parent / "texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something bundled.

    Attributes:
        name: for people.
        version: as its makers write it.
        licence: an SPDX expression.
        text: licence and copyright notices.
        url: where its source is.
        note: what we have to say about it besides, or "".

    Raises:
        UnknownLicenceError: without a known licence, or without its text.
    """

    name: str
    version: str
    licence: str
    text: str
    url: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not is_known(self.licence):
            raise UnknownLicenceError([self.name], f"{self.licence!r} is not one we know")
        if not self.text.strip():
            raise UnknownLicenceError([self.name], "it has no text")


def read_text(*names: str) -> str:
    """Join committed texts, such as "LGPL-3.0.txt"."""
    return "\n\n".join((TEXTS / name).read_text(encoding="utf-8").strip() for name in names)


def apache_text() -> str:
    """Return the Apache licence: it is our own."""
    return (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
