"""The table of quantisations on a small random checkpoint, against the exact pack as reference."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.clip import ClipRecognizer
from app.engine.pack import Pack, open_pack
from models.verify.clips import Clip, cut, synthetic_source
from models.verify.exported import answer, encode
from models.verify.judgement import SweepRow
from models.verify.outputs import StageOutputs
from models.verify.references import NATIVE
from models.verify.response import Response
from models.verify.run import Plan
from models.verify.sweep import PACKS, export_packs, sweep
from tests.models.checkpoints import write_checkpoint

MAX_NEW_TOKENS = 4
FORCED_IDS = (1, 2, 3)


def answers_of(plan: Plan, pack: Pack) -> Response:
    """Let a pack stand in for the native implementation."""
    with closing(ClipRecognizer(pack, n_threads=1)) as recognizer:
        outputs = [
            answer(
                recognizer,
                clip,
                encode(recognizer, clip),
                audio_pad=pack.manifest.tokens.audio_pad,
                forced_ids=FORCED_IDS,
                max_new_tokens=MAX_NEW_TOKENS,
            )
            for clip in plan.clips
        ]
    return Response(implementation="native", versions={}, outputs=tuple(outputs), prompts=())


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> tuple[SweepRow, ...]:
    folder = tmp_path_factory.mktemp("sweep")
    checkpoint = write_checkpoint(folder / "checkpoint")
    packs = export_packs(checkpoint, folder)
    source = synthetic_source(3.0)
    plan = Plan(
        pack=packs[0],
        checkpoint=checkpoint,
        clips=(
            Clip(name="not judged", waveform=cut(source, 4_000)),
            Clip(name="judged", waveform=cut(source, 20_000), truth="words"),
        ),
        max_new_tokens=MAX_NEW_TOKENS,
        n_threads=1,
    )
    response = answers_of(plan, packs[0])
    imposed = [replace(item, token_ids=FORCED_IDS) for item in response.outputs]
    forced = replace(response, outputs=tuple(imposed))
    return sweep(plan, NATIVE, forced, packs, lambda text: None)


def test_sweep_pairs_every_encoder_with_every_decoder(rows: tuple[SweepRow, ...]) -> None:
    pairs = {(row.quantization.encoder, row.quantization.decoder) for row in rows}
    assert len(pairs) == len(rows) == 4 * 5


def test_sweep_exact_pair_is_the_reference_and_int4_is_not(rows: tuple[SweepRow, ...]) -> None:
    by_pair = {(row.quantization.encoder, row.quantization.decoder): row for row in rows}
    exact, coarse = by_pair["fp32", "f16"], by_pair["int4", "q4_k_m"]
    assert exact.embeds_cosine == pytest.approx(1.0, abs=1e-9)
    assert exact.logits_cosine == pytest.approx(1.0, abs=1e-9)
    assert exact.n_same == exact.rates.n_clips == 1
    assert coarse.embeds_cosine < by_pair["int8", "q4_k_m"].embeds_cosine < exact.embeds_cosine
    assert coarse.encoder_bytes < exact.encoder_bytes


def test_sweep_leaves_out_clips_that_are_not_judged(rows: tuple[SweepRow, ...]) -> None:
    assert {row.rates.n_clips for row in rows} == {1}
    assert {row.rates.n_spoken for row in rows} == {1}


@pytest.mark.parametrize("forced_ids", [(5, 6), None])
def test_answer_inferred_from_the_imposed_one_is_the_free_one(
    tmp_path: Path, forced_ids: tuple[int, ...] | None
) -> None:
    packs = export_packs(write_checkpoint(tmp_path / "checkpoint"), tmp_path)
    clip = Clip(name="clip", waveform=cut(synthetic_source(1.0), 16_000))
    with closing(ClipRecognizer(packs[0], n_threads=1)) as recognizer:
        encoded = encode(recognizer, clip)

        def ask(forced: tuple[int, ...], infer_free: bool) -> StageOutputs:
            return answer(
                recognizer,
                clip,
                encoded,
                audio_pad=0,
                forced_ids=forced,
                max_new_tokens=MAX_NEW_TOKENS,
                infer_free=infer_free,
            )

        free = ask((1,), False).token_ids
        inferred = ask(forced_ids or free, True)
    assert inferred.token_ids == free


def test_export_packs_keeps_what_is_there(tmp_path: Path) -> None:
    checkpoint = write_checkpoint(tmp_path / "checkpoint")
    export_packs(checkpoint, tmp_path)
    manifest = tmp_path / PACKS[0].name / "manifest.json"
    before = manifest.stat().st_mtime_ns
    packs = export_packs(checkpoint, tmp_path)
    assert manifest.stat().st_mtime_ns == before
    assert open_pack(tmp_path / PACKS[0].name).name == packs[0].name
