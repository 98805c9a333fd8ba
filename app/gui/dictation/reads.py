"""Who reads the clipboard: the window of each program that asks for what we put there.

Only this tells a paste that arrived from a clipboard manager that copies everything. On X11 each
request names the asking window (XCB_SELECTION_REQUEST); Qt does not pass that on, so we look at the
raw event before Qt serves it. On Windows the window that has the clipboard open is asked for at the
moment of the read. macOS does not tell; there any read counts.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractNativeEventFilter,
    QByteArray,
    QCoreApplication,
    QMetaType,
    QMimeData,
)
from PySide6.QtGui import QGuiApplication

OnRead = Callable[[int | None], None]  # the asking window; None if the system does not tell
_SELECTION_REQUEST = 30
TEXT = "text/plain"
# Asks clipboard managers not to keep what is only passing through: KDE's Klipper, Windows' history.
_PASSING = {
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"\1",
}


class _Request(ctypes.Structure):
    """``xcb_selection_request_event_t``."""

    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("pad0", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("time", ctypes.c_uint32),
        ("owner", ctypes.c_uint32),
        ("requestor", ctypes.c_uint32),
        ("selection", ctypes.c_uint32),
        ("target", ctypes.c_uint32),
        ("property", ctypes.c_uint32),
    )


class RequestWatch(QAbstractNativeEventFilter):
    """Tells each window that asks for a selection of ours; X11.

    Args:
        on_read: called before Qt answers.
    """

    def __init__(self, on_read: OnRead) -> None:
        super().__init__()
        self._on_read = on_read

    def nativeEventFilter(  # noqa: N802
        self, event_type: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> tuple[bool, int]:
        """Look at an event, and leave it to Qt."""
        if event_type == b"xcb_generic_event_t":
            request = _Request.from_address(int(message))
            if request.response_type & 0x7F == _SELECTION_REQUEST:
                self._on_read(int(request.requestor))
        return False, 0


class LentText(QMimeData):
    """A text that tells when it is read; Windows and macOS.

    Args:
        text: what is lent.
        on_read: called for each read.
    """

    def __init__(self, text: str, on_read: OnRead) -> None:
        super().__init__()
        self._text = text
        self._on_read = on_read

    def formats(self) -> list[str]:
        """Name the formats."""
        return [TEXT, *_PASSING]

    def hasFormat(self, mimetype: str) -> bool:  # noqa: N802
        """Tell whether there is a format."""
        return mimetype in self.formats()

    def retrieveData(self, mimetype: str, preferredType: QMetaType | QMetaType.Type) -> Any:  # noqa: N802, N803
        """Give the text to whoever reads it."""
        if mimetype == TEXT:
            self._on_read(_reader())
            return self._text
        data = _PASSING.get(mimetype)
        return None if data is None else QByteArray(data)


class ReadWatch:
    """Lends texts and tells who reads them.

    Args:
        on_read: told each asking window.
    """

    def __init__(self, on_read: OnRead) -> None:
        self._on_read = on_read
        self._filter: RequestWatch | None = None

    def lend(self, text: str) -> QMimeData:
        """Give a text for the clipboard; from now on reads are told."""
        if QGuiApplication.platformName() != "xcb":
            return LentText(text, self._on_read)
        if self._filter is None:
            self._filter = RequestWatch(self._on_read)
            _application().installNativeEventFilter(self._filter)
        mime = QMimeData()
        mime.setText(text)
        for name, data in _PASSING.items():
            mime.setData(name, QByteArray(data))
        return mime

    def end(self) -> None:
        """Tell no more."""
        if self._filter is not None:
            _application().removeNativeEventFilter(self._filter)
            self._filter = None


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    assert application is not None
    return application


def _reader() -> int | None:
    """Give the window that has the clipboard open, where the system tells."""
    if sys.platform == "win32":
        return int(ctypes.windll.user32.GetOpenClipboardWindow() or 0)
    return None
