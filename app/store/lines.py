"""Lines: what was recognised, and what a person made of it.

Lines of an item are numbered from 0 without gaps. A line keeps its id through every edit, so that a
view can follow it; the original text is kept beside the text. The window's undo remembers the lines
before a change and puts them back with ``replace_lines``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from app.engine.hypothesis import join_languages, join_texts
from app.errors import ItemNotFoundError, LineNotFoundError
from app.store.database import Database
from app.store.rows import clean_text, line_of
from app.store.types import NEW, Line, SegmentLike


class LineStore(Database):
    """What the library does with lines."""

    def lines(self, item_id: int) -> list[Line]:
        """List the lines of an item in order; [] if there are none, or no such item."""
        with self._read() as connection:
            return _lines(connection, item_id)

    def languages(self, item_id: int) -> list[str]:
        """List the languages of the lines of an item, in order."""
        return [line.language for line in self.lines(item_id)]

    def line(self, line_id: int) -> Line:
        """Give one line.

        Raises:
            LineNotFoundError: there is none.
        """
        with self._read() as connection:
            return self._get_line(connection, line_id)

    def add_line(self, item_id: int, segment: SegmentLike, done_s: float) -> Line | None:
        """Store a finished segment and the progress after it, in one transaction.

        Args:
            item_id: the item.
            segment: without text it only moves the progress.
            done_s: audio finished with it, in seconds.

        Returns:
            The new line, or None if the segment has no text.

        Raises:
            ItemNotFoundError: the item was deleted for good; stop working on it.
        """
        with self._write() as connection:
            cursor = connection.execute(
                "UPDATE item SET done_s = ? WHERE id = ?", (done_s, item_id)
            )
            if cursor.rowcount == 0:
                raise ItemNotFoundError(self.path, item_id)
            if not segment.text:
                return None
            text = clean_text(segment.text)
            line = Line(
                id=NEW,
                item_id=item_id,
                index=_count(connection, item_id),
                start_s=segment.start_s,
                end_s=segment.end_s,
                text=text,
                original_text=text,
                language=segment.language,
                avg_logprob=segment.avg_logprob,
                edited=False,
            )
            return _insert(connection, line)

    def edit_line(self, line_id: int, text: str, language: str | None = None) -> Line:
        """Give a line another text; the original stays.

        Args:
            line_id: the line.
            text: what it says.
            language: canonical name; None leaves it.
        """
        values = (clean_text(text), language)
        return self._change_line(line_id, "text = ?, language = coalesce(?, language)", values)

    def set_line_times(self, line_id: int, start_s: float, end_s: float) -> Line:
        """Move the start or the end of a line."""
        if not 0 <= start_s <= end_s:
            raise ValueError(f"not a span of time: {start_s} to {end_s}")
        return self._change_line(line_id, "start_s = ?, end_s = ?", (start_s, end_s))

    def revert_line(self, line_id: int) -> Line:
        """Give a line its original text again."""
        return self._change_line(line_id, "text = original_text", ())

    def revert_lines(self, item_id: int) -> list[Line]:
        """Give all lines of an item their original texts again."""
        with self._write() as connection:
            connection.execute(
                "UPDATE line SET text = original_text "
                "WHERE item_id = ? AND text IS NOT original_text",
                (item_id,),
            )
            return _lines(connection, item_id)

    def split_line(self, line_id: int, at_char: int, at_s: float) -> tuple[Line, Line]:
        """Cut a line in two; the first keeps the id.

        The original is cut too, if the text is still the original; otherwise it stays whole with
        the first line.

        Args:
            line_id: the line.
            at_char: number of characters that stay in the first line.
            at_s: where the second line starts; kept within the line.
        """
        with self._write() as connection:
            line = self._get_line(connection, line_id)
            if not 0 <= at_char <= len(line.text):
                raise ValueError(f"no place to cut: {at_char} of {len(line.text)} characters")
            at_s = min(max(at_s, line.start_s), line.end_s)
            head, tail = line.text[:at_char].rstrip(), line.text[at_char:].lstrip()
            originals = (line.original_text, "") if line.edited else (head, tail)
            first = replace(line, end_s=at_s, text=head, original_text=originals[0])
            second = replace(
                line, index=line.index + 1, start_s=at_s, text=tail, original_text=originals[1]
            )
            _shift(connection, line.item_id, after=line.index, by=1)
            _update(connection, first)
            second = _insert(connection, replace(second, id=NEW))
            return self._get_line(connection, line_id), second

    def merge_lines(self, first: int, second: int) -> Line:
        """Join a line with the one that follows it; the first keeps the id."""
        with self._write() as connection:
            a, b = self._get_line(connection, first), self._get_line(connection, second)
            if a.item_id != b.item_id or b.index != a.index + 1:
                raise ValueError(f"line {second} does not follow line {first}")
            connection.execute("DELETE FROM line WHERE id = ?", (b.id,))
            _shift(connection, a.item_id, after=b.index, by=-1)
            _update(connection, merged(a, b))
            return self._get_line(connection, first)

    def replace_lines(self, item_id: int, lines: Sequence[Line]) -> list[Line]:
        """Make these the lines of an item, in this order; ids are kept, ``NEW`` gets one.

        Only what differs is written. Undo puts back what ``lines`` gave before.

        Returns:
            The lines as they are stored; each index is its place in the sequence.
        """
        with self._write() as connection:
            if not connection.execute("SELECT 1 FROM item WHERE id = ?", (item_id,)).fetchone():
                raise ItemNotFoundError(self.path, item_id)
            stored = {line.id: line for line in _lines(connection, item_id)}
            wanted = [
                replace(line, item_id=item_id, index=index) for index, line in enumerate(lines)
            ]
            for gone in stored.keys() - {line.id for line in wanted}:
                connection.execute("DELETE FROM line WHERE id = ?", (gone,))
            for line in wanted:
                if line.id not in stored:
                    _insert(connection, line)
                elif line != stored[line.id]:
                    _update(connection, line)
            return _lines(connection, item_id)

    def _get_line(self, connection: sqlite3.Connection, line_id: int) -> Line:
        row = connection.execute("SELECT * FROM line WHERE id = ?", (line_id,)).fetchone()
        if row is None:
            raise LineNotFoundError(self.path, line_id)
        return line_of(row)

    def _change_line(self, line_id: int, assignments: str, values: tuple[object, ...]) -> Line:
        with self._write() as connection:
            connection.execute(f"UPDATE line SET {assignments} WHERE id = ?", (*values, line_id))
            return self._get_line(connection, line_id)


def merged(a: Line, b: Line) -> Line:
    """Join two neighbouring lines as their languages need."""
    n_a, n_b = len(a.text), len(b.text)
    texts = join_texts([(a.language, a.text), (b.language, b.text)])
    originals = join_texts([(a.language, a.original_text), (b.language, b.original_text)])
    logprob = (a.avg_logprob * n_a + b.avg_logprob * n_b) / (n_a + n_b) if n_a + n_b else 0.0
    return replace(
        a,
        start_s=min(a.start_s, b.start_s),
        end_s=max(a.end_s, b.end_s),
        text=texts,
        original_text=originals,
        language=join_languages([a.language, b.language]),
        avg_logprob=logprob,  # weighted by characters: the tokens are not known any more
    )


def _lines(connection: sqlite3.Connection, item_id: int) -> list[Line]:
    rows = connection.execute(
        "SELECT * FROM line WHERE item_id = ? ORDER BY position, id", (item_id,)
    )
    return [line_of(row) for row in rows]


def _count(connection: sqlite3.Connection, item_id: int) -> int:
    row = connection.execute("SELECT count(*) FROM line WHERE item_id = ?", (item_id,)).fetchone()
    return int(row[0])


def _shift(connection: sqlite3.Connection, item_id: int, *, after: int, by: int) -> None:
    connection.execute(
        "UPDATE line SET position = position + ? WHERE item_id = ? AND position > ?",
        (by, item_id, after),
    )


def _insert(connection: sqlite3.Connection, line: Line) -> Line:
    cursor = connection.execute(
        "INSERT INTO line (item_id, position, start_s, end_s, text, original_text, language, "
        "avg_logprob, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*_values(line), None if line.id == NEW else line.id),
    )
    assert cursor.lastrowid is not None
    return replace(line, id=cursor.lastrowid, edited=line.text != line.original_text)


def _update(connection: sqlite3.Connection, line: Line) -> None:
    connection.execute(
        "UPDATE line SET item_id = ?, position = ?, start_s = ?, end_s = ?, text = ?, "
        "original_text = ?, language = ?, avg_logprob = ? WHERE id = ?",
        (*_values(line), line.id),
    )


def _values(line: Line) -> tuple[object, ...]:
    return (
        line.item_id,
        line.index,
        line.start_s,
        line.end_s,
        clean_text(line.text),
        clean_text(line.original_text),
        line.language,
        line.avg_logprob,
    )
