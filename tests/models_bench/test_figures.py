from __future__ import annotations

import json

import pytest

from models.bench.figures import (
    Result,
    Spread,
    middle_pass,
    outside_share,
    summarize,
    without_text,
)
from tests.models_bench.results import GB, make_pass, make_result


@pytest.mark.parametrize(
    ("values", "median"), [([3.0, 1.0, 2.0], 2.0), ([4.0, 1.0], 2.5), ([7.0], 7.0)]
)
def test_spread_of(values: list[float], median: float) -> None:
    spread = Spread.of(values)
    assert (spread.median, spread.least, spread.greatest) == (median, min(values), max(values))


def test_summarize_takes_medians_stage_by_stage() -> None:
    rounds = [
        make_result("ours", make_pass(4.0, prefill_s=1.3), peak_memory_bytes=GB),
        make_result("ours", make_pass(3.0, prefill_s=1.1), peak_memory_bytes=2 * GB),
        make_result("ours", make_pass(9.0, prefill_s=1.2), peak_memory_bytes=3 * GB),
    ]
    summary = summarize(rounds)
    assert summary.n_rounds == 3
    assert (summary.total_s.median, summary.total_s.least, summary.total_s.greatest) == (4, 3, 9)
    assert summary.prefill_s.median == 1.2
    assert summary.first_total_s.median == pytest.approx(4.1)
    assert summary.peak_memory_bytes.median == 2 * GB
    assert summary.prefill_tokens_per_s == pytest.approx(405 / 1.2)


def test_ms_per_token_leaves_out_the_token_of_the_prefill() -> None:
    assert summarize([make_result("ours", make_pass(4.0))]).ms_per_token == pytest.approx(20.0)


def test_summarize_stage_that_an_engine_lacks() -> None:
    summary = summarize([make_result("llama", make_pass(3.0, encode_s=None))])
    assert summary.encode_s is None
    assert summary.mel_s is None
    assert summary.outside is None


def test_outside_share() -> None:
    assert outside_share(make_pass(4.0, native_s=3.9)) == pytest.approx(0.025)
    assert outside_share(make_pass(4.0)) is None


def test_middle_pass_keeps_one_pass_whole() -> None:
    passes = [make_pass(total) for total in (5.0, 1.0, 3.0, 4.0)]
    assert middle_pass(passes) is passes[2]
    assert middle_pass(passes[:1]) is passes[0]


def test_result_survives_json() -> None:
    result = make_result("ours", make_pass(4.0, native_s=3.9))
    assert Result.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_without_text() -> None:
    result = without_text(make_result("ours", make_pass(4.0)))
    assert (result.first.text, result.warm.text) == ("", "")
    assert result.warm.total_s == 4.0
