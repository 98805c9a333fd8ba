"""Which keyboard this system has: one place that chooses the modules for X11, Windows, macOS.

Wayland gives no program keys of others; there the desktop's portal is asked, and typing needs a
helper program.
"""

from __future__ import annotations

import os
import sys

from app.dictation.chord import Chord
from app.dictation.keys import KeySource, OnKey, Typist
from app.errors import DictationError


def is_wayland() -> bool:
    """Whether the session is a Wayland one; XWayland's display shows only some of its windows."""
    named = os.environ.get("XDG_SESSION_TYPE", "") == "wayland"
    return sys.platform.startswith("linux") and (named or bool(os.environ.get("WAYLAND_DISPLAY")))


def open_keys(on_key: OnKey) -> KeySource:
    """Connect to the system's global shortcuts.

    Raises:
        KeyboardError: there are none.
    """
    if sys.platform == "win32":
        from app.dictation.windows_keys import WindowsKeys

        return WindowsKeys(on_key)
    if sys.platform == "darwin":
        from app.dictation.mac_keys import MacKeys

        return MacKeys(on_key)
    if is_wayland():
        from app.dictation.portal_keys import PortalKeys

        return PortalKeys(on_key)
    from app.dictation.x11_keys import X11Keys

    return X11Keys(on_key)


def try_chord(chord: Chord) -> DictationError | None:
    """Tell why a chord could not be had now; None if it could, or if nobody can tell before."""
    try:
        keys = open_keys(_ignore)
        try:
            keys.grab("try", chord)
        finally:
            keys.close()
    except DictationError as exc:
        return exc
    return None


def _ignore(name: str, down: bool) -> None:
    """Do nothing with a key that is only tried."""


def open_typist() -> Typist:
    """Connect to what types into other programs.

    Raises:
        KeyboardError: nothing can.
    """
    if sys.platform == "win32":
        from app.dictation.windows_typing import WindowsTypist

        return WindowsTypist()
    if sys.platform == "darwin":
        from app.dictation.mac_typing import MacTypist

        return MacTypist()
    if is_wayland():
        from app.dictation.wayland import WaylandTypist

        return WaylandTypist()
    from app.dictation.x11_typing import X11Typist

    return X11Typist()
