"""Shared libraries: which entry answers for each file that PyInstaller collected.

in a package of Python ----------> that package's entry
in PyAV's folder of codecs ------> the table here
in Python's own folder ----------> Python (its licence file names OpenSSL and the like)
in one of Debian's packages -----> /usr/share/doc/PACKAGE/copyright
Microsoft's run time ------------> the table here
anything else -------------------> unknown: the build stops
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from installer.errors import UnknownLicenceError
from installer.licences.debian import debian_entry
from installer.licences.entry import ROOT, Entry, read_text

CODEC_FOLDERS = ("av.libs", ".dylibs")  # of PyAV's wheel: Linux and Windows, macOS
_VERSION = re.compile(r"\.so\.([\d.]+)$|\.([\d.]+)\.dylib$|-(\d+)\.dll$")


_VIDEOLAN = "https://code.videolan.org/videolan/"
_WEBM = "https://chromium.googlesource.com/webm/"
_GNU = "https://www.gnu.org/software/"
_FORGE = "https://sourceforge.net/projects/"
_X265 = "https://bitbucket.org/multicoreware/x265_git"
_SVT = "https://gitlab.com/AOMediaCodec/SVT-AV1"
_GNU_DUAL = "LGPL-3.0-or-later OR GPL-2.0-or-later"
_AMR = ("opencore-amr.txt",)
_TLS = ("gnutls.txt", "LGPL-2.1.txt")
_ALSA = ("alsa.txt", "LGPL-2.1.txt")
_GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
_GCC_TEXTS = ("GCC-exception-3.1.txt", "GPL-3.0.txt")
_XZ = "https://tukaani.org/xz"
_PTHREADS = "https://www.mingw-w64.org"
_UNISTRING = ("unistring.txt", "LGPL-3.0.txt")


@dataclass(frozen=True, slots=True)
class Codec:
    """A library in PyAV's wheel: a pattern for its file name, and what Entry needs."""

    pattern: str
    name: str
    licence: str
    texts: tuple[str, ...]
    url: str


CODECS = (
    Codec(r"x264", "x264", "GPL-2.0-or-later", ("x264.txt", "GPL-2.0.txt"), _VIDEOLAN + "x264"),
    Codec(r"x265", "x265", "GPL-2.0-or-later", ("x265.txt", "GPL-2.0.txt"), _X265),
    Codec(r"dav1d", "dav1d", "BSD-2-Clause", ("dav1d.txt",), _VIDEOLAN + "dav1d"),
    Codec(r"svtav1", "SVT-AV1", "BSD-3-Clause-Clear", ("svtav1.txt",), _SVT),
    Codec(r"vpx", "libvpx", "BSD-3-Clause", ("vpx.txt",), _WEBM + "libvpx"),
    Codec(r"webp|sharpyuv", "libwebp", "BSD-3-Clause", ("webp.txt",), _WEBM + "libwebp"),
    Codec(r"opus", "Opus", "BSD-3-Clause", ("opus.txt",), "https://opus-codec.org"),
    Codec(r"mp3lame", "LAME", "LGPL-2.0-or-later", ("lame.txt", "LGPL-2.0.txt"), _FORGE + "lame"),
    Codec(r"opencore", "OpenCORE AMR", "Apache-2.0", _AMR, _FORGE + "opencore-amr"),
    Codec(r"gnutls", "GnuTLS", "LGPL-2.1-or-later", _TLS, "https://gnutls.org"),
    Codec(r"nettle|hogweed", "Nettle", _GNU_DUAL, ("nettle.txt", "LGPL-3.0.txt"), _GNU + "nettle"),
    Codec(r"gmp", "GMP", _GNU_DUAL, ("gmp.txt", "LGPL-3.0.txt"), "https://gmplib.org"),
    Codec(r"unistring", "libunistring", _GNU_DUAL, _UNISTRING, _GNU + "libunistring"),
    Codec(r"asound", "alsa-lib", "LGPL-2.1-or-later", _ALSA, "https://www.alsa-project.org"),
    Codec(r"drm", "libdrm", "MIT", ("drm.txt",), "https://gitlab.freedesktop.org/mesa/drm"),
    Codec(r"vpl", "Intel VPL", "MIT", ("vpl.txt",), "https://github.com/intel/libvpl"),
    Codec(r"xcb", "libxcb", "MIT", ("xcb.txt",), "https://xcb.freedesktop.org"),
    Codec(r"xau", "libXau", "MIT", ("xau.txt",), "https://gitlab.freedesktop.org/xorg/lib/libxau"),
    # what the wheels for Windows and macOS may bring besides: run time of the compiler, packers
    Codec(
        r"gcc_s|stdc\+\+|gomp|atomic|ssp", "GCC run time", _GCC, _GCC_TEXTS, "https://gcc.gnu.org"
    ),
    Codec(r"winpthread", "winpthreads", "MIT", ("winpthreads.txt",), _PTHREADS),
    Codec(
        r"iconv|charset", "GNU libiconv", "LGPL-2.1-or-later", ("LGPL-2.1.txt",), _GNU + "libiconv"
    ),
    Codec(r"(z|zlib)1?[.-]", "zlib", "Zlib", ("zlib.txt",), "https://zlib.net"),
    Codec(r"bz2", "bzip2", "bzip2-1.0.6", ("bzip2.txt",), "https://sourceware.org/bzip2"),
    Codec(r"lzma", "liblzma", "0BSD", ("lzma.txt",), _XZ),
)
_FFMPEG = re.compile(r"(lib)?(av(codec|device|filter|format|util)|sw(resample|scale))\b")
_OWN = re.compile(r"(lib)?(llama|ggml|mtmd)\b")  # compiled by the build from llama.cpp's source
_MICROSOFT = re.compile(r"(vcruntime|msvcp|concrt|ucrtbase|api-ms-win|vcomp)", re.IGNORECASE)
_MICROSOFT_TEXT = (
    "Microsoft Visual C++ run time, Copyright (c) Microsoft Corporation. Redistributable code "
    "under the terms of Microsoft Visual Studio: https://visualstudio.microsoft.com/license-terms/"
)


def codec_entries(files: Iterable[Path]) -> list[Entry]:
    """Describe the libraries in PyAV's folder, each project once.

    Raises:
        UnknownLicenceError: one is not in the table.
    """
    entries: dict[str, Entry] = {}
    unknown = []
    for file in sorted(files):
        if _FFMPEG.match(file.name):
            continue  # FFmpeg itself is a component
        codec = _codec_of(file.name.lower())
        if codec is None:
            unknown.append(file.name)
        elif codec.name not in entries:
            entries[codec.name] = _codec_entry(codec, file)
    if unknown:
        raise UnknownLicenceError(unknown, "new in PyAV's wheel")
    return list(entries.values())


def _codec_of(name: str) -> Codec | None:
    found = (codec for codec in CODECS if re.match(rf"(lib)?({codec.pattern})", name))
    return next(found, None)


def _codec_entry(codec: Codec, file: Path) -> Entry:
    found = _VERSION.search(file.name)
    number = next(filter(None, found.groups()), "") if found else ""
    return Entry(
        name=f"{codec.name} (with FFmpeg)",
        version=f"library {number}" if number else "as in PyAV's wheel",
        licence=codec.licence,
        text=read_text(*codec.texts),
        url=codec.url,
    )


def installed_codecs() -> list[Path]:
    """List the libraries beside the installed PyAV."""
    import av

    package = Path(av.__file__).parent
    folders = (package.parent / CODEC_FOLDERS[0], package / CODEC_FOLDERS[1])
    return [file for folder in folders if folder.is_dir() for file in folder.iterdir()]


def system_entries(files: Iterable[Path]) -> list[Entry]:
    """Describe collected libraries that belong neither to a package of Python nor to Python.

    Raises:
        UnknownLicenceError: nothing is known about some of them.
    """
    entries: dict[str, Entry] = {}
    unknown = []
    for file in sorted({file.resolve() for file in files}):
        if _is_covered(file):
            continue
        entry = _microsoft_entry(file) or debian_entry(file)
        if entry is None:
            unknown.append(str(file))
        else:
            entries[entry.name] = entry
    if unknown:
        raise UnknownLicenceError(unknown, "no package of Python or Debian holds them")
    return list(entries.values())


def _is_covered(file: Path) -> bool:
    """Whether the list of Python's packages, or Python's licence, names this file."""
    if file.is_relative_to(ROOT / "build") or _OWN.match(file.name):
        return True  # the build's own: empty stand-ins for encoders, llama.cpp
    owners = ("site-packages", "dist-packages")
    inside = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve()} - {Path("/usr")}
    return any(part in owners for part in file.parts) or any(file.is_relative_to(p) for p in inside)


def _microsoft_entry(file: Path) -> Entry | None:
    if not _MICROSOFT.match(file.name):
        return None
    return Entry(
        name="Microsoft Visual C++ run time",
        version="",
        licence="LicenseRef-Microsoft-Runtime",
        text=_MICROSOFT_TEXT,
    )
