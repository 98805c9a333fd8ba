"""What a native crash of the last run left behind, to be shown at the next start.

faulthandler appends to crash.log (see app.logs). A file that holds something is a crash that nobody
has seen yet: it is read, kept beside as crash.old.log, and emptied.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from app import paths

_MAX_CHARS = 20_000  # the last crash stands at the end


def take_crash_report(folder: Path | None = None) -> str:
    """Read and put away the report of a crash; "" if there was none."""
    file = (folder or paths.user_state_folder()) / "crash.log"
    with contextlib.suppress(OSError):
        text = file.read_text(encoding="utf-8", errors="replace").strip()
        if text:
            file.with_name("crash.old.log").write_text(text, encoding="utf-8")
            with file.open("r+b") as stream:
                stream.truncate(0)
        return text[-_MAX_CHARS:]
    return ""
