"""What people see of a step while dev.py works."""

from __future__ import annotations

import re

import pytest

from build_tools.steps import step


def test_step_says_what_it_does_and_how_long_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    with step("peeling nuts"):
        assert capsys.readouterr().err == "\n== peeling nuts\n"
    told = capsys.readouterr()
    assert re.fullmatch(r"== peeling nuts: \d+\.\d s\n", told.err)
    assert told.out == ""  # where the text goes


def test_step_that_fails_says_how_long_it_took_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="hollow"), step("peeling nuts"):
        raise ValueError("hollow")
    assert "== peeling nuts: " in capsys.readouterr().err
