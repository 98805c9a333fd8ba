"""Typing through a helper program: which is taken, what it is given, how it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.dictation.chord import Chord
from app.dictation.keys import Target
from app.dictation.wayland import WaylandTypist, limit_s
from app.errors import KeyboardError, TypingError
from tests.waiting import take_steps

TEXT = "Hello, 你好 🐿\n--line two"


@pytest.fixture
def helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where programs are found first."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def install(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def write_down(folder: Path) -> str:
    return f'printf "%s|" "$@" >"{folder}/arguments"; cat >"{folder}/input"'


def run(typist: WaylandTypist, text: str) -> None:
    take_steps(typist.type_text(text))


@pytest.mark.parametrize(
    ("name", "arguments", "given"),
    [
        ("wtype", "-|", TEXT),
        ("kwtype", f"--|{TEXT}|", ""),
        ("dotool", "|", "type Hello, 你好 🐿\nkey enter\ntype --line two\n"),
        ("ydotool", "type|--file|-|", TEXT),
    ],
)
def test_helper_is_given_the_text(helpers: Path, name: str, arguments: str, given: str) -> None:
    install(helpers, name, write_down(helpers))
    typist = WaylandTypist([name])
    run(typist, TEXT)
    assert (helpers / "arguments").read_text() == arguments
    assert (helpers / "input").read_text() == given
    assert typist.arrived(typist.target())


def test_long_text_does_not_hold_us_up(helpers: Path) -> None:
    text = "word " * 50_000  # far more than a pipe holds
    install(
        helpers,
        "wtype",
        f'until [ -e "{helpers}/go" ]; do sleep 0.01; done; cat >"{helpers}/input"',
    )
    steps = WaylandTypist().type_text(text)
    take_steps(steps, 1)  # the first one comes although nobody reads yet
    (helpers / "go").touch()
    take_steps(steps)
    assert (helpers / "input").read_text() == text


def test_long_text_may_take_its_time() -> None:
    assert limit_s("x" * 3000) > 3000 / 50, "ydotool types 50 characters in a second"
    assert limit_s("x") < 60


def test_helper_that_cannot_be_started_is_told(helpers: Path) -> None:
    install(helpers, "wtype", "exit 0")
    typist = WaylandTypist()
    (helpers / "wtype").chmod(0o644)
    with pytest.raises(TypingError, match="wtype cannot be started"):
        run(typist, TEXT)


def test_first_that_is_installed_is_taken(helpers: Path) -> None:
    install(helpers, "second", "exit 9")
    install(helpers, "wtype", write_down(helpers))
    run(WaylandTypist(["no-such-program", "wtype"]), "x")
    assert (helpers / "input").read_text() == "x"


def test_none_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KeyboardError, match="wtype, kwtype, dotool, ydotool"):
        WaylandTypist()


def test_failure_is_told_with_its_reason(helpers: Path) -> None:
    install(helpers, "wtype", "echo 'no such protocol' >&2; exit 1")
    with pytest.raises(TypingError, match="no such protocol"):
        run(WaylandTypist(), TEXT)


def test_helper_that_is_given_up_is_ended(helpers: Path) -> None:
    install(helpers, "wtype", f'echo $$ >"{helpers}/pid"; exec sleep 1000')
    steps = WaylandTypist().type_text(TEXT)
    while not (helpers / "pid").exists() or not (helpers / "pid").read_text().strip():
        take_steps(steps, 1)
    steps.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int((helpers / "pid").read_text()), 0)


def test_what_wayland_does_not_allow(helpers: Path) -> None:
    install(helpers, "wtype", "exit 0")
    typist = WaylandTypist()
    assert not typist.can_paste
    assert not typist.held_modifiers()
    assert not typist.is_of_target(1, Target(window=1, program="x"))
    typist.lift_modifiers()
    with pytest.raises(TypingError):
        typist.strike(Chord.parse("Ctrl+V"))
    typist.close()
