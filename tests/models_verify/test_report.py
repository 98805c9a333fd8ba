from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from models.verify.errors import NothingToVerifyError
from models.verify.judgement import rate_texts
from models.verify.plot import Panel, Series, draw, unique
from models.verify.quality import describe_quality, write_quality
from models.verify.report import markdown, panels, to_json, write_report
from tests.models_verify.samples import judgement, outputs, text_pair, tied_official

SVG = "{http://www.w3.org/2000/svg}"


def test_markdown_passed_shows_stages_texts_and_versions() -> None:
    text = markdown(judgement(outputs()), "plot.svg")
    assert text.startswith("# Verification of sample: passed\n")
    assert "qwen-asr 0.0.6" in text
    assert "| official | mel | 1 of 1 |" in text
    assert "## What failed" not in text
    assert "## Quantisations" not in text


def test_markdown_failed_names_clip_and_stage_first() -> None:
    text = markdown(judgement(outputs(mel=outputs().mel + 1)), "plot.svg")
    assert text.startswith("# Verification of sample: FAILED: 1 stages\n")
    assert "- official, clip, mel: cos " in text


def test_markdown_counts_the_answers_that_part_at_a_tie() -> None:
    official = tied_official()
    ours = outputs(logits=official.logits, token_ids=(4, 8, 15, 17, 1), text="other")
    text = markdown(judgement(ours, official), "plot.svg")
    assert text.startswith("# Verification of sample: passed\n")
    assert "| official | tokens | 1 of 1, 1 after a tie |" in text
    assert "| official | prompt | 1 of 1 |" in text


def test_markdown_text_with_a_bar_stays_in_its_cell() -> None:
    text = markdown(judgement(outputs(text="a | b\nc")), "plot.svg")
    (line,) = [line for line in text.splitlines() if "| text | FAILED |" in line]
    assert r"a \| b" in line


def test_markdown_sweep_has_a_row_with_the_change() -> None:
    text = markdown(judgement(outputs(), with_sweep=True), "plot.svg")
    assert (
        "| int8 | q4_k_m | 3.5 | 1 − 9.0e-04 | 0.9700 | 0.500 | 1 of 1 | 0.3333 | +0.0000 |" in text
    )


def test_json_holds_verdict_results_and_rates() -> None:
    data = json.loads(to_json(judgement(outputs(text="one"))))
    assert data["passed"] is False
    assert data["rates"]["official"]["wer"] == 0.5
    assert {result["stage"] for result in data["results"]} >= {"mel", "logits"}


def test_write_report_makes_three_files_that_can_be_read(tmp_path: Path) -> None:
    paths = write_report(judgement(outputs(), with_sweep=True), tmp_path / "new")
    assert [path.name for path in paths] == [
        "verify-sample.md", "verify-sample.json", "verify-sample.svg",
    ]  # fmt: skip
    assert "(verify-sample.svg)" in paths[0].read_text(encoding="utf-8")
    tree = ET.parse(paths[2])
    assert len(tree.findall(f"{SVG}circle")) == 4 + 1


def test_draw_escapes_and_places_by_distance() -> None:
    points = (("x", 1.0), ("x", 0.0), ("x", 0.999))
    svg = draw([Panel(title="a < b", categories=("x",), series=(Series(name="s", points=points),))])
    heights = [float(dot.get("cy", "")) for dot in ET.fromstring(svg).findall(f"{SVG}circle")]
    equal, unrelated, near = heights
    assert equal > near > unrelated


def test_panels_without_sweep_is_one() -> None:
    assert len(panels(judgement(outputs()))) == 1
    assert len(panels(judgement(outputs(), with_sweep=True))) == 2


def test_unique_keeps_the_order() -> None:
    assert unique("banana") == ("b", "a", "n")


def test_rate_texts_counts_only_what_was_said() -> None:
    rates = rate_texts([text_pair("a b", "a c", "a b"), text_pair("x", "x")])
    assert (rates.n_clips, rates.n_spoken) == (2, 1)
    assert rates.wer == pytest.approx(1 / 3)
    assert (rates.truth_wer, rates.official_wer) == (0.5, 0.0)


def test_describe_quality_gives_smallest_cosines_and_rates() -> None:
    quality = describe_quality(judgement(outputs(text="one")))
    assert quality["passed"] is False
    assert quality["official"]["cosine"]["mel"] == 1.0
    assert quality["official"]["wer"] == pytest.approx(0.6667)


def test_write_quality_changes_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    application = {"wer": 0.1}
    older = {"application": application, "native": {"wer": 0.5}}
    path.write_text(json.dumps({"name": "松鼠", "quality": older}), encoding="utf-8")
    write_quality(judgement(outputs()), tmp_path)
    manifest = json.loads(path.read_text(encoding="utf-8"))
    assert manifest["name"] == "松鼠"
    assert manifest["quality"]["passed"] is True
    assert manifest["quality"]["application"] == application  # measured by others
    assert "native" not in manifest["quality"]  # of an older run
    assert [item.name for item in tmp_path.iterdir()] == ["manifest.json"]


def test_write_quality_into_a_pack_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingToVerifyError, match="only a folder"):
        write_quality(judgement(outputs()), tmp_path / "model.songshu")
