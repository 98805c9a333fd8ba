"""PulseAudio, and PipeWire in its place: the microphones that a Linux desktop really has.

PortAudio sees only one ALSA device called "pulse" or "default" behind which the sound server hides
all others. The server's own list has each by name, also the monitors: what a loudspeaker plays. It
comes from ``pactl`` (in the package pulseaudio-utils, part of every common desktop), fresh at each
call, whether streams are open or not. ALSA's plugin connects to the source that the variable
PULSE_SOURCE names; ``chosen`` sets it for the moment in which a stream is opened. PipeWire's own
plugin for ALSA has other variables for the same. (Tried by hand with PipeWire 0.3.65, through its
PulseAudio server and through its plugin: the chosen source is recorded, monitors and unplugging
work. The tests have PulseAudio 16.1.)

When a microphone is unplugged, the server moves the stream to another one without a word
(measured, PulseAudio 16.1), so ``Watcher`` listens to the server's events, and the recorder can say
so. Without pactl or server all of this answers "nothing there", never with an error.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app import paths

API = "PulseAudio"
ALSA_NAMES = ("pulse", "pipewire", "default")  # ALSA's ways to the server, the surest first
MONITOR = ".monitor"  # ends the name of what a sink plays
LOCALE = "C.UTF-8"  # elsewhere pactl's JSON has decimal commas, which are no JSON
TIMEOUT_S = 3.0  # an answer takes 5-50 ms; a server that hangs must not hold up a window
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that can be recorded.

    Attributes:
        name: the server's own, unique and the same after a restart.
        description: for people.
        rate: Hz.
        is_monitor: whether it is what a loudspeaker plays.
    """

    name: str
    description: str
    channels: int
    rate: int
    is_monitor: bool


def sources() -> list[Source]:
    """Return what can be recorded now; nothing without a server."""
    found = _ask("list", "sources")
    return [_source(item) for item in found] if isinstance(found, list) else []


def default_name() -> str:
    """Return the name of the default source, "" if there is none."""
    found = _ask("info")
    name = found.get("default_source_name", "") if isinstance(found, dict) else ""
    return str(name or "")


@contextmanager
def chosen(name: str) -> Iterator[None]:
    """Let ALSA's plugin connect to one source; under ``portaudio``'s lock, one at a time."""
    wanted = {"PULSE_SOURCE": name, "PIPEWIRE_NODE": name.removesuffix(MONITOR)}
    if name.endswith(MONITOR):  # PipeWire has no source for it: it is asked for the sink's sound
        wanted["PIPEWIRE_ALSA"] = "{ stream.capture.sink = true }"
    before = {key: os.environ.get(key) for key in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value


class Watcher:
    """Calls a function whenever sources come, go or change.

    Args:
        on_change: called in the watcher's own thread.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._child: subprocess.Popen[str] | None = None
        self._is_closed = False
        try:
            self._child = subprocess.Popen(
                [*_until_we_end(), "pactl", "subscribe"],
                env=paths.child_environment(LC_ALL=LOCALE),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        except OSError as exc:
            _log.info("no events from the sound server: %s", exc)
            return
        self._thread = threading.Thread(target=self._run, name="pulse-watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop calling; may be called from ``on_change``."""
        self._is_closed = True
        if self._child is not None:
            self._child.terminate()
            if threading.current_thread() is not self._thread:
                self._thread.join(TIMEOUT_S)

    def _run(self) -> None:
        assert self._child is not None
        assert self._child.stdout is not None
        with self._child.stdout as lines:
            for line in lines:
                if "source #" in line and not self._is_closed:  # "Event 'remove' on source #3"
                    self._on_change()
        self._child.wait()
        if not self._is_closed:
            self._on_change()  # the server itself is gone


def _until_we_end() -> list[str]:
    """Return what lets a program end with us: pactl does not mind that nobody reads it any more."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


def _ask(*words: str) -> Any:
    """Return pactl's answer, None if there is none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        answer = subprocess.run(
            ["pactl", "-f", "json", *words],
            env=paths.child_environment(LC_ALL=LOCALE),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )
        return json.loads(answer.stdout.decode("utf-8", "replace"))
    except (OSError, subprocess.SubprocessError, ValueError) as exc:
        _log.info("the sound server does not answer: %s", exc)
        return None


def _source(item: dict[str, Any]) -> Source:
    specification = str(item.get("sample_specification", ""))  # "float32le 2ch 48000Hz"
    words = {word.strip("0123456789"): word for word in specification.split()}
    return Source(
        name=str(item.get("name", "")),
        description=str(item.get("description") or item.get("name", "")),
        channels=_number(words.get("ch", ""), 1),
        rate=_number(words.get("Hz", ""), 48_000),
        is_monitor=_is_monitor(item),
    )


def _is_monitor(item: dict[str, Any]) -> bool:
    kind = item.get("properties", {}).get("device.class", "")
    return kind == "monitor" or str(item.get("name", "")).endswith(MONITOR)


def _number(word: str, default: int) -> int:
    digits = word.rstrip("chHz")
    return int(digits) if digits.isdigit() and int(digits) > 0 else default
