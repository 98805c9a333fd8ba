"""Takes what people give: drops, chosen files, the command line; queues it and says so.

    paths -> FileFinder (aside) -> library -> engine
                                     └-> one sentence and one button; nothing is ever asked before

What is already in the queue is not added twice. What was recognised before is not done again
unasked: the button does it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot

from app.gui.items.drops import FileFinder, FoundFiles, read_mime
from app.gui.wording import words
from app.store.library import Library
from app.store.types import Item, JobOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What became of one drop.

    Attributes:
        items: what was queued.
        known: the newest transcript of files that were recognised before.
        n_queued: files that were in the queue already.
        found: what was found on the disk.
    """

    items: tuple[Item, ...] = ()
    known: tuple[Item, ...] = ()
    n_queued: int = 0
    found: FoundFiles


class FileIntake(QObject):
    """Queues files.

    Args:
        library: the queue.
        options: gives the settings of now.

    Signals:
        taken(Intake): files were looked at, and queued where that makes sense.
        refused(str): nothing was taken; a sentence says why.
    """

    taken = Signal(object)
    refused = Signal(str)

    def __init__(
        self, library: Library, options: Callable[[], JobOptions], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._options = options
        self._finder = FileFinder(self)
        self._finder.found.connect(self.on_found, Qt.ConnectionType.QueuedConnection)

    def take_mime(self, mime: QMimeData) -> None:
        """Take what was dropped."""
        content = read_mime(mime)
        if content.paths:
            self._finder.find(content.paths)
        elif content.remote:
            self.refused.emit(
                self.tr("Songshu works offline and opens no web addresses. Save the file first.")
            )
        else:
            self.refused.emit(self.tr("There was no file in that."))

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Take files and folders."""
        if paths:
            self._finder.find(paths)

    def add_again(self, items: Sequence[Item]) -> list[Item]:
        """Queue files although there is a transcript of them."""
        return self._library.add_files([item.path for item in items], self._options())

    def close(self) -> None:
        """Let what is running end."""
        self._finder.wait()

    @Slot(object)
    def on_found(self, found: FoundFiles) -> None:
        """Queue what was found."""
        done = self._library.finished(found.files)
        known = [done[path] for path in map(str, found.files) if path in done]
        new = [path for path in found.files if str(path) not in done]
        added = self._library.add_files(new, self._options())
        intake = Intake(
            items=tuple(added), known=tuple(known), n_queued=len(new) - len(added), found=found
        )
        self.taken.emit(intake)


def describe(intake: Intake) -> str:
    """Say in one line what became of a drop."""
    found = intake.found
    parts = []
    if n := len(intake.items):
        added = words.tr("{name} added").format(name=_short(intake.items[0].title))
        parts.append(added if n == 1 else words.tr("{n} files added").format(n=n))
    if n := len(intake.known):
        done = words.tr("{name} was recognised before")
        many = words.tr("{n} were recognised before").format(n=n)
        parts.append(done.format(name=_short(intake.known[0].title)) if n == 1 else many)
    if intake.n_queued:
        parts.append(words.tr("{n} already in the list").format(n=intake.n_queued))
    for paths, one, many in (
        (found.not_media, words.tr("{name} is no recording"), words.tr("{n} are no recordings")),
        (found.missing, words.tr("{name} is gone"), words.tr("{n} are gone")),
        (found.empty, words.tr("no recordings in {name}"), words.tr("{n} folders without any")),
    ):
        if paths:
            text = one if len(paths) == 1 else many
            parts.append(text.format(name=_short(paths[0].name), n=len(paths)))
    return " · ".join(parts) or words.tr("Nothing was found.")


def _short(name: str, longest: int = 40) -> str:
    return name if len(name) <= longest else f"{name[: longest // 2]}…{name[-longest // 2 + 1 :]}"
