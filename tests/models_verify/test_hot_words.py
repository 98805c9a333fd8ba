"""The table of what hot words do, on two clips of tiny's own test set."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from models.errors import TooFewClipsError
from models.verify.hot_words import compare, main

MODELS = Path(__file__).resolve().parent.parent.parent / "models"
TINY = MODELS / "packs" / "tiny"


def test_every_list_gets_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in sorted((MODELS / "starter" / "testset_tiny").glob("seen-slt-0[01].*")):
        shutil.copy(path, tmp_path)
    (tmp_path / "quiet.txt").touch()
    (tmp_path / "quiet.flac").touch()  # nobody speaks: not even opened
    assert main([str(TINY), "--clips", str(tmp_path)]) == 0
    first, _, *table = capsys.readouterr().out.splitlines()
    assert first.startswith("2 clips, ")
    names = [line.split(" | ")[0].strip("| ") for line in table[2:]]
    assert names == ["none", "the clip's own among all", "only those of other clips"]
    for line in table[2:]:
        assert 0 <= float(line.split(" | ")[1].strip("| ")) <= 1


def test_table_needs_clips_that_have_words(tmp_path: Path) -> None:
    for name in ("one", "quiet"):
        (tmp_path / f"{name}.flac").touch()
        (tmp_path / f"{name}.txt").write_text("Good morning." if name == "one" else "\n")
    with pytest.raises(TooFewClipsError) as caught:
        compare(TINY, tmp_path)
    assert caught.value.n_clips == 1


def test_command_reports_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere")]) == 1
    assert "error: No model pack at" in capsys.readouterr().err
