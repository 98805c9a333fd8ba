"""The terminal: text out in UTF-8, and one progress line that never mixes with it.

stdout carries results, stderr everything else. The progress line is drawn on stderr, only if that
is a terminal. There need not be any stream at all (a program started without a console).
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
import unicodedata
from collections.abc import Callable
from shutil import get_terminal_size
from typing import TextIO

REDRAW_S = 0.1  # as often as a person can read
BAR_COLUMNS = 20
LABEL_COLUMNS = 32  # leaves room for the bar on 80 columns


class Terminal:
    """Both output streams of the process, or of a test.

    Args:
        out: for results; None drops them.
        err: for messages and progress; None drops them.
    """

    def __init__(self, out: TextIO | None, err: TextIO | None) -> None:
        self._out = out
        self._err = err
        self._line_columns = 0
        self.out_is_terminal = out is not None and out.isatty()
        self.err_is_terminal = err is not None and err.isatty()

    def write(self, text: str) -> None:
        """Write a result; a progress line on the same screen makes room for it.

        Raises:
            BrokenPipeError: the reader has gone.
        """
        if self._out is None:
            return
        if self.out_is_terminal:
            self.clear_progress()
        self._out.write(text)
        self._out.flush()

    def message(self, text: str) -> None:
        """Write a line for a person to stderr."""
        if self._err is not None:
            self.clear_progress()
            self._err.write(f"{text}\n")
            self._err.flush()

    def draw_progress(self, line: str) -> None:
        """Replace the progress line."""
        if self._err is None or not self.err_is_terminal:
            return
        line = cut_to_columns(line, get_terminal_size().columns - 1)
        n_columns = count_columns(line)
        self._err.write(f"\r{line}{' ' * max(0, self._line_columns - n_columns)}")
        self._err.flush()
        self._line_columns = n_columns

    def clear_progress(self) -> None:
        """Remove the progress line."""
        if self._line_columns and self._err is not None:
            self._err.write(f"\r{' ' * self._line_columns}\r")
            self._err.flush()
            self._line_columns = 0


class ProgressLine:
    """How far one source is, and how long it will still take.

    Args:
        terminal: where to draw.
        label: what is being worked on.
        duration_s: length of the source in seconds, None if unknown.
        clock: seconds of a clock that never jumps.
    """

    def __init__(
        self,
        terminal: Terminal,
        label: str,
        duration_s: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._terminal = terminal
        self._label = shorten(label, LABEL_COLUMNS)
        self._duration_s = duration_s
        self._clock = clock
        self._started_s = clock()
        self._drawn_s = float("-inf")
        self._done_s = 0.0

    def advance(self, done_s: float) -> None:
        """Note how much audio is finished, and redraw."""
        self._done_s = done_s
        self._draw("")

    def show(self, text: str) -> None:
        """Redraw with the end of the text that is being recognised, not too often."""
        if self._clock() - self._drawn_s >= REDRAW_S:
            self._draw(text)

    def _draw(self, text: str) -> None:
        self._drawn_s = self._clock()
        line = self._status()
        n_free = get_terminal_size().columns - 3 - count_columns(line)
        tail = cut_to_columns(text[::-1], max(0, n_free))[::-1]
        self._terminal.draw_progress(f"{line}  {tail}" if tail else line)

    def _status(self) -> str:
        if not self._duration_s:
            return f"{self._label}  {format_time(self._done_s)} done"
        share = min(1.0, self._done_s / self._duration_s)
        bar = "#" * round(share * BAR_COLUMNS)
        return f"{self._label}  [{bar:·<{BAR_COLUMNS}}] {share:4.0%}  {self._time_left(share)}"

    def _time_left(self, share: float) -> str:
        if not share:
            return "…"
        left_s = (self._clock() - self._started_s) * (1 - share) / share
        return f"{format_time(left_s)} left"


def standard_terminal() -> Terminal:
    """Return the process's own streams, as UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return Terminal(sys.stdout, sys.stderr)


def forget_stdout() -> None:
    """Let what Python still flushes at exit vanish, after the reader of a pipe has gone."""
    with contextlib.suppress(AttributeError, OSError):  # there is none, or it is no file
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)


def format_time(time_s: float) -> str:
    """Return minutes and seconds, with hours if there are any."""
    minutes, seconds = divmod(round(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def count_columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(_columns(character) for character in text)


def cut_to_columns(text: str, n_columns: int) -> str:
    """Return as much of a text as fits, without control characters."""
    kept = ""
    for character in text:
        n_columns -= _columns(character)
        if n_columns < 0:
            break
        kept += character if character.isprintable() else " "
    return kept


def shorten(text: str, n_columns: int) -> str:
    """Return a text that fits, a long one without its middle: the ends tell files apart."""
    if count_columns(text) <= n_columns:
        return text
    half = n_columns // 2
    return f"{cut_to_columns(text, half - 1)}…{cut_to_columns(text[::-1], half)[::-1]}"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
