from __future__ import annotations

from pathlib import Path

import pytest

from models.bench.errors import CheckpointNeededError
from models.bench.options import parse_options


def test_parse_options_defaults() -> None:
    options = parse_options(["packs/x"])
    assert options.pack == Path("packs/x")
    assert options.against == ()
    assert (options.seconds, options.n_tokens, options.n_rounds) == (30.0, 100, 3)
    assert options.n_threads >= 1
    assert options.audio is None
    assert options.output is None


def test_parse_options_everything() -> None:
    arguments = ["p", "--against", "mtmd", "--against", "official", "--against", "mtmd"]
    arguments += ["--checkpoint", "c", "--audio", "a.wav", "--seconds", "10", "--tokens", "33"]
    arguments += ["--threads", "2", "--rounds", "5", "--output", "out/report.md"]
    options = parse_options(arguments)
    assert options.against == ("mtmd", "official")
    assert options.checkpoint == Path("c")
    assert options.audio == Path("a.wav")
    assert (options.seconds, options.n_tokens) == (10.0, 33)
    assert (options.n_threads, options.n_rounds) == (2, 5)
    assert options.output == Path("out/report.md")


@pytest.mark.parametrize("against", ["mtmd", "official"])
def test_parse_options_against_without_checkpoint(against: str) -> None:
    with pytest.raises(CheckpointNeededError, match="--checkpoint DIR") as caught:
        parse_options(["p", "--against", against])
    assert caught.value.against == against


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["p", "--against", "whisper"],
        ["p", "--tokens", "0"],
        ["p", "--rounds", "-1"],
        ["p", "--threads", "many"],
        ["p", "--seconds", "31"],
        ["p", "--seconds", "0"],
    ],
)
def test_parse_options_wrong_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_options(arguments)
    assert caught.value.code == 2
    assert "usage: dev.py bench" in capsys.readouterr().err
