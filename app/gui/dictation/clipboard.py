"""The clipboard as a loan: what lies there is copied, replaced by our text, and put back later.

Nothing is put back if somebody has copied something else meanwhile. Of a picture only one format is
copied: programs offer the same picture in up to ten, each made when it is asked for. A program that
is slow to give its formats may cost some of them, text first, but never hold us up for long.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import time
from collections.abc import Sequence

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QClipboard, QGuiApplication

from app import paths
from app.gui.dictation.reads import ReadWatch

Mode = QClipboard.Mode
_log = logging.getLogger(__name__)
_COPY_S = 0.3  # for all formats together
_PROGRAM_S = 1.0  # a compositor answers at once, or not at all
_PICTURES = ("image/png", "image/jpeg", "image/bmp", "image/tiff")


class ClipboardLoan:
    """Puts one text on the clipboard for a while.

    Args:
        watch: tells who reads it.
        program_s: how long a program may take that copies for us.
    """

    def __init__(self, watch: ReadWatch, *, program_s: float = _PROGRAM_S) -> None:
        self._watch = watch
        self._program_s = program_s
        self._saved: dict[Mode, QMimeData] = {}

    def lend(self, text: str, *, selection_too: bool = False) -> bool:
        """Put a text there.

        Args:
            text: what.
            selection_too: also as X11's primary selection, which terminals paste.

        Returns:
            Whether it lies there. The system refuses if another program has copied something at
            this moment; try again a little later.
        """
        clipboard = QGuiApplication.clipboard()
        modes = [Mode.Clipboard]
        if selection_too and clipboard.supportsSelection():
            modes.append(Mode.Selection)
        self._saved = {mode: _copy(clipboard.mimeData(mode)) for mode in modes}
        for mode in modes:
            clipboard.setMimeData(self._watch.lend(text), mode)
        return all(_is_ours(clipboard, mode) for mode in modes)

    def give_back(self) -> None:
        """Put back what was there."""
        self._watch.end()
        clipboard = QGuiApplication.clipboard()
        for mode, saved in self._saved.items():
            if not _is_ours(clipboard, mode):
                continue
            if saved.formats():
                clipboard.setMimeData(saved, mode)
            else:
                clipboard.clear(mode)
        self._saved = {}

    def leave(self, text: str) -> None:
        """Let a text lie there for good, as if the person had copied it."""
        self._watch.end()
        self._saved.pop(Mode.Clipboard, None)
        self.give_back()
        if QGuiApplication.platformName() == "wayland" and shutil.which("wl-copy"):
            _copy_by_program(text, self._program_s)
        QGuiApplication.clipboard().setText(text)


def _copy_by_program(text: str, patience_s: float) -> None:
    """Without the focus Wayland takes no selection from us, but from this program."""
    environment = paths.child_environment()
    command, content = ["wl-copy"], text.encode()
    try:
        subprocess.run(command, input=content, env=environment, check=True, timeout=patience_s)
    except (OSError, subprocess.SubprocessError) as exc:
        _log.warning("the text was not copied by wl-copy: %s", exc)


def _is_ours(clipboard: QClipboard, mode: Mode) -> bool:
    if QGuiApplication.platformName() == "offscreen":
        return True  # without a screen there are no other programs, and no owner is kept
    return clipboard.ownsClipboard() if mode is Mode.Clipboard else clipboard.ownsSelection()


def _copy(mime: QMimeData | None) -> QMimeData:
    """Copy the data of all formats out of the program that has them."""
    copy = QMimeData()
    if mime is None:
        return copy
    deadline = time.monotonic() + _COPY_S
    if mime.hasText():
        copy.setText(mime.text())
    for name in _without_doubles(mime.formats()):
        if time.monotonic() > deadline:
            _log.info("the clipboard is slow; %s is not put back", name)
        elif name not in copy.formats():
            copy.setData(name, mime.data(name))
    return copy


def _without_doubles(formats: Sequence[str]) -> list[str]:
    """Leave one format for a picture."""
    pictures = [name for name in formats if name.startswith("image/")]
    best = next((name for name in _PICTURES if name in pictures), "".join(pictures[:1]))
    return [name for name in formats if not name.startswith("image/") or name == best]
