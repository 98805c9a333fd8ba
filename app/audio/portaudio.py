"""The one place that loads PortAudio, and knows when its list of devices may be read anew.

PortAudio looks for devices only when it is initialised, and ending it closes every open stream of
the process (a player would fall silent, a recording would lose its microphone). So every stream is
opened and closed here, and ``refresh`` looks anew only while none is open; otherwise the old list
stays until the next time. It also frees the list: whoever reads it does so within ``devices``.
``sounddevice`` is imported on first use: it loads the library, which asks every device and may be
missing.

Initialising is counted by PortAudio; ``sounddevice`` counts too, so one end and one start suffice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_log = logging.getLogger(__name__)
_lock = threading.RLock()  # PortAudio's open, close and initialise are not safe in two threads
_streams: set[int] = set()  # id() of open streams


class PortAudioMissingError(Exception):
    """The library cannot be loaded; the callers turn this into their own error."""


def load() -> Any:
    """Return the module ``sounddevice``.

    Raises:
        PortAudioMissingError: it, or the PortAudio library, cannot be loaded.
    """
    with _lock:
        try:
            import sounddevice
        except Exception as exc:  # no library, or it fails: its own error class is not there yet
            raise PortAudioMissingError(f"PortAudio cannot be loaded ({exc})") from exc
        return sounddevice


def open_stream(make: Callable[[], Any]) -> Any:
    """Open a stream and count it.

    Args:
        make: opens and returns it; PortAudio's errors pass through.
    """
    with _lock:
        stream = make()
        _streams.add(id(stream))
        return stream


def close_stream(stream: Any) -> None:
    """Close a stream; one that was opened elsewhere is closed too."""
    with _lock:
        try:
            stream.close(ignore_errors=True)
        finally:
            _streams.discard(id(stream))


def refresh() -> bool:
    """Look for devices that came or went; False if an open stream forbids it.

    Raises:
        PortAudioMissingError: there is no PortAudio.
    """
    sounddevice = load()
    with _lock:
        if _streams:
            return False
        try:
            sounddevice._terminate()
        except sounddevice.PortAudioError as exc:  # it was not initialised: an earlier start failed
            _log.info("PortAudio: %s", exc)
        try:
            sounddevice._initialize()
        except sounddevice.PortAudioError as exc:
            raise PortAudioMissingError(reason(exc)) from exc
        return True


@contextmanager
def devices(*, fresh: bool = False) -> Iterator[Any]:
    """Give the module ``sounddevice`` to read the list of devices; nobody looks anew meanwhile.

    Args:
        fresh: look for devices that came or went before, unless an open stream forbids it.

    Raises:
        PortAudioMissingError: there is no PortAudio, or it cannot tell.
    """
    with _lock:
        sounddevice = load()
        if fresh:
            refresh()
        try:
            yield sounddevice
        except sounddevice.PortAudioError as exc:
            raise PortAudioMissingError(reason(exc)) from exc


def reason(exc: Exception) -> str:
    """Say in few words what PortAudio complains about; the whole goes to the log."""
    _log.warning("sound device: %s", exc)
    text = str(exc.args[0]) if exc.args else str(exc)
    return text.strip().rstrip(".") or "there is no sound device"
