"""How sure a measured word error rate is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from app.errors import PackNotFoundError
from models.errors import TooFewClipsError
from models.quality import main, measure, standard_error
from models.verify.metrics import ErrorRate

ROOT = Path(__file__).resolve().parent.parent.parent
TINY = ROOT / "models" / "packs" / "tiny"
CLIPS = ROOT / "models" / "starter" / "testset_tiny"


def rate(edits: int, n_reference: int = 10) -> ErrorRate:
    return ErrorRate(edits=edits, n_reference=n_reference)


def test_standard_error_of_like_clips_is_nothing() -> None:
    assert standard_error([rate(2)] * 5) == pytest.approx(0)


def test_standard_error_is_that_of_the_mean_where_clips_are_equally_long() -> None:
    """Rates 0.0, 0.2, 0.4: deviation 0.2, over three clips 0.2 / sqrt(3)."""
    assert standard_error([rate(0), rate(2), rate(4)]) == pytest.approx(0.2 / 3**0.5)


def test_standard_error_falls_with_the_number_of_clips() -> None:
    few, many = [rate(0), rate(4)] * 2, [rate(0), rate(4)] * 50
    assert standard_error(many) < standard_error(few) / 4


def test_measure_needs_clips(tmp_path: Path) -> None:
    (tmp_path / "one.flac").touch()
    with pytest.raises(TooFewClipsError) as caught:
        measure(tmp_path, tmp_path)
    assert caught.value.n_clips == 1


def test_measure_needs_a_pack(tmp_path: Path) -> None:
    for name in ("one.flac", "two.flac"):
        (tmp_path / name).touch()
    with pytest.raises(PackNotFoundError):
        measure(tmp_path / "nowhere", tmp_path)


def test_command_writes_the_rate_beside_other_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = shutil.copytree(TINY, tmp_path / "tiny")
    manifest = pack / "manifest.json"
    data = json.loads(manifest.read_text(encoding="utf-8"))
    data["quality"] = {"native": {"wer": 0.5}}
    manifest.write_text(json.dumps(data), encoding="utf-8")
    clips = tmp_path / "clips"
    clips.mkdir()
    for path in sorted(CLIPS.glob("*.flac"))[:2]:
        shutil.copy(path, clips)
        shutil.copy(path.with_suffix(".txt"), clips)
    assert main([str(pack), str(clips)]) == 0
    quality = json.loads(manifest.read_text(encoding="utf-8"))["quality"]
    assert quality["native"] == {"wer": 0.5}
    assert quality["application"]["n_clips"] == 2
    assert 0 <= quality["application"]["wer"] < 1
    assert "over 2 clips" in capsys.readouterr().out


def test_command_reports_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(TINY), str(tmp_path)]) == 1
    assert "0 clips" in capsys.readouterr().err
