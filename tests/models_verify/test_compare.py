"""Planted differences: each must be caught at its own stage, and nothing else may complain."""

from __future__ import annotations

import numpy as np
import pytest

from models.verify.compare import (
    Quantization,
    compare,
    compare_prompts,
    first_difference,
    is_tie,
)
from tests.models_verify.samples import INT8, failed_stages, outputs, pairing, tied_official


def turned(values: np.ndarray, cosine: float) -> np.ndarray:
    """Turn an array so that its cosine with the original is the given one."""
    flat = values.ravel()
    other = np.random.default_rng(9).standard_normal(flat.shape)
    other -= flat * (other @ flat) / (flat @ flat)
    other *= np.linalg.norm(flat) / np.linalg.norm(other)
    mixed = cosine * flat + np.sqrt(1 - cosine**2) * other
    return mixed.reshape(values.shape).astype(np.float32)


def test_compare_equal_passes_everywhere() -> None:
    assert failed_stages(outputs()) == []
    assert [result.stage for result in compare(pairing(), outputs(), outputs())] == [
        "mel", "frontend", "backend", "prompt", "logits", "tokens", "text",
    ]  # fmt: skip


def test_compare_mel_beyond_a_ten_thousandth_fails() -> None:
    clean = outputs().mel
    for error, expected in ((0.9e-4, []), (1.2e-4, ["mel"])):
        mel = clean.copy()
        mel[3, 3] += error
        assert failed_stages(outputs(mel=mel)) == expected


@pytest.mark.parametrize(("stage", "name"), [("frontend", "hidden"), ("backend", "audio_embeds")])
@pytest.mark.parametrize(
    ("quantization", "cosine", "fails"),
    [
        (Quantization(encoder="fp32", decoder="f16"), 0.999999, False),
        (Quantization(encoder="fp32", decoder="f16"), 0.9999, True),
        (Quantization(encoder="fp32", decoder="q4_k_m"), 0.9999, True),
        (INT8, 0.9992, False),
        (INT8, 0.9985, True),
        (Quantization(encoder="int4", decoder="f16"), 0.5, False),
    ],
)
def test_compare_encoder_stages_by_quantization(
    stage: str, name: str, quantization: Quantization, cosine: float, fails: bool
) -> None:
    ours = outputs(**{name: turned(getattr(outputs(), name), cosine)})
    assert failed_stages(ours, quantization) == ([stage] if fails else [])


def test_compare_one_bad_row_of_many_fails() -> None:
    rows = np.random.default_rng(1).standard_normal((1000, 64)).astype(np.float32)
    spoiled = rows.copy()
    spoiled[999] = turned(rows[999], 0.998)
    assert failed_stages(outputs(hidden=spoiled), official=outputs(hidden=rows)) == ["frontend"]


def test_compare_prompt_of_another_id_fails_whatever_the_quantization() -> None:
    ours = outputs(prompt_ids=(1, 2, 7, 7, 7, 7, 4))
    assert failed_stages(ours) == ["prompt"]
    assert failed_stages(ours, INT8) == ["prompt"]


def test_compare_audio_one_token_longer_fails_with_both_shapes() -> None:
    ours = outputs(audio_embeds=np.zeros((5, 5), dtype=np.float32))
    (result,) = [r for r in compare(pairing(), outputs(), ours) if r.passed is False]
    assert result.note == "shape [5, 5] instead of [4, 5]"


def test_compare_logits_judged_only_without_quantization() -> None:
    ours = outputs(logits=turned(outputs().logits, 0.999))
    assert failed_stages(ours) == ["logits"]
    assert failed_stages(ours, INT8) == []


def test_compare_logits_common_offset_is_no_difference() -> None:
    assert failed_stages(outputs(logits=outputs().logits + 5)) == []


def test_compare_another_answer_fails_only_without_quantization() -> None:
    ours = outputs(token_ids=(4, 8, 15, 16, 42), text="one too")
    assert failed_stages(ours) == ["tokens", "text"]
    assert failed_stages(ours, INT8) == []


def test_compare_answer_cut_short_fails() -> None:
    assert failed_stages(outputs(token_ids=(4, 8, 15))) == ["tokens"]


def test_compare_another_language_fails() -> None:
    assert failed_stages(outputs(language="German")) == ["text"]


def test_compare_language_without_text_is_no_difference() -> None:
    official = outputs(language="English", text="")
    assert failed_stages(outputs(language="", text=""), official=official) == []
    assert failed_stages(outputs(language="", text="x"), official=official) == ["text"]


def test_compare_answers_that_part_at_a_tie_pass_and_say_so() -> None:
    official = tied_official()
    ours = outputs(logits=official.logits, token_ids=(4, 8, 15, 17, 1), text="other")
    assert failed_stages(ours, official=official) == []
    results = compare(pairing(), official, ours)
    assert [result.note for result in results[-2:]] == [
        "differs at token 3 of 5, a tie", "differs after a tie",
    ]  # fmt: skip
    assert [result.stage for result in results if result.tied] == ["tokens", "text"]


def test_compare_answers_that_part_beside_a_tie_fail() -> None:
    official = tied_official()
    ours = outputs(logits=official.logits, token_ids=(4, 8, 15, 18, 1))
    assert failed_stages(ours, official=official) == ["tokens"]


def test_compare_expected_difference_is_reported_not_judged() -> None:
    ours = outputs(mel=outputs().mel + 1)
    results = compare(pairing(expected="because"), outputs(), ours)
    assert all(result.passed is not False for result in results)
    assert {result.expected for result in results} == {"because"}


def test_compare_prompts_names_the_place() -> None:
    result = compare_prompts(pairing(), (1, 2, 3, 4), (1, 2, 5, 4))
    assert result.passed is False
    assert result.note == "differs at 2: (5, 4) instead of (3, 4)"


@pytest.mark.parametrize(
    ("a", "b", "position"),
    [((), (), None), ((1,), (1,), None), ((1,), (1, 2), 1), ((2, 1), (1, 1), 0)],
)
def test_first_difference_positions(
    a: tuple[int, ...], b: tuple[int, ...], position: int | None
) -> None:
    assert first_difference(a, b) == position


def test_is_tie_depends_on_the_spread_of_the_logits() -> None:
    logits = np.array([0.0, 1.0, 0.999, -1.0], dtype=np.float32)
    assert is_tie(logits, 2)
    assert not is_tie(logits / 100 + np.array([0, 0.01, 0, 0], dtype=np.float32), 2)
