"""The tables, as a list of steps from each version to the next.

``PRAGMA user_version`` holds the number of steps that were applied. A step is never changed once it
was shipped; a new one is appended. The search index takes its text through ``search_words()`` (see
words.py), a function that each connection defines: one view and three triggers keep it in step with
the lines, whatever statement changes them. If ``search_words`` ever changes, a step that rebuilds
both indexes must be appended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Step: TypeAlias = tuple[str, ...]
INDEXES = ("item_index", "line_index")
SEARCH_VERSION = 2  # first version that has them

_TABLES: Step = (
    """CREATE TABLE item (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: a late write hits nothing
        kind TEXT NOT NULL,
        path NOT NULL,                         -- text; bytes where the name is not valid Unicode
        title TEXT NOT NULL,
        created_at TEXT NOT NULL,              -- ISO 8601, UTC
        state TEXT NOT NULL,
        position INTEGER NOT NULL,
        duration_s REAL,
        done_s REAL NOT NULL DEFAULT 0,
        language TEXT NOT NULL DEFAULT '',
        pack TEXT NOT NULL DEFAULT '',
        device TEXT NOT NULL DEFAULT '',
        rtf REAL,
        error_type TEXT NOT NULL DEFAULT '',
        error_message TEXT NOT NULL DEFAULT '',
        options TEXT NOT NULL,                 -- JSON
        deleted INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX item_by_state ON item (state, position)",
    """CREATE TABLE line (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        text TEXT NOT NULL,
        original_text TEXT NOT NULL,
        language TEXT NOT NULL,
        avg_logprob REAL NOT NULL
    )""",
    "CREATE INDEX line_by_item ON line (item_id, position)",
    "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)


def _search_index(table: str, column: str) -> Step:
    """Make a full-text index over one column, kept in step by triggers."""
    index, view = f"{table}_index", f"{table}_words"
    add = f"INSERT INTO {index} (rowid, words) VALUES (new.id, search_words(new.{column}));"
    drop = (
        f"INSERT INTO {index} ({index}, rowid, words) "
        f"VALUES ('delete', old.id, search_words(old.{column}));"
    )
    return (
        f"CREATE VIEW {view} AS SELECT id, search_words({column}) AS words FROM {table}",
        f"""CREATE VIRTUAL TABLE {index} USING fts5 (
            words, content='{view}', content_rowid='id', columnsize=0,
            tokenize='unicode61 remove_diacritics 2'
        )""",
        f"CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN {drop} END",
        f"CREATE TRIGGER {table}_changed AFTER UPDATE OF {column} ON {table} "
        f"WHEN old.{column} IS NOT new.{column} BEGIN {drop} {add} END",
        f"INSERT INTO {index} ({index}) VALUES ('rebuild')",
    )


# An item that is recognised again keeps its lines until the new ones are complete; the new ones
# lie here meanwhile, and the old ones after that, so that it can be taken back. See drafts.py.
# The columns of a line are written out again: a step must stay as it was when libraries took it.
_DRAFTS: Step = (
    """CREATE TABLE draft_line (
        item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
        line_id INTEGER,                       -- of an old line, which gets it back
        position INTEGER NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        text TEXT NOT NULL,
        original_text TEXT NOT NULL,
        language TEXT NOT NULL,
        avg_logprob REAL NOT NULL
    )""",
    "CREATE INDEX draft_line_by_item ON draft_line (item_id, position)",
    "ALTER TABLE item ADD COLUMN earlier TEXT",  # JSON: the facts before; NULL: not again
)

MIGRATIONS: Sequence[Step] = (
    _TABLES,
    _search_index("item", "title") + _search_index("line", "text"),
    _DRAFTS,
)
