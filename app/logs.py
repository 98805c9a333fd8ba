"""Logging: a rotating file for people who look for the cause, and a file for crashes.

A log that cannot be written (read-only home, full disk) must never stop the work: then there is
none, and the program goes on.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
from pathlib import Path

from app import paths

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_MAX_BYTES = 1_000_000
_N_OLD = 3


def start(*, verbose: bool = False) -> Path | None:
    """Log to songshu.log in the user's state folder, and native crashes to crash.log.

    Args:
        verbose: write debugging lines too.

    Returns:
        The log file, or None if none can be written.
    """
    folder = paths.user_state_folder()
    logging.getLogger().setLevel(logging.DEBUG if verbose else logging.INFO)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "songshu.log"
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=_MAX_BYTES, backupCount=_N_OLD, encoding="utf-8"
        )
        handler.setFormatter(logging.Formatter(_FORMAT))
        logging.getLogger().addHandler(handler)
        faulthandler.enable((folder / "crash.log").open("ab"))
        return file
    return None
