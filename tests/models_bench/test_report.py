from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from models.bench.figures import Summary, summarize
from models.bench.machine import Machine
from models.bench.report import COLUMNS, Report, table
from models.bench.targets import judge
from tests.models_bench.results import GB, make_pass, make_result

MACHINE = Machine(
    cpu="Test CPU", n_cores=2, memory_bytes=8 * GB, system="Linux", python="3.11", busy_cores=0.1,
    llama_features="AVX2 = 1",
)  # fmt: skip
OURS = make_result("ours", make_pass(3.5, encode_s=0.5, native_s=3.43))
LLAMA = make_result("llama", make_pass(3.0, encode_s=None, prefill_s=1.0, generate_s=1.98))
MTMD = make_result("mtmd", make_pass(5.6, encode_s=1.8))


def make_report(machine: Machine = MACHINE) -> Report:
    results = [OURS, LLAMA, MTMD]
    summaries = {result.engine: summarize([result]) for result in results}
    return Report(
        pack="x", recipe="int8 encoder", audio_s=30.0, n_tokens=100, n_threads=2, machine=machine,
        summaries=summaries, verdicts=judge(summaries), results=results,
    )  # fmt: skip


def verdict(what: str, **changed: Summary) -> tuple[str, bool]:
    summaries = {result.engine: summarize([result]) for result in (OURS, LLAMA, MTMD)}
    (found,) = (one for one in judge(summaries | changed) if what in one.what)
    return found.measured, found.reached


def test_table_writes_markdown() -> None:
    assert table(("a", "b"), [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_report_has_one_row_per_engine() -> None:
    rows = [line for line in make_report().to_markdown().splitlines() if line.startswith("| ")]
    cells = dict(zip(COLUMNS, rows[2].strip("| ").split(" | "), strict=True))
    assert cells["engine"] == "Songshu"
    assert cells["total s (min–max)"] == "3.50 (3.50–3.50)"
    assert cells["generation s (ms/tok)"] == "1.98 (20.0)"
    assert cells["RTF"] == "0.117"
    assert cells["peak MB"] == "1000"
    assert cells["outside native"] == "2.0%"
    assert rows[3].count("–") == 4  # llama.cpp alone has no mel, no encoder
    assert "llama.cpp mtmd" in rows[4]


def test_report_says_when_the_machine_was_busy() -> None:
    assert "not comparable" not in make_report().to_markdown()
    assert "not comparable" in make_report(replace(MACHINE, busy_cores=1.5)).to_markdown()


def test_report_writes_markdown_and_json(tmp_path: Path) -> None:
    make_report().write(tmp_path / "deep" / "report.md")
    assert (tmp_path / "deep" / "report.md").read_text(encoding="utf-8").startswith("# Speed of x")
    data = json.loads((tmp_path / "deep" / "report.json").read_text(encoding="utf-8"))
    assert [result["engine"] for result in data["results"]] == ["ours", "llama", "mtmd"]
    assert data["machine"]["cpu"] == "Test CPU"
    assert data["results"][0]["warm"]["text"] == ""
    assert data["targets"][0]["reached"] is True


def test_targets_that_are_reached() -> None:
    assert verdict("total") == ("1.60", True)
    assert verdict("encoder") == ("3.60", True)
    assert verdict("prefill") == ("1.000 s", True)
    assert verdict("generation") == ("1.980 s", True)
    assert verdict("outside") == ("2.0%", True)
    assert verdict("memory") == ("1.00 GB", True)


def test_targets_that_are_missed() -> None:
    slow = make_pass(4.0, encode_s=0.6, prefill_s=1.03, generate_s=2.1, native_s=3.8)
    ours = summarize([make_result("ours", slow, peak_memory_bytes=2 * GB)])
    for what in ("total", "encoder", "prefill", "generation", "outside", "memory"):
        assert verdict(what, ours=ours)[1] is False, what


def test_targets_without_mtmd_leave_its_ratios_out() -> None:
    found = judge({"ours": summarize([OURS]), "llama": summarize([LLAMA])})
    assert not [one for one in found if "mtmd" in one.what]


def test_table_refuses_ragged_rows() -> None:
    with pytest.raises(AssertionError):
        table(("a", "b"), [["1"]])
