"""What is bundled and under which licences, for the About window.

The list is written by the build (installer/licences) and only read here. A checkout may have none;
a list that cannot be read is as good as none, for it must keep nobody from working.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """One thing that is bundled.

    Attributes:
        name, version: of the thing, as its makers write it.
        licence: an SPDX expression, "MIT" say.
        text: licence and copyright notices.
        url: where its source is, or "".
        note: what there is to say besides, or "".
    """

    name: str
    version: str
    licence: str
    text: str
    url: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}".rstrip()

    def matches(self, words: str) -> bool:
        """Whether name, version, licence or note hold every one of some words."""
        place = f"{self.title} {self.licence} {self.note}".casefold()
        return all(word in place for word in words.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceList:
    """Everything that is bundled.

    Attributes:
        whole: licence of the executable as a whole, "" if there is no list.
        entries: by name.
    """

    whole: str = ""
    entries: tuple[Licence, ...] = ()


def read_licences(path: Path) -> LicenceList:
    """Read the list.

    Args:
        path: THIRD-PARTY.json; it may be missing.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        texts = data["texts"]  # entries that share a text have the same number
        entries = tuple(Licence(**{**e, "text": texts[e["text"]]}) for e in data["entries"])
        return LicenceList(whole=data["licence"], entries=entries)
    except FileNotFoundError:
        return LicenceList()
    except (OSError, ValueError, TypeError, LookupError) as exc:
        _log.warning("the list of licences %s cannot be read: %s", path, exc)
        return LicenceList()
