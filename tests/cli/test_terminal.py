"""The terminal: results and progress never mix, and need not be there at all."""

from __future__ import annotations

import io

import pytest

from app.cli.terminal import (
    ProgressLine,
    Terminal,
    count_columns,
    cut_to_columns,
    format_time,
    shorten,
)
from tests.cli.fakes import FakeScreen, GonePipe


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


class FakeClock:
    def __init__(self) -> None:
        self.time_s = 0.0

    def __call__(self) -> float:
        return self.time_s


def drawn(screen: io.StringIO) -> str:
    """Return the last progress line that was drawn."""
    return screen.getvalue().rsplit("\r", 1)[-1].rstrip()


def test_write_without_streams_does_nothing() -> None:
    terminal = Terminal(None, None)
    terminal.write("a")
    terminal.message("b")
    terminal.draw_progress("c")
    terminal.clear_progress()


def test_write_clears_the_progress_line_on_a_screen() -> None:
    out, err = FakeScreen(), FakeScreen()
    terminal = Terminal(out, err)
    terminal.draw_progress("50 %")
    terminal.write("text\n")
    assert err.getvalue() == "\r50 %\r    \r"
    assert out.getvalue() == "text\n"


def test_write_into_a_gone_pipe_says_so() -> None:
    with pytest.raises(BrokenPipeError):
        Terminal(GonePipe(), None).write("a")


def test_message_clears_the_progress_line() -> None:
    err = FakeScreen()
    terminal = Terminal(None, err)
    terminal.draw_progress("50 %")
    terminal.message("warning")
    assert err.getvalue().endswith("\r    \rwarning\n")


def test_progress_is_only_for_terminals() -> None:
    err = io.StringIO()
    progress = ProgressLine(Terminal(None, err), "a.wav", 10.0)
    progress.advance(5.0)
    progress.show("text")
    assert err.getvalue() == ""


def test_shorter_progress_erases_the_longer_one() -> None:
    err = FakeScreen()
    terminal = Terminal(None, err)
    terminal.draw_progress("long line")
    terminal.draw_progress("short")
    assert err.getvalue().endswith("\rshort    ")


def test_progress_shows_share_and_time_left() -> None:
    clock, err = FakeClock(), FakeScreen()
    progress = ProgressLine(Terminal(None, err), "a.wav", 100.0, clock)
    clock.time_s = 30.0
    progress.advance(25.0)
    assert drawn(err) == "a.wav  [#####···············]  25%  1:30 left"


def test_progress_of_unknown_length_shows_what_is_done() -> None:
    err = FakeScreen()
    ProgressLine(Terminal(None, err), "stdin", None).advance(3661.0)
    assert drawn(err) == "stdin  1:01:01 done"


def test_progress_never_exceeds_the_whole() -> None:
    err = FakeScreen()
    ProgressLine(Terminal(None, err), "a.mp3", 10.0, FakeClock()).advance(12.0)
    assert "100%" in drawn(err)


def test_progress_shows_the_end_of_the_text() -> None:
    clock, err = FakeClock(), FakeScreen()
    progress = ProgressLine(Terminal(None, err), "a.wav", 10.0, clock)
    progress.show("早上好 " * 40 + "THE END\n")
    assert drawn(err).endswith("THE END")
    assert count_columns(drawn(err)) < 80


def test_progress_redraws_text_not_too_often() -> None:
    clock, err = FakeClock(), FakeScreen()
    progress = ProgressLine(Terminal(None, err), "a.wav", 10.0, clock)
    for _ in range(100):
        clock.time_s += 0.01
        progress.show("text")
    assert 5 <= err.getvalue().count("\r") <= 11


@pytest.mark.parametrize(
    ("time_s", "text"), [(0, "0:00"), (59.6, "1:00"), (3599.4, "59:59"), (7322, "2:02:02")]
)
def test_format_time(time_s: float, text: str) -> None:
    assert format_time(time_s) == text


def test_shorten_keeps_both_ends() -> None:
    assert shorten("recording of the meeting 17.wav", 16) == "recordi…g 17.wav"
    assert shorten("short.wav", 16) == "short.wav"


@pytest.mark.parametrize(("text", "n"), [("abc", 3), ("你好", 4), ("e\u0301", 1), ("", 0)])
def test_count_columns(text: str, n: int) -> None:
    assert count_columns(text) == n


def test_cut_to_columns_keeps_whole_characters() -> None:
    assert cut_to_columns("你好吗", 5) == "你好"
    assert cut_to_columns("a\tb\x1b[2J", 10) == "a b [2J"
