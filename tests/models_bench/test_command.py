"""The whole benchmark on a tiny random model, with a process per engine and round."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.pack import open_pack
from models.bench.command import check_checkpoint, main
from models.bench.errors import NoComparisonError
from models.checkpoint import open_checkpoint

QUICK = ["--seconds", "1.5", "--tokens", "5", "--threads", "1"]


def test_bench_against_mtmd(
    pack_folder: Path, checkpoint_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        [
            str(pack_folder), "--against", "mtmd", "--checkpoint", str(checkpoint_folder), *QUICK,
            "--rounds", "2", "--output", str(tmp_path / "report.md"),
        ]
    )  # fmt: skip
    printed = capsys.readouterr()
    assert code == 0, printed.err
    assert "| Songshu | 2 |" in printed.out
    assert "| llama.cpp mtmd | 2 |" in printed.out
    results = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["results"]
    order = ["ours", "llama", "mtmd", "mtmd", "llama", "ours"]
    assert [result["engine"] for result in results] == order
    for result in results:
        assert result["warm"]["n_new_tokens"] == 5
        assert result["warm"]["total_s"] > 0
        assert result["peak_memory_bytes"] > 10_000_000
    ours, alone, mtmd = (result["warm"] for result in results[:3])
    assert ours["n_prompt_tokens"] == alone["n_prompt_tokens"]
    assert ours["n_prompt_tokens"] == mtmd["n_prompt_tokens"] - 26 + 20  # 1.5 s: 20 rows, not 26
    assert 0 < ours["native_s"] < ours["total_s"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "No model pack at nowhere"),
        (["nowhere", "--against", "mtmd"], "--checkpoint DIR"),
    ],
)
def test_bench_reports_errors(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    assert message in capsys.readouterr().err


def test_check_checkpoint_of_another_shape(pack_folder: Path, checkpoint_folder: Path) -> None:
    checkpoint = open_checkpoint(checkpoint_folder)
    text = replace(checkpoint.config.text, n_layers=3)
    other = replace(checkpoint, config=replace(checkpoint.config, text=text))
    with pytest.raises(NoComparisonError, match="the pack tiny is not of it"):
        check_checkpoint(open_pack(pack_folder), other, ["mtmd"])


def test_check_checkpoint_official_package_reads_only_its_layout(
    pack_folder: Path, checkpoint_folder: Path
) -> None:
    pack, checkpoint = open_pack(pack_folder), open_checkpoint(checkpoint_folder)
    native = replace(checkpoint, config=replace(checkpoint.config, layout="native"))
    check_checkpoint(pack, checkpoint, ["official", "mtmd"])
    check_checkpoint(pack, native, ["mtmd"])
    with pytest.raises(NoComparisonError, match="layout is 'native'"):
        check_checkpoint(pack, native, ["official"])
