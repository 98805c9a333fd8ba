"""One spelling for licences: what metadata says, in SPDX identifiers.

Older packages write "MIT License" or only a classifier. What is not in the tables here is unknown,
and the build stops: guessing is worse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from installer.errors import UnknownLicenceError

_IDENTIFIERS = """
    0BSD AFL-2.1 Apache-2.0 BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear bzip2-1.0.6 CC0-1.0 FTL
    GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later ISC LGPL-2.0-or-later
    LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later libpng-2.0 MIT MIT-0 PSF-2.0 Python-2.0
    Sleepycat X11 Zlib Bootloader-exception GCC-exception-3.1 LicenseRef-Debian-Copyright
    LicenseRef-Microsoft-Runtime
"""
KNOWN = frozenset(_IDENTIFIERS.split())
_WORDS = {
    "MIT License": "MIT",
    "Apache 2.0": "Apache-2.0",
    "LGPLv2+": "LGPL-2.0-or-later",
    "3-Clause BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
}
_OPERATORS = frozenset({"AND", "OR", "WITH"})


def is_known(expression: str) -> bool:
    """Whether every identifier of an SPDX expression is one we know."""
    words = re.findall(r"[^\s()]+", expression)
    return bool(words) and all(word in KNOWN or word in _OPERATORS for word in words)


def licence_of(name: str, candidates: Sequence[str | None]) -> str:
    """Return the first candidate that says something we understand.

    Args:
        name: of the package, for the error.
        candidates: what its metadata says, best first.

    Raises:
        UnknownLicenceError: none of them does.
    """
    for candidate in candidates:
        expression = _WORDS.get((candidate or "").strip(), (candidate or "").strip())
        if is_known(expression):
            return expression
    said = [candidate[:60] for candidate in candidates if candidate]
    raise UnknownLicenceError([name], f"its metadata says {said or 'nothing'}")
