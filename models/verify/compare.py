"""Compare two implementations stage by stage, and say which differences are allowed.

What must hold depends on what was done to the weights. The mel and the prompt must always be right.
With an fp32 encoder and an F16 decoder every stage must be the official one up to rounding, and
the answer the same token by token; an int8 encoder may turn the audio embeddings a little. Whatever
is quantised further is measured and reported, not judged.

CRITICAL: exactness is judged by the worst row, never by the cosine of a whole clip. A tail chunk
run at another length spoils one row in a hundred, and the whole clip still has 0.99999.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.verify.metrics import ArrayDifference, centred, compare_arrays
from models.verify.outputs import FloatArray, StageOutputs

STAGES = ("mel", "frontend", "backend", "prompt", "logits", "tokens", "text")
MEL_MAX_ABS = 1e-4  # of a range of 2: float32 rounding of two FFTs, with a margin
EXACT_COSINE = 0.99999  # of every row: fp32 encoder, F16 decoder
INT8_COSINE = 0.999  # of the whole clip: an int8 encoder
# Two tokens closer than this part of the logits' deviation are a tie. llama.cpp rounds activations
# to F16 for products with F16 weights, and flash attention sums in F16: together they move a logit
# by 2e-3 of the deviation. What five times that decides says nothing about the export.
TIE = 1e-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantization:
    """What was done to the weights of a pack."""

    encoder: str
    decoder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """One stage of one clip against one reference.

    Attributes:
        reference: implementation it was compared with.
        passed: None if the stage is only reported.
        difference: for arrays; None for token lists and texts.
        tied: the answers differ, but part where two tokens are equally good, which passes.
        note: what differs, and where; "" if nothing needs words.
        expected: why the reference is not binding for this clip; "" if it is.
    """

    clip: str
    reference: str
    stage: str
    passed: bool | None
    difference: ArrayDifference | None = None
    tied: bool = False
    note: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """What is compared: a clip, the reference, and whether the reference binds.

    Attributes:
        expected: why a difference is expected; "" if the two must agree.
    """

    clip: str
    reference: str
    quantization: Quantization
    expected: str = ""


def compare(pairing: Pairing, official: StageOutputs, ours: StageOutputs) -> list[StageResult]:
    """Compare every stage, in the order in which the audio passes them."""
    return list(_compare(pairing, official, ours))


def _compare(pairing: Pairing, official: StageOutputs, ours: StageOutputs) -> Iterator[StageResult]:
    exact, encoder_floor = _limits(pairing.quantization)
    mel = (official.mel.T, ours.mel.T)  # rows are frames
    yield _array(pairing, "mel", mel, max_abs=MEL_MAX_ABS)
    yield _array(pairing, "frontend", (official.hidden, ours.hidden), floor=encoder_floor)
    embeds = (official.audio_embeds, ours.audio_embeds)
    yield _array(pairing, "backend", embeds, floor=encoder_floor)
    yield _tokens(pairing, "prompt", official.prompt_ids, ours.prompt_ids, required=True)
    logits = (centred(official.logits), centred(ours.logits))
    yield _array(pairing, "logits", logits, floor=EXACT_COSINE if exact else None)
    yield _answer(pairing, official, ours, required=exact)
    yield _text(pairing, official, ours, required=exact)


def _limits(quantization: Quantization) -> tuple[bool, float | None]:
    """Return whether the answer must be the same, and the smallest cosine inside the encoder."""
    floors = {"fp32": EXACT_COSINE, "fp16": INT8_COSINE, "int8": INT8_COSINE}
    exact = quantization.encoder == "fp32" and quantization.decoder == "f16"
    return exact, floors.get(quantization.encoder)


def _array(
    pairing: Pairing,
    stage: str,
    arrays: tuple[FloatArray, FloatArray],
    *,
    floor: float | None = None,
    max_abs: float | None = None,
) -> StageResult:
    """Compare two arrays against a smallest cosine or a largest difference."""
    official, ours = arrays
    if official.shape != ours.shape:
        note = f"shape {list(ours.shape)} instead of {list(official.shape)}"
        return _result(pairing, stage, passed=False, note=note)
    difference = compare_arrays(official, ours)
    passed: bool | None = None
    if floor is not None:
        exact = floor == EXACT_COSINE
        passed = (difference.worst_row if exact else difference.cosine) >= floor
    if max_abs is not None:
        passed = difference.max_abs <= max_abs
    return _result(pairing, stage, passed=passed, difference=difference)


def _tokens(
    pairing: Pairing,
    stage: str,
    official: tuple[int, ...],
    ours: tuple[int, ...],
    *,
    required: bool,
) -> StageResult:
    step = first_difference(official, ours)
    if step is None:
        return _result(pairing, stage, passed=True)
    note = f"differs at {step}: {ours[step : step + 3]} instead of {official[step : step + 3]}"
    return _result(pairing, stage, passed=False if required else None, note=note)


def _answer(
    pairing: Pairing, official: StageOutputs, ours: StageOutputs, *, required: bool
) -> StageResult:
    """Compare the greedy answers; where two tokens tie, either is right, and the rest is not."""
    step = first_difference(official.token_ids, ours.token_ids)
    if step is None:
        return _result(pairing, "tokens", passed=True)
    note = f"differs at token {step} of {len(official.token_ids)}"
    if _part_at_tie(official, ours):
        return _result(pairing, "tokens", passed=True, tied=True, note=f"{note}, a tie")
    return _result(pairing, "tokens", passed=False if required else None, note=note)


def _part_at_tie(official: StageOutputs, ours: StageOutputs) -> bool:
    """Tell whether the answers part where two tokens are equally good."""
    step = first_difference(official.token_ids, ours.token_ids)
    if step is None or step >= min(len(ours.token_ids), len(official.logits)):
        return False
    return is_tie(official.logits[step], ours.token_ids[step])


def _text(
    pairing: Pairing, official: StageOutputs, ours: StageOutputs, *, required: bool
) -> StageResult:
    """Compare language and text, unless a tie before has already parted the answers."""
    if said(official) == said(ours):
        return _result(pairing, "text", passed=True)
    if _part_at_tie(official, ours):
        return _result(pairing, "text", passed=True, tied=True, note="differs after a tie")
    note = f"{ours.language!r} {ours.text!r} instead of {official.language!r} {official.text!r}"
    return _result(pairing, "text", passed=False if required else None, note=note)


def said(outputs: StageOutputs) -> tuple[str, str]:
    """Return language and text; without text there is no language, whatever the header says."""
    return (outputs.language, outputs.text) if outputs.text else ("", "")


def _result(
    pairing: Pairing,
    stage: str,
    *,
    passed: bool | None,
    difference: ArrayDifference | None = None,
    tied: bool = False,
    note: str = "",
) -> StageResult:
    """Build a result; where a difference is expected, it is reported and never judged."""
    if pairing.expected and passed is False:
        passed = None
    return StageResult(
        clip=pairing.clip,
        reference=pairing.reference,
        stage=stage,
        passed=passed,
        difference=difference,
        tied=tied,
        note=note,
        expected=pairing.expected,
    )


def compare_prompts(
    pairing: Pairing, official: tuple[int, ...], ours: tuple[int, ...]
) -> StageResult:
    """Compare two tokenised prompts."""
    return _tokens(pairing, "prompt", official, ours, required=True)


def first_difference(a: tuple[int, ...], b: tuple[int, ...]) -> int | None:
    """Return the first position at which two lists differ, or None."""
    for position, (left, right) in enumerate(zip(a, b, strict=False)):
        if left != right:
            return position
    return None if len(a) == len(b) else min(len(a), len(b))


def is_tie(logits: FloatArray, chosen: int) -> bool:
    """Tell whether a token is as good as the best one, up to what rounding decides.

    Args:
        logits: float32 [n_vocab], the reference's.
        chosen: the token that was taken instead of the best.
    """
    gap = float(logits.max() - logits[chosen])
    return gap <= TIE * float(np.std(logits))
