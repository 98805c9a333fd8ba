"""What build.spec takes from here: icon, properties for Windows, the bundle for macOS, licences.

from installer import spec as packaging
EXE(…, **packaging.executable_options(BUILD))
datas += packaging.licence_files(BUILD, PACK, [source for _, source, _ in binaries])
BUNDLE(folder, **packaging.bundle_options(BUILD))       # macOS only
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from installer import icons, product
from installer.licences.report import pack_facts, write
from installer.macos.bundle import bundle_arguments
from installer.windows.version_resource import write_version_resource

MANIFEST = Path(__file__).resolve().parent / "windows" / "songshu.manifest"


def executable_options(build: Path, platform: str = sys.platform) -> dict[str, str]:
    """Return keyword arguments for PyInstaller's ``EXE``.

    Args:
        build: folder for files made on the way.
        platform: as ``sys.platform``.
    """
    icon = icons.write_icon(build, platform)
    options = {} if icon is None else {"icon": str(icon)}
    if platform == "win32":
        options["version"] = str(write_version_resource(build))
        options["manifest"] = MANIFEST.read_text(encoding="utf-8")  # long paths, UTF-8, crisp text
    return options


def bundle_options(build: Path) -> dict[str, object]:
    """Return keyword arguments for PyInstaller's ``BUNDLE`` (macOS)."""
    icon = icons.write_icon(build, "darwin")
    return {"name": f"{product.NAME}.app", "icon": str(icon), **bundle_arguments()}


def licence_files(
    build: Path, pack: Path | None, binaries: Iterable[str | Path]
) -> list[tuple[str, str]]:
    """Write THIRD-PARTY.txt and .json, and return the latter for ``datas``: the window shows it.

    Args:
        build: folder to write into, ROOT/build: the installers take the text from there.
        pack: folder of the bundled pack, or None.
        binaries: sources of all collected libraries.

    Returns:
        (source, place), as PyInstaller's ``Analysis`` wants them.

    Raises:
        UnknownLicenceError: something is bundled whose licence is not known.
    """
    facts = None if pack is None else pack_facts(pack)
    _, table = write(build, facts, [Path(binary) for binary in binaries])
    return [(str(table), ".")]
