"""What lies where after the Debian package is installed.

    /usr/lib/songshu/            the program; /usr/bin/songshu points to it
    /usr/share/applications, metainfo, icons, man, doc

There are no maintainer scripts: dpkg's triggers of desktop-file-utils, hicolor-icon-theme and
man-db notice these folders by themselves, and nothing is written outside the list of files, so that
removing the package leaves nothing. What a person made (~/.local/share/songshu) stays theirs.
"""

from __future__ import annotations

import platform
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from app.cli.desktop_entry import FILE_NAME, ICON_NAME, MIME_TYPES, desktop_entry
from installer import icons, product
from installer.linux.deb import Member, compressed
from installer.payload import Payload

ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
PROGRAM_FOLDER = f"/usr/lib/{product.PACKAGE}"
# What is never bundled (the C library aside): graphics drivers, the connection to X, and the
# settings of fontconfig with a font, without which Qt draws empty boxes, and those of ALSA.
DEPENDS = ("fontconfig-config", "libasound2-data", "libegl1", "libgl1", "libxcb1")
RECOMMENDS = ("libwayland-client0", "libwayland-cursor0", "libwayland-egl1")
_HERE = Path(__file__).resolve().parent
_GLIBC = re.compile(rb"GLIBC_2\.(\d+)")
_BLOCK_BYTES = 1 << 24


def architecture() -> str:
    """Return Debian's name for this processor."""
    return ARCHITECTURES[platform.machine().lower()]


def control(glibc: str) -> dict[str, str]:
    """Return the fields of the control file.

    Args:
        glibc: the oldest version that the program runs with, "2.34" say.
    """
    return {
        "Package": product.PACKAGE,
        "Version": product.VERSION,
        "Architecture": architecture(),
        "Maintainer": f"{product.PUBLISHER} <{product.contact()}>",
        "Section": "sound",
        "Priority": "optional",
        "Depends": ", ".join([f"libc6 (>= {glibc})", *DEPENDS]),
        "Recommends": ", ".join(RECOMMENDS),
        "Description": "offline speech recognition\n"
        " Songshu turns recordings, videos and speech into text and subtitles, on this\n"
        " computer alone: it never uses the network and needs no graphics card.\n"
        " .\n"
        " A small English model is inside; official Qwen3-ASR models can be added.",
    }


def members(payload: Payload, licences: tuple[Path, str], time_s: int) -> list[Member]:
    """List all files of the package.

    Args:
        payload: the program.
        licences: THIRD-PARTY.txt, and the licence of the whole.
        time_s: goes into documents, seconds since 1970.
    """
    text, licence = licences
    when = datetime.fromtimestamp(time_s, UTC)
    doc = f"/usr/share/doc/{product.PACKAGE}"
    return [
        *(_program_member(payload, *file) for file in payload.files),
        Member(place=f"/usr/bin/{product.PACKAGE}", source=f"../lib/songshu/{payload.main}"),
        _text(f"/usr/share/applications/{FILE_NAME}", desktop_entry([product.PACKAGE])),
        _text(f"/usr/share/metainfo/{product.IDENTIFIER}.metainfo.xml", metainfo(when, licence)),
        *_icons(),
        Member(place="/usr/share/man/man1/songshu.1.gz", source=compressed(_manual())),
        _text(f"{doc}/copyright", _copyright()),
        Member(place=f"{doc}/changelog.gz", source=compressed(_changelog(when))),
        Member(place=f"{doc}/THIRD-PARTY.txt.gz", source=compressed(text.read_text("utf-8"))),
    ]


def metainfo(when: datetime, licence: str) -> str:
    """Write the AppStream metadata, which software centres show."""
    media = "\n    ".join(f"<mediatype>{kind}</mediatype>" for kind in MIME_TYPES)
    return _filled("metainfo.xml", DATE=f"{when:%Y-%m-%d}", MEDIA=media, LICENCE=licence)


def oldest_glibc(payload: Payload) -> str:
    """Find the newest version of glibc that any file of the program names.

    It sees what lies uncompressed in the files. Whoever knows more says so: package --glibc.
    """
    newest = 0
    for source, _ in payload.files:
        if source.is_symlink():
            continue
        with source.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                newest = max([newest, *map(int, _GLIBC.findall(block))])
    return f"2.{newest or 28}"


def _program_member(payload: Payload, source: Path, place: object) -> Member:
    mode = 0o755 if place == payload.main else 0o644
    content = str(source.readlink()) if source.is_symlink() else source
    return Member(place=f"{PROGRAM_FOLDER}/{place}", source=content, mode=mode)


def _icons() -> list[Member]:
    folder = "/usr/share/icons/hicolor"
    drawn = [
        Member(place=f"{folder}/{size}x{size}/apps/{ICON_NAME}.png", source=icons.png(size))
        for size in icons.LINUX_SIZES
    ]
    return [*drawn, Member(place=f"{folder}/scalable/apps/{ICON_NAME}.svg", source=icons.SVG)]


def _manual() -> str:
    return _filled("songshu.1")


def _filled(name: str, **values: str) -> str:
    """Read a template of this folder and put values for @NAME@."""
    text = (_HERE / name).read_text(encoding="utf-8")
    known = {
        "VERSION": product.VERSION,
        "IDENTIFIER": product.IDENTIFIER,
        "PUBLISHER": product.PUBLISHER,
    }
    for key, value in {**known, **values}.items():
        text = text.replace(f"@{key}@", value)
    return text


def _copyright() -> str:
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        f"Upstream-Name: {product.NAME}\n"
        "Comment: The program bundles parts of others. All of them, with all licences:\n"
        f" /usr/share/doc/{product.PACKAGE}/THIRD-PARTY.txt.gz\n\n"
        f"Files: *\nCopyright: {product.COPYRIGHT.removeprefix('Copyright ')}\n"
        "License: Apache-2.0\n On Debian systems the text of the Apache License 2.0 is in\n"
        " /usr/share/common-licenses/Apache-2.0.\n"
    )


def _changelog(when: datetime) -> str:
    return (
        f"{product.PACKAGE} ({product.VERSION}) stable; urgency=medium\n\n"
        f"  * Version {product.VERSION}.\n\n"
        f" -- {product.PUBLISHER} <{product.contact()}>  {format_datetime(when)}\n"
    )


def _text(place: str, text: str) -> Member:
    return Member(place=place, source=text.encode("utf-8"))
