"""The table of quantisations: every encoder with every decoder, against one official run.

Five packs hold the four encoders and the five decoders; the encoder of one works with the decoder
of another, so that twenty pairs need five exports and nine passes. Audio embeddings are computed
once for each encoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from app.engine.clip import ClipRecognizer
from app.engine.pack import Pack, open_pack
from models.export import Request as ExportRequest
from models.export import export
from models.manifest import MANIFEST, Recipe
from models.verify.compare import Quantization
from models.verify.exported import Encoded, answer, encode
from models.verify.judgement import SweepRow, TextPair, rate_texts
from models.verify.metrics import ArrayDifference, centred, compare_arrays
from models.verify.outputs import StageOutputs
from models.verify.references import Reference
from models.verify.response import Response
from models.verify.run import Plan, Say
from models.verify.weights import checked_weights

PACKS = (
    Recipe(name="fp32-f16", encoder="fp32", decoder="f16"),
    Recipe(name="fp16-q8_0", encoder="fp16", decoder="q8_0"),
    Recipe(name="int8-q6_k", encoder="int8", decoder="q6_k"),
    Recipe(name="int4-q5_k_m", encoder="int4", decoder="q5_k_m"),
    Recipe(name="int8-q4_k_m", encoder="int8", decoder="q4_k_m"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encoding:
    """What one encoder made of all clips."""

    pack: Pack
    clips: tuple[Encoded, ...]


def export_packs(checkpoint: Path, folder: Path) -> tuple[Pack, ...]:
    """Export the five packs, unless they are there already.

    Raises:
        ModelError: an export failed.
        PackError: a pack that is there is damaged.
        NothingToVerifyError: a pack that is there was exported from other weights.
    """
    outputs = {recipe: folder / recipe.name for recipe in PACKS}
    kept = [path for path in outputs.values() if (path / MANIFEST).is_file()]
    checked_weights(checkpoint, *kept)
    for recipe, output in outputs.items():
        if output not in kept:
            export(ExportRequest(checkpoint=checkpoint, output=output, recipe=recipe))
    return tuple(map(open_pack, outputs.values()))


def sweep(
    plan: Plan, reference: Reference, response: Response, packs: tuple[Pack, ...], say: Say
) -> tuple[SweepRow, ...]:
    """Measure every pair of encoder and decoder against an official response."""
    plan, response = _judged_only(plan, reference, response)
    encodings: dict[str, _Encoding] = {}
    for pack in packs:
        name = pack.manifest.encoder.quantization
        if name not in encodings:
            encodings[name] = _encode_all(plan, reference, pack)
            say(f"encoder {name}")
    rows: list[SweepRow] = []
    for pack in packs:
        rows += _decode_all(plan, response, pack, encodings)
        say(f"decoder {pack.manifest.decoder.quantization}")
    order = list(encodings)
    return tuple(sorted(rows, key=lambda row: order.index(row.quantization.encoder)))


def _judged_only(plan: Plan, reference: Reference, response: Response) -> tuple[Plan, Response]:
    """Leave out clips on which the reference does not bind, and cuts if there are whole files."""
    judged = [not reference.expected_difference(clip) for clip in plan.clips]
    known = [clip.truth is not None for clip in plan.clips]
    kept = [i for i, ok in enumerate(judged) if ok and (known[i] or not any(known))]
    return (
        replace(plan, clips=tuple(plan.clips[i] for i in kept)),
        replace(response, outputs=tuple(response.outputs[i] for i in kept)),
    )


def _encode_all(plan: Plan, reference: Reference, pack: Pack) -> _Encoding:
    recognizer = ClipRecognizer(pack, n_threads=plan.n_threads, attention=reference.attention)
    with closing(recognizer):
        clips = tuple(encode(recognizer, clip) for clip in plan.clips)
    return _Encoding(pack=pack, clips=clips)


def _decode_all(
    plan: Plan, response: Response, pack: Pack, encodings: dict[str, _Encoding]
) -> Iterator[SweepRow]:
    with closing(ClipRecognizer(pack, n_threads=plan.n_threads)) as recognizer:
        for name, encoding in encodings.items():
            ours = [
                answer(
                    recognizer,
                    clip,
                    encoded,
                    audio_pad=pack.manifest.tokens.audio_pad,
                    forced_ids=official.token_ids,
                    max_new_tokens=plan.max_new_tokens,
                    infer_free=True,
                )
                for clip, encoded, official in zip(
                    plan.clips, encoding.clips, response.outputs, strict=True
                )
            ]
            quantization = Quantization(encoder=name, decoder=pack.manifest.decoder.quantization)
            yield _row(plan, response, quantization, (encoding.pack, pack), ours)


def _row(
    plan: Plan,
    response: Response,
    quantization: Quantization,
    packs: tuple[Pack, Pack],
    ours: list[StageOutputs],
) -> SweepRow:
    pairs = list(zip(response.outputs, ours, strict=True))
    embeds = _worst(compare_arrays(a.audio_embeds, b.audio_embeds) for a, b in pairs)
    logits = _worst(compare_arrays(centred(a.logits), centred(b.logits)) for a, b in pairs)
    texts = [
        TextPair(
            clip=clip.name,
            reference=response.implementation,
            official=official.text,
            ours=found.text,
            truth=clip.truth,
        )
        for clip, (official, found) in zip(plan.clips, pairs, strict=True)
    ]
    encoder = packs[0].manifest
    files = (encoder.encoder.frontend.file, encoder.encoder.backend.file)
    return SweepRow(
        quantization=quantization,
        encoder_bytes=sum(encoder.file(name).n_bytes for name in files),
        decoder_bytes=packs[1].manifest.file(packs[1].manifest.decoder.file).n_bytes,
        embeds_cosine=embeds.cosine,
        logits_cosine=logits.cosine,
        logits_max_abs=logits.max_abs,
        n_same=sum(pair.official == pair.ours for pair in texts),
        rates=rate_texts(texts),
    )


def _worst(differences: Iterator[ArrayDifference]) -> ArrayDifference:
    """Take the smallest cosines and the largest difference of all clips."""
    found = list(differences)
    return ArrayDifference(
        cosine=min(item.cosine for item in found),
        worst_row=min(item.worst_row for item in found),
        max_abs=max(item.max_abs for item in found),
    )
