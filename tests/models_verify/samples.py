"""Stage outputs and judgements for the tests: small, seeded, and easy to spoil."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from models.verify.compare import Pairing, Quantization, compare
from models.verify.judgement import Judgement, SweepRow, TextPair, rate_texts
from models.verify.outputs import StageOutputs

EXACT = Quantization(encoder="fp32", decoder="f16")
INT8 = Quantization(encoder="int8", decoder="q4_k_m")


def outputs(**changes: Any) -> StageOutputs:
    """Give the stages of one clip: 30 frames, 4 tokens of audio, 5 tokens of answer."""
    random = np.random.default_rng(3)

    def normal(*shape: int) -> np.ndarray:
        return random.standard_normal(shape).astype(np.float32)

    made = StageOutputs(
        mel=normal(8, 30),
        hidden=normal(4, 6),
        audio_embeds=normal(4, 5),
        prompt_ids=(1, 2, 7, 7, 7, 7, 3),
        logits=normal(5, 50),
        token_ids=(4, 8, 15, 16, 23),
        raw_text="language English<asr_text>one two",
        language="English",
        text="one two",
    )
    return replace(made, **changes)


def pairing(quantization: Quantization = EXACT, expected: str = "") -> Pairing:
    return Pairing(clip="clip", reference="official", quantization=quantization, expected=expected)


def failed_stages(
    ours: StageOutputs, quantization: Quantization = EXACT, official: StageOutputs | None = None
) -> list[str]:
    """Name the stages that do not pass."""
    results = compare(pairing(quantization), official or outputs(), ours)
    return [result.stage for result in results if result.passed is False]


def tied_official() -> StageOutputs:
    """Give outputs whose fourth token (16) is no better than token 17."""
    logits = outputs().logits.copy()
    logits[3, 16] = 9.0
    logits[3, 17] = 8.999
    return outputs(logits=logits)


def text_pair(official: str, ours: str, truth: str | None = None) -> TextPair:
    return TextPair(clip="clip", reference="official", official=official, ours=ours, truth=truth)


def judgement(
    ours: StageOutputs, official: StageOutputs | None = None, *, with_sweep: bool = False
) -> Judgement:
    """Give the judgement of one clip against outputs(), or what is given."""
    texts = (text_pair("one two", ours.text, "one two three"),)
    row = SweepRow(
        quantization=INT8,
        encoder_bytes=1_000_000,
        decoder_bytes=2_500_000,
        embeds_cosine=0.9991,
        logits_cosine=0.97,
        logits_max_abs=0.5,
        n_same=1,
        rates=rate_texts(texts),
    )
    return Judgement(
        pack="sample",
        checkpoint="tiny",
        weights_sha256="0123456789abcdef",
        quantization=EXACT,
        machine="a machine",
        audio="1 clip",
        versions={"official": {"qwen-asr": "0.0.6"}},
        results=tuple(compare(pairing(), official or outputs(), ours)),
        texts=texts,
        sweep=(row,) if with_sweep else (),
    )
