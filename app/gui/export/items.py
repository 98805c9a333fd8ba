"""From the library to what the export takes: an item with its lines as they stand now."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from app.errors import SongshuError
from app.gui.export.plan import Exportable
from app.output.document import Document
from app.output.export import export
from app.store.library import Library
from app.store.types import Item, Line

_log = logging.getLogger(__name__)


def exportable(library: Library, item_id: int) -> Exportable:
    """Give one item for the export; its lines are read when they are needed.

    Raises:
        ItemNotFoundError: there is none.
    """
    item = library.item(item_id)
    folder = Path(item.path).parent if item.path else Path.home()
    return Exportable(
        document=_document(item, ()),
        folder=folder,
        read=lambda: _document(library.item(item_id), library.lines(item_id)),
    )


def _document(item: Item, lines: Sequence[Line]) -> Document:
    return Document.from_lines(
        lines,
        title=item.title,
        source=Path(item.path or item.title).name,
        duration_s=item.duration_s or item.done_s,
        created_at=item.created_at.astimezone(),  # people read the time of their own clock
        model=item.pack,
    )


def drag_file(library: Library, item_id: int, folder: Path) -> Path | None:
    """Write an item as plain text into a folder of our own, to be dragged out as a file.

    Returns:
        The file; None if it cannot be written.
    """
    item = exportable(library, item_id)
    try:
        return export(item.whole(), "txt", folder, overwrite=True)
    except SongshuError as exc:
        _log.warning("no file to drag: %s", exc)
        return None
