from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.verify.__main__ import gather_clips, main
from models.verify.clips import EDGE_SAMPLES
from models.verify.errors import NothingToVerifyError
from tests.models_verify.test_clips import write_wav
from tests.packs import PACKS


def test_main_without_pack_ends_with_1_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen3_asr"}))
    code = main([str(tmp_path / "none"), "--against", str(tmp_path), "--output", str(tmp_path)])
    assert code == 1
    assert "error: No model pack at" in capsys.readouterr().err
    assert not list(tmp_path.glob("verify-*"))


def test_main_without_checkpoint_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--against", str(tmp_path / "none"), "--output", str(tmp_path)]
    assert main([str(tmp_path), *arguments]) == 1
    assert "config.json" in capsys.readouterr().err


def test_main_says_before_the_work_that_the_report_has_no_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.md"
    report.touch()
    pack = str(PACKS / "tiny")
    assert main([pack, "--against", str(tmp_path / "none"), "--output", str(report)]) == 1
    assert str(report) in capsys.readouterr().err  # and not the checkpoint that is missing, too


def test_gather_clips_reads_folders_in_order_and_cuts_the_edges_from_them(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_wav(tmp_path / f"{name}.wav", 4_000)
    (tmp_path / "notes.txt").write_text("no audio")
    clips, words = gather_clips([tmp_path], with_edges=True)
    assert [clip.name for clip in clips[-2:]] == ["a", "b"]
    assert len(clips) == len(EDGE_SAMPLES) + 1 + 2
    assert words == "2 files and 11 edge lengths of these"


def test_gather_clips_without_files_takes_a_synthetic_voice() -> None:
    clips, words = gather_clips([], with_edges=True)
    assert len(clips) == len(EDGE_SAMPLES) + 1
    assert words.endswith("a synthetic voice")


def test_gather_clips_nothing_at_all_is_refused() -> None:
    with pytest.raises(NothingToVerifyError, match="no audio file"):
        gather_clips([], with_edges=False)
