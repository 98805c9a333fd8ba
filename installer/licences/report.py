"""Collect all entries, and write THIRD-PARTY.txt and THIRD-PARTY.json.

Called by the build (``write``), or by hand: python3 -m installer.licences.report --output FOLDER
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from installer.errors import InstallerError
from installer.licences.components import components, pack_entries
from installer.licences.distributions import distribution_entry, runtime_distributions
from installer.licences.entry import ROOT, Entry
from installer.licences.libraries import (
    CODEC_FOLDERS,
    codec_entries,
    installed_codecs,
    system_entries,
)

TEXT_NAME, JSON_NAME = "THIRD-PARTY.txt", "THIRD-PARTY.json"
_RULE = "=" * 78
_LIBRARY_SUFFIXES = (".so", ".dll", ".dylib", ".pyd")
_GPL = """\
The executable as a whole is given to you under the GNU General Public License, version 3
(GPL-3.0), because of what is under the GPL in it: {names}.
Songshu's own source is under the Apache License 2.0. The complete source: Songshu's own
repository at the tag of this version, and the addresses below."""
_APACHE = """\
Songshu is under the Apache License 2.0. Parts of others, with their own licences, are below;
those under the LGPL are shared libraries that you may exchange."""


def collect(
    pack: tuple[str, str] | None = None, binaries: Iterable[Path] | None = None
) -> list[Entry]:
    """Collect the entries, by name.

    Args:
        pack: name and licence of the bundled pack.
        binaries: the files that PyInstaller collected; without them PyAV's whole wheel is listed
            and nothing of the system.

    Raises:
        UnknownLicenceError: something has no known licence.
    """
    packages = runtime_distributions(ROOT / "requirements.txt")
    entries = [distribution_entry(*item) for item in packages.items()]
    if pack is not None:
        entries += pack_entries(*pack)
    if binaries is None:
        entries += codec_entries(installed_codecs())
    else:
        files = [file for file in binaries if _is_library(file)]
        codecs = [file for file in files if set(CODEC_FOLDERS) & set(file.parts)]
        entries += codec_entries(codecs) + system_entries(set(files) - set(codecs))
    _, strict = whole_licence(entries)
    entries += components(with_gpl_encoders=bool(strict))
    return sorted(entries, key=lambda entry: entry.name.lower())


def whole_licence(entries: Iterable[Entry]) -> tuple[str, list[str]]:
    """Work out what the executable as a whole is under.

    Returns:
        An SPDX identifier, and the names that made it so.
    """
    strict = [e.name for e in entries if e.licence.startswith("GPL") and " WITH " not in e.licence]
    return ("GPL-3.0-or-later" if strict else "Apache-2.0"), strict


def render(entries: Sequence[Entry]) -> str:
    """Write entries for people: a table of contents, then every text."""
    licence, names = whole_licence(entries)
    head = _GPL.format(names=", ".join(names)) if names else _APACHE
    lines = [f"What is inside Songshu ({licence})", "", head, ""]
    lines += [f"  {e.name} {e.version}".rstrip() + f": {e.licence}" for e in entries]
    for entry in entries:
        facts = [f"{entry.name} {entry.version}".rstrip(), f"Licence: {entry.licence}"]
        facts += [f"Source: {entry.url}"] if entry.url else []
        facts += [entry.note] if entry.note else []
        lines += ["", _RULE, *facts, _RULE, "", entry.text.strip()]
    return "\n".join(lines) + "\n"


def write(
    folder: Path, pack: tuple[str, str] | None = None, binaries: Iterable[Path] | None = None
) -> list[Path]:
    """Write both files.

    Returns:
        THIRD-PARTY.txt and THIRD-PARTY.json.

    Raises:
        UnknownLicenceError: something has no known licence; nothing is written.
    """
    entries = collect(pack, binaries)
    licence, _ = whole_licence(entries)
    folder.mkdir(parents=True, exist_ok=True)
    text, table = folder / TEXT_NAME, folder / JSON_NAME
    text.write_text(render(entries), encoding="utf-8")
    table.write_text(json.dumps(_table(licence, entries), ensure_ascii=False), encoding="utf-8")
    return [text, table]


def _table(licence: str, entries: Sequence[Entry]) -> dict[str, object]:
    """Build the JSON; a text that several entries share (the GPL, Kerberos) is in it once."""
    texts = list(dict.fromkeys(entry.text for entry in entries))
    rows = [{**asdict(entry), "text": texts.index(entry.text)} for entry in entries]
    return {"licence": licence, "texts": texts, "entries": rows}


def pack_facts(pack: Path) -> tuple[str, str]:
    """Return name and licence of a pack folder."""
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    return manifest["name"], manifest["license"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files from the command line."""
    parser = argparse.ArgumentParser(prog="python3 -m installer.licences.report")
    parser.description = "List what is bundled, with all licences."
    parser.add_argument("--output", type=Path, default=ROOT / "build", metavar="FOLDER")
    parser.add_argument("--pack", type=Path, help="the pack that is bundled")
    options = parser.parse_args(arguments)
    try:
        pack = pack_facts(options.pack) if options.pack else None
        for path in write(options.output, pack):
            print(path)
    except InstallerError as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


def _is_library(file: Path) -> bool:
    return file.suffix in _LIBRARY_SUFFIXES or ".so." in file.name


if __name__ == "__main__":
    sys.exit(main())
