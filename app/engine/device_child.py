"""A process that may die: drivers are loaded there first, and what it finds comes back as lines.

    Songshu --device-child cards                  -> {"cards": [...]}
    Songshu --device-child test DEVICE PACK N     -> {"stage": ...} …, {"outcome": ..., ...}

Parent: ``run_child`` starts it, reads its lines, and ends it when it says nothing for too long.
Child: ``main``. It writes no log and reports no crash, for its end is an answer, and it ends when
its parent does. Drivers write to standard output too: only marked lines count, and each begins anew
after whatever a driver has written.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, TypeAlias

from app import paths

OPTION = "--device-child"
MARK = "songshu-device:"
_END_S = 5.0  # for a killed process; one that hangs in the kernel's driver stays
MOST_SILENCES = 3
_ACTIVE_SHARE = 0.01  # of a core; a process that waits takes less, one of twenty that compete more
_KEPT_LINES = 5  # of what it writes besides, for the log

Message: TypeAlias = Mapping[str, Any]
OnMessage: TypeAlias = Callable[[Message], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildEnd:
    """How a child ended.

    Attributes:
        messages: what it said, in order.
        exit_code: None if it was ended because it hung, or was told to.
        noise: the last lines that it or a driver wrote besides.
        has_begun: whether the system could start it; noise says why not.
    """

    messages: tuple[Message, ...] = ()
    exit_code: int | None = None
    noise: tuple[str, ...] = ()
    has_begun: bool = True

    def answer(self, key: str) -> Any:
        """Give what it said last under a key; None if it did not."""
        return next((m[key] for m in reversed(self.messages) if key in m), None)


@dataclass(slots=True)
class Stop:
    """Ends a child from another thread."""

    _event: threading.Event = field(default_factory=threading.Event)
    _child: subprocess.Popen[str] | None = None

    @property
    def is_set(self) -> bool:
        """Whether no child is wanted any more."""
        return self._event.is_set()

    def set(self) -> None:
        """End the child that runs, and every one that would be started."""
        self._event.set()
        if (child := self._child) is not None:
            child.kill()

    def watch(self, child: subprocess.Popen[str] | None) -> None:
        """Take the child that runs now."""
        self._child = child
        if child is not None and self.is_set:
            child.kill()


def own_command() -> list[str]:
    """How this program is started again, as a child."""
    program = [sys.executable] if paths.is_frozen() else [sys.executable, "-m", "app"]
    return [*program, OPTION]


def run_child(
    command: Sequence[str], *, silence_s: float, stop: Stop, on_message: OnMessage | None = None
) -> ChildEnd:
    """Run a child to its end.

    Args:
        command: starts it.
        silence_s: it hangs if it neither says nor computes anything for so long, or computes
            ``MOST_SILENCES`` times as long without a word. So a driver that translates shaders on
            a busy computer has its time, and one that waits for its card for ever has not.
        stop: ends it earlier.
        on_message: is told what it says at once.
    """
    try:
        child = _start(command)
    except OSError as exc:
        return ChildEnd(noise=(str(exc),), has_begun=False)
    stop.watch(child)
    reader = _Reader(child, on_message)
    try:
        has_ended = reader.read(_Patience(child.pid, silence_s)) and _has_ended(child)
    finally:
        stop.watch(None)
        child.kill()
        _has_ended(child)
        _close(child)
    exit_code = child.poll() if has_ended and not stop.is_set else None
    return ChildEnd(messages=tuple(reader.messages), exit_code=exit_code, noise=tuple(reader.noise))


def _start(command: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=paths.bundle_folder(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        start_new_session=True,  # Ctrl-C in a terminal is for us: in the child it would be a crash
    )


class _Patience:
    """Tells a child that hangs from one that works.

    Args:
        process_id: of the child.
        silence_s: see ``run_child``.
    """

    def __init__(self, process_id: int, silence_s: float) -> None:
        self._process_id = process_id
        self._silence_s = silence_s
        self.pause_s = min(1.0, silence_s / 5)
        self.begin()

    def begin(self) -> None:
        """Begin anew: it has said something."""
        self._active_at = self._asked_at = time.monotonic()
        self._begun_at_cpu_s = self._last_cpu_s = self._cpu_s()

    def is_over(self) -> bool:
        """Ask now and then whether it hangs."""
        now, cpu_s = time.monotonic(), self._cpu_s()
        if cpu_s - self._last_cpu_s > _ACTIVE_SHARE * (now - self._asked_at):
            self._active_at = now
        self._asked_at, self._last_cpu_s = now, cpu_s
        if cpu_s - self._begun_at_cpu_s > MOST_SILENCES * self._silence_s:
            return True
        return now - self._active_at > self._silence_s

    def _cpu_s(self) -> float:
        """Give the processor seconds that the child has had; 0 once it is gone."""
        import psutil  # 20 ms that a window which opens need not wait for

        try:
            times = psutil.Process(self._process_id).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)


class _Reader:
    """Reads a child's lines in a thread of its own, for a read cannot be given a limit."""

    def __init__(self, child: subprocess.Popen[str], on_message: OnMessage | None) -> None:
        self.messages: list[Message] = []
        self.noise: list[str] = []
        self._on_message = on_message
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        assert child.stdout is not None
        args = (child.stdout, self._lines)
        threading.Thread(target=_pump, args=args, name="device child", daemon=True).start()

    def read(self, patience: _Patience) -> bool:
        """Take messages until the child ends; False if it hangs."""
        while True:
            try:
                line = self._lines.get(timeout=patience.pause_s)
            except queue.Empty:
                if patience.is_over():
                    return False
                continue
            if line is None:
                return True
            patience.begin()
            self._take(line)

    def _take(self, line: str) -> None:
        message = _message_of(line)
        if message is None:
            self.noise = [*self.noise, *filter(None, [line.rstrip()])][-_KEPT_LINES:]
            return
        self.messages.append(message)
        if self._on_message is not None:
            self._on_message(message)


def _message_of(line: str) -> Message | None:
    """Read a marked line; None if it is none, or was cut off when the child died."""
    if not line.startswith(MARK):
        return None
    try:
        message: Message = json.loads(line.removeprefix(MARK))
    except ValueError:
        return None
    return message


def _pump(stream: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    with contextlib.suppress(ValueError, OSError):  # closed while it was read
        for line in stream:
            lines.put(line)
    lines.put(None)


def _has_ended(child: subprocess.Popen[str]) -> bool:
    try:
        child.wait(_END_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _close(child: subprocess.Popen[str]) -> None:
    for stream in (child.stdin, child.stdout):
        with contextlib.suppress(OSError):
            if stream is not None and child.poll() is not None:
                stream.close()


def say(**message: object) -> None:
    """Tell the parent something."""
    sys.__stdout__.write(f"\n{MARK}{json.dumps(message)}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def main(arguments: Sequence[str]) -> int:
    """Be the child.

    Args:
        arguments: after the option: what to do.
    """
    _die_quietly()
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    if arguments[:1] == ["cards"]:
        from app.engine.device_trial import find_cards

        say(cards=[card.to_json() for card in find_cards()])
        return 0
    from app.engine.device_trial import run_trial

    _, device, pack, n_threads = arguments
    steps = run_trial(device, pack, int(n_threads) or None, lambda step: say(step=step))
    for message in steps:
        say(**message)
    return 0


def _die_quietly() -> None:
    """Leave no core file and no question of the system's behind."""
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002)  # no dialogs for faults and crashes
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_parent() -> None:
    """End when the parent does: its end of our standard input is closed then."""
    for _line in _lines_of(sys.__stdin__):
        pass
    os._exit(1)


def _lines_of(stream: IO[str] | None) -> Iterator[str]:
    yield from stream or ()
