"""Libraries of the build machine, where that is Debian or Ubuntu: dpkg knows whose they are.

The text is the package's copyright file, complete by Debian's rules. Its licence in one expression
stands in the table here; for a package that is not in it the file alone must do.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from installer.licences.entry import Entry

UNSORTED = "LicenseRef-Debian-Copyright"
_GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
_LGPL = "LGPL-2.1-or-later"
_LICENCES = (  # pattern for the whole name of a package -> licence of the libraries in it
    (r"lib(gcc-s1|stdc\+\+6|gomp1|gfortran5|quadmath0)", _GCC),
    (r"lib(asound2|c6|gcrypt20|glib2\.0-0|gpg-error0|jack-.*|systemd0)(t64)?", _LGPL),
    (r"libkeyutils1", "LGPL-2.0-or-later"),
    (r"libreadline\d+", "GPL-3.0-or-later"),
    (r"libdb5\.3(t64)?", "Sleepycat"),
    (r"libdbus-1-3", "AFL-2.1 OR GPL-2.0-or-later"),
    (r"libcap2", "BSD-3-Clause OR GPL-2.0-only"),
    (r"libfreetype6", "FTL OR GPL-2.0-or-later"),
    (r"lib(bsd0|md0|pcre2-.*|uuid1|zstd1)(t64)?", "BSD-3-Clause"),
    (r"liblz4-1", "BSD-2-Clause"),
    (r"lib(png16-16)(t64)?", "libpng-2.0"),
    (r"lib(ssl3)(t64)?", "Apache-2.0"),
    (r"lib(brotli1|com-err2|expat1|ffi\d|fontconfig1|portaudio2)(t64)?", "MIT"),
    (r"lib(gssapi-krb5-2|k5crypto3|krb5-3|krb5support0|wayland-.*)", "MIT"),
    (r"lib(x11-.*|xau6|xcb.*|xdmcp6|xkbcommon.*|ice6|sm6)", "MIT"),
    (r"lib(ncursesw|tinfo)6", "X11"),
    (r"zlib1g", "Zlib"),
    (r"libbz2-1\.0", "bzip2-1.0.6"),
)


def licence_of_package(name: str) -> str:
    """Return the SPDX expression for a package, or that its copyright file tells it."""
    found = (licence for pattern, licence in _LICENCES if re.fullmatch(pattern, name))
    return next(found, UNSORTED)


def debian_entry(file: Path) -> Entry | None:
    """Describe the package that holds a file; None if none does, or this is not Debian."""
    package = _dpkg_owner(file)
    copyright_file = Path("/usr/share/doc") / package / "copyright"
    if not package or not copyright_file.is_file():
        return None
    shown = _output(["dpkg-query", "-W", "-f=${Version}\t${source:Package}", package])
    number, _, source = shown.partition("\t")
    return Entry(
        name=f"{package} (Debian)",
        version=number,
        licence=licence_of_package(package),
        text=copyright_file.read_text(encoding="utf-8", errors="replace"),
        url=f"https://sources.debian.org/src/{source}",
        note="Its copyright file below names the licence of every part.",
    )


def _dpkg_owner(file: Path) -> str:
    """Return the package that holds a file; also where /lib became a link to /usr/lib."""
    names = [str(file), str(file).removeprefix("/usr")]
    found = (_output(["dpkg-query", "-S", name]) for name in names)
    return next((line.partition(":")[0] for line in found if line), "")


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
