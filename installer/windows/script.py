"""What is different in every build of the installer: files to write and to delete, file types.

Deleting goes file by file and folder by folder, innermost first; a folder that holds anything else
stays. Nothing is ever deleted recursively in a folder that a person has chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from app.cli.sources import MEDIA_SUFFIXES
from installer.payload import Payload


def generated_script(payload: Payload, *, external: bool = False) -> str:
    """Write the macros that songshu.nsi includes.

    Args:
        payload: the program.
        external: the program lies beside the installer and is not inside.
    """
    files = () if external else payload.files
    lines = [
        *_macro("INSTALL_FILES", _install(files)),
        *_macro("DELETE_FILES", _delete(place for _, place in files)),
        *_macro("EACH_TYPE WHAT", [f'!insertmacro ${{WHAT}} "{s}"' for s in _suffixes()]),
    ]
    return "\n".join(lines) + "\n"


def escaped(path: object) -> str:
    """Write a path so that NSIS takes it as it is, with backslashes as Windows has them."""
    return str(path).replace("$", "$$").replace("/", "\\")


def _suffixes() -> list[str]:
    return sorted(MEDIA_SUFFIXES)


def _install(files: Iterable[tuple[Path, PurePosixPath]]) -> list[str]:
    lines: list[str] = []
    folder: PurePosixPath | None = None
    for source, place in files:
        if place.parent != folder:
            folder = place.parent
            lines.append(f'SetOutPath "{_installed(folder)}"')
        lines.append(f'File "/oname={escaped(place.name)}" "{source}"')  # a source knows no $$
    return lines


def _delete(places: Iterable[PurePosixPath]) -> list[str]:
    places = list(places)
    folders = {parent for place in places for parent in place.parents} - {PurePosixPath()}
    innermost = sorted(folders, key=lambda folder: (-len(folder.parts), str(folder)))
    return [f'Delete "{_installed(place)}"' for place in places] + [
        f'RMDir "{_installed(folder)}"' for folder in innermost
    ]


def _installed(place: PurePosixPath) -> str:
    return "$INSTDIR" if place == PurePosixPath() else f"$INSTDIR\\{escaped(place)}"


def _macro(head: str, lines: Iterable[str]) -> list[str]:
    return [f"!macro {head}", *(f"  {line}" for line in lines), "!macroend"]
