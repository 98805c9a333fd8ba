"""From the library to what the export takes: an item with its lines as they stand now."""

from __future__ import annotations

import logging
from pathlib import Path

from app.errors import SongshuError
from app.gui.export_plan import Exportable
from app.output.document import Document
from app.output.export import export
from app.store.library import Library

_log = logging.getLogger(__name__)


def exportable(library: Library, item_id: int) -> Exportable:
    """Give one item for the export.

    Raises:
        ItemNotFoundError: there is none.
    """
    item = library.item(item_id)
    source = Path(item.path or item.title)
    document = Document.from_lines(
        library.lines(item_id),
        title=item.title,
        source=source.name,
        duration_s=item.duration_s or item.done_s,
        created_at=item.created_at.astimezone(),  # people read the time of their own clock
        model=item.pack,
    )
    return Exportable(document=document, folder=source.parent if item.path else Path.home())


def drag_file(library: Library, item_id: int, folder: Path) -> Path | None:
    """Write an item as plain text into a folder of our own, to be dragged out as a file.

    Returns:
        The file; None if it cannot be written.
    """
    item = exportable(library, item_id)
    try:
        return export(item.document, "txt", folder, overwrite=True)
    except SongshuError as exc:
        _log.warning("no file to drag: %s", exc)
        return None
