"""The test's side of ``rig.py``, and the other programs that are dictated into."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from tests.desktop.screen import Screen
from tests.packs import ROOT
from tests.waiting import wait_for

WAIT_S = 30.0  # reached only when something is broken
_ENTRY = """
wm title . "Other program"
entry .e -width 70 -textvariable text
pack .e
set out [lindex $argv 0]
proc save {args} {
    global out text
    set file [open $out.new w]
    fconfigure $file -encoding utf-8
    puts -nonewline $file $text
    close $file
    file rename -force $out.new $out
}
trace add variable text write save
bind .e <KeyPress> { puts "press %K"; flush stdout }
bind .e <FocusOut> { puts "focus lost %d"; flush stdout }
save
focus -force .e
"""


class Rig:
    """The running service.

    Args:
        screen: where.
        folder: for its library.
        options: of dictation, as JSON.
    """

    def __init__(self, screen: Screen, folder: Path, **options: Any) -> None:
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.seen: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.gui.dictation.rig", str(folder), json.dumps(options)],
            cwd=ROOT,
            env={**screen.env, "XDG_SESSION_TYPE": "x11"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.grabbed = self.wait("grabbed")["grabbed"]

    def do(self, **command: Any) -> None:
        """Send one command."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def wait(self, name: str, value: object = None) -> dict[str, Any]:
        """Wait for the next event with a name, and a value if one is given.

        Raises:
            TimeoutError: it did not come.
        """
        while True:
            try:
                event = self._events.get(timeout=WAIT_S)
            except queue.Empty:
                raise TimeoutError(f"no {name} {value}; seen: {self.seen}") from None
            assert event is not None, f"the rig has ended; seen: {self.seen}"
            self.seen.append(event)
            if name in event and value in (None, event[name]):
                return event

    def ask(self, command: str, answer: str) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self.do(**{command: True})
        return self.wait(answer)

    def names(self) -> list[str]:
        """What happened up to now, by name."""
        return [next(iter(event)) for event in self.seen]

    def close(self) -> None:
        """End it; it must end well."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        code = self._process.wait(WAIT_S)
        self._thread.join(WAIT_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
        assert code == 0

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._events.put(json.loads(line))
        self._events.put(None)


class OtherProgram:
    """A program with a text field: Tk's entry, or a terminal.

    Args:
        screen: where.
        title: of its window.
        command: starts it.
    """

    def __init__(self, screen: Screen, title: str, command: list[str], out: Path) -> None:
        self._screen = screen
        self._out = out
        self._log = out.with_suffix(".log").open("w")
        self._process = subprocess.Popen(command, env=screen.env, stdout=self._log)
        self.window = screen.window(title)
        screen.xdotool("windowactivate", "--sync", self.window)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def text(self) -> str:
        """What stands in it."""
        return self._out.read_text(encoding="utf-8") if self._out.exists() else ""

    @property
    def events(self) -> list[str]:
        """Keys it got, and whether it lost the focus."""
        return self._out.with_suffix(".log").read_text().splitlines()

    def wait_for_text(self, text: str) -> None:
        """Wait until it shows a text."""
        with suppress(TimeoutError):
            wait_for(lambda: self.text == text, text, WAIT_S)
        found = self.text
        assert found == text, f"{found!r} instead of {text!r}"

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let it hang for a while."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(WAIT_S)
        self._log.close()


def entry(screen: Screen, folder: Path) -> OtherProgram:
    """Open Tk's entry."""
    script = folder / "entry.tcl"
    script.write_text(_ENTRY, encoding="utf-8")
    out = folder / "entry.txt"
    program = OtherProgram(screen, "Other program", ["wish", str(script), str(out)], out)
    wait_for(lambda: out.exists(), "the entry")
    return program


def qt_field(screen: Screen, folder: Path) -> OtherProgram:
    """Open Qt's line edit, which answers pings as GTK's does."""
    out = folder / "qt.txt"
    command = [sys.executable, str(Path(__file__).with_name("qt_field.py")), str(out)]
    return OtherProgram(screen, "A field of Qt", command, out)


def terminal(screen: Screen, folder: Path) -> OtherProgram:
    """Open a terminal that shows what is typed, and writes each line to a file."""
    out = folder / "terminal.txt"
    shell = f'while IFS= read -r line; do printf "%s\\n" "$line" >>"{out}"; done'
    command = ["xterm", "-u8", "-title", "A terminal", "-e", "bash", "-c", shell]
    return OtherProgram(screen, "A terminal", command, out)


class Clipboard:
    """What another program puts on the clipboard, and reads from it."""

    def __init__(self, screen: Screen) -> None:
        self._env = screen.env

    def put(self, text: str, selection: str = "clipboard") -> None:
        """Copy a text."""
        command = ["xclip", "-selection", selection, "-in"]
        subprocess.run(
            command, input=text.encode(), env=self._env, check=True, stdout=subprocess.DEVNULL
        )

    def get(self, selection: str = "clipboard") -> str:
        """Read the text."""
        command = ["xclip", "-selection", selection, "-out"]
        done = subprocess.run(command, env=self._env, capture_output=True, check=False)
        return done.stdout.decode()


def focus(screen: Screen) -> str:
    """Give the window that has the focus."""
    return screen.xdotool("getwindowfocus")
