"""The library: everything that must survive, in one SQLite file.

    open (create, migrate, set a damaged file aside) -> items and lines -> search, settings, purge

One ``Library`` may be shared by all threads; each gets its own connection. Every call is one
transaction, and what it returns is a frozen record: a kill at any moment leaves either all of a
call or nothing. This file puts the parts together; items.py and lines.py hold most of the calls.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Self

from app.errors import StoreError
from app.store.drafts import DraftStore
from app.store.items import ItemStore
from app.store.lines import LineStore
from app.store.opening import prepare
from app.store.search import SearchStore

_log = logging.getLogger(__name__)


class Library(ItemStore, LineStore, DraftStore, SearchStore):
    """Queue, transcripts, edits and settings of one person.

    Attributes:
        path: the file.
        moved_aside: where a damaged file was put when this one was opened, else None. Tell the
            person: nothing was deleted, the history starts anew.
        backup: the copy that was made before the file was changed to a new format, else None.
    """

    moved_aside: Path | None = None
    backup: Path | None = None

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open the file; create it or change it to the present format if need be.

        Raises:
            StoreError: it cannot be read or written, or a later version wrote it.
        """
        prepared = prepare(Path(path))
        library = cls(Path(path))
        library.moved_aside, library.backup = prepared.moved_aside, prepared.backup
        try:
            library.finish_purge()
        except StoreError:  # it is tried again at the next start; reading may still work
            _log.exception("what was deleted could not be wiped yet")
        return library

    def get(self, key: str, default: Any = None) -> Any:
        """Give a setting, or ``default`` if it was never put."""
        with self._read() as connection:
            row = connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
            return default if row is None else json.loads(row["value"])

    def put(self, key: str, value: Any) -> None:
        """Store a setting; anything that JSON can hold."""
        text = json.dumps(value)  # ASCII: lone surrogates pass through it unharmed
        with self._write() as connection:
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, text))
