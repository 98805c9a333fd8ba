"""Python packages: requirements.txt and all that it brings, read from installed metadata.

What PyInstaller leaves out afterwards stays in the list: one name too many harms nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import cast

from packaging.requirements import Requirement

from installer.licences.entry import Entry, apache_text, read_text
from installer.licences.spdx import licence_of

_TEXT_FILE = re.compile(r"(licen[cs]e|copying|notice|thirdpartynotices)[^/]*$", re.IGNORECASE)
_NOT_A_TEXT = (".py", ".pyc")
_GPL_FILES = ("LGPL-3.0.txt", "GPL-3.0.txt")
_QT_NOTE = (
    "Used under the LGPL-3.0, unchanged, as shared libraries. You may exchange them: build Songshu "
    "from its source with another Qt (python3 dev.py build). Source: https://download.qt.io"
)
_NOTES = {
    "pyside6-essentials": _QT_NOTE,
    "shiboken6": _QT_NOTE,
    "av": "FFmpeg and its codecs, which lie in the same wheel, are listed on their own.",
}


def requirement_names(path: Path) -> list[str]:
    """Return the names in a requirement file, normalised."""
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return [normalise(Requirement(line).name) for line in lines if line]


def normalise(name: str) -> str:
    """Return the spelling under which names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime_distributions(requirements: Path) -> dict[str, Distribution]:
    """Find the packages of a requirement file and, again and again, what they require.

    Returns:
        Normalised name -> distribution, by name.

    Raises:
        importlib.metadata.PackageNotFoundError: one is not installed.
    """
    found: dict[str, Distribution] = {}
    todo = requirement_names(requirements)
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found[name] = distribution(name)
        todo += [
            normalise(needed.name)
            for needed in map(Requirement, found[name].requires or [])
            if needed.marker is None or needed.marker.evaluate({"extra": ""})
        ]
    return dict(sorted(found.items()))


def distribution_entry(name: str, package: Distribution) -> Entry:
    """Describe a package by its own metadata.

    Raises:
        UnknownLicenceError: it does not say its licence, or has no text.
    """
    metadata = cast(Message, package.metadata)  # which it is; the protocol knows no get
    classifiers = [c for c in metadata.get_all("Classifier") or [] if c.startswith("License")]
    said = [metadata.get("License-Expression"), metadata.get("License"), *classifiers]
    return Entry(
        name=metadata["Name"],
        version=package.version,
        licence=licence_of(name, said),
        text="\n\n".join(_texts(package)) or _shared_text(name),
        url=_homepage(package),
        note=_NOTES.get(name, ""),
    )


def _texts(package: Distribution) -> Iterator[str]:
    """Give the licence files of a package, each once."""
    seen = set()
    for file in sorted(package.files or [], key=lambda file: (len(file.parts), str(file))):
        if not _TEXT_FILE.search(file.name) or file.suffix in _NOT_A_TEXT:
            continue
        text = Path(str(file.locate())).read_text(encoding="utf-8", errors="replace").strip()
        if text and text not in seen:
            seen.add(text)
            yield text


def _shared_text(name: str) -> str:
    """Return the text for the few packages whose wheel holds none."""
    if name in ("pyside6-essentials", "shiboken6"):
        return read_text(*_GPL_FILES)
    return apache_text() if name == "flatbuffers" else ""


def _homepage(package: Distribution) -> str:
    metadata = cast(Message, package.metadata)
    items = [item.partition(", ") for item in metadata.get_all("Project-URL") or []]
    named = {key.lower(): url for key, _, url in items}
    wanted = ("source", "repository", "source code", "homepage", "github")
    best = next((named[key] for key in wanted if key in named), "")
    page: str = best or metadata.get("Home-page") or ""
    return page
