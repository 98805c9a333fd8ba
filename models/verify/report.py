"""Write a judgement down: Markdown for people, JSON for programs, SVG for the eye."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from models.verify.compare import EXACT_COSINE, INT8_COSINE, MEL_MAX_ABS, STAGES, StageResult
from models.verify.judgement import Judgement, Rates, SweepRow, rate_texts
from models.verify.plot import Panel, Series, draw, unique

ARRAY_STAGES = ("mel", "frontend", "backend", "logits")


def write_report(judgement: Judgement, folder: Path) -> tuple[Path, Path, Path]:
    """Write NAME.md, NAME.json and NAME.svg; return their paths.

    Args:
        judgement: what was found.
        folder: made if it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"verify-{judgement.pack}"
    paths = tuple(folder / f"{stem}.{suffix}" for suffix in ("md", "json", "svg"))
    for path, text in zip(
        paths,
        (markdown(judgement, f"{stem}.svg"), to_json(judgement), draw(panels(judgement))),
        strict=True,
    ):
        path.write_text(text, encoding="utf-8")
    return paths[0], paths[1], paths[2]


def to_json(judgement: Judgement) -> str:
    """Return everything that was found, as JSON."""
    data = {"passed": judgement.passed, **asdict(judgement)}
    data["rates"] = {
        reference: asdict(rates) for reference, rates in rates_by_reference(judgement).items()
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def rates_by_reference(judgement: Judgement) -> dict[str, Rates]:
    """Rate the texts against each implementation."""
    return {
        reference: rate_texts(pair for pair in judgement.texts if pair.reference == reference)
        for reference in judgement.references
    }


def panels(judgement: Judgement) -> list[Panel]:
    """Return the diagrams: cosine by stage, and by quantisation if that was measured."""
    by_stage = tuple(
        Series(name=reference, points=tuple(_stage_points(judgement, reference)))
        for reference in judgement.references
    )
    limits = (("fp32/F16", EXACT_COSINE), ("int8", INT8_COSINE))
    found = [
        Panel(
            title=f"{judgement.pack}: stages, one dot a clip",
            categories=ARRAY_STAGES,
            series=by_stage,
            limits=limits,
        )
    ]
    if judgement.sweep:
        found.append(_sweep_panel(judgement.sweep))
    return found


def _stage_points(judgement: Judgement, reference: str) -> Iterator[tuple[str, float]]:
    for stage in ARRAY_STAGES:
        for result in judged(judgement, reference, stage):
            if result.difference is not None:
                yield stage, result.difference.cosine


def _sweep_panel(rows: tuple[SweepRow, ...]) -> Panel:
    decoders = unique(row.quantization.decoder for row in rows)
    return Panel(
        title="logits by quantisation: decoder (below), encoder (colour)",
        categories=decoders,
        series=tuple(
            Series(
                name=f"encoder {encoder}",
                points=tuple(
                    (row.quantization.decoder, row.logits_cosine)
                    for row in rows
                    if row.quantization.encoder == encoder
                ),
            )
            for encoder in unique(row.quantization.encoder for row in rows)
        ),
        limits=(("fp32/F16", EXACT_COSINE),),
    )


def markdown(judgement: Judgement, plot_name: str) -> str:
    """Return the report for people."""
    verdict = "passed" if judgement.passed else f"FAILED: {len(judgement.failures)} stages"
    quantization = judgement.quantization
    lines = [
        f"# Verification of {judgement.pack}: {verdict}",
        "",
        f"Pack: encoder {quantization.encoder}, decoder {quantization.decoder}. "
        f"Checkpoint: {judgement.checkpoint} (weights {judgement.weights_sha256[:12]}).",
        f"Audio: {judgement.audio}. Machine: {judgement.machine}.",
        "",
        *(
            f"- {name}: " + ", ".join(f"{package} {v}" for package, v in versions.items())
            for name, versions in judgement.versions.items()
        ),
        "",
        f"![cosine by stage]({plot_name})",
        "",
        *_failures(judgement),
        *_summary(judgement),
        *_texts(judgement),
        *_sweep(judgement),
        *_details(judgement),
    ]
    return "\n".join(lines)


def _failures(judgement: Judgement) -> Iterator[str]:
    if judgement.passed:
        return
    yield "## What failed"
    yield ""
    for result in judgement.failures:
        yield f"- {result.reference}, {result.clip}, {result.stage}: {_figures(result)}"
    yield ""


def _summary(judgement: Judgement) -> Iterator[str]:
    """Show the worst clip of each stage and reference."""
    yield "## Stages, worst clip"
    yield ""
    yield (
        f"Required: mel within {MEL_MAX_ABS:g}; with an fp32 encoder and an F16 decoder every row "
        f"≥ {EXACT_COSINE} and the same tokens; with an int8 encoder ≥ {INT8_COSINE} inside it."
    )
    yield ""
    yield "| reference | stage | agree | cosine | worst row | max. difference |"
    yield "|---|---|---|---|---|---|"
    for reference in judgement.references:
        for stage in STAGES:
            yield _summary_row(reference, stage, judged(judgement, reference, stage))
    yield ""


def judged(judgement: Judgement, reference: str, stage: str) -> list[StageResult]:
    """Return the results of a stage, without those whose difference is expected."""
    return [
        result
        for result in judgement.results
        if (result.reference, result.stage) == (reference, stage) and not result.expected
    ]


def _summary_row(reference: str, stage: str, results: list[StageResult]) -> str:
    n_agreed = sum(result.passed is True for result in results)
    cells = [reference, stage, f"{n_agreed} of {len(results)}"]
    if n_tied := sum(result.tied for result in results):
        cells[2] += f", {n_tied} after a tie"
    if all(result.passed is None for result in results):
        cells[2] = "reported"
    differences = [result.difference for result in results if result.difference is not None]
    if differences:
        cells += [
            _cosine(min(item.cosine for item in differences)),
            _cosine(min(item.worst_row for item in differences)),
            f"{max(item.max_abs for item in differences):.2e}",
        ]
    else:
        cells += ["", "", ""]
    return f"| {' | '.join(cells)} |"


def _texts(judgement: Judgement) -> Iterator[str]:
    yield "## Texts"
    yield ""
    yield (
        "| reference | clips | WER to official | CER to official | with words | WER official | "
        "WER exported | CER official | CER exported |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for reference, rates in rates_by_reference(judgement).items():
        cells = [reference, str(rates.n_clips), f"{rates.wer:.4f}", f"{rates.cer:.4f}"]
        cells.append(str(rates.n_spoken))
        if rates.n_spoken:
            pairs = (rates.official_wer, rates.truth_wer, rates.official_cer, rates.truth_cer)
            cells += [f"{value:.4f}" for value in pairs]
        else:
            cells += [""] * 4
        yield f"| {' | '.join(cells)} |"
    yield ""


def _sweep(judgement: Judgement) -> Iterator[str]:
    if not judgement.sweep:
        return
    yield "## Quantisations"
    yield ""
    yield "Cosines are those of the worst clip. WER change: against the official texts' WER."
    yield ""
    yield (
        "| encoder | decoder | MB | embeddings cos | logits cos | logits max. diff. | same text | "
        "WER | WER change | CER | CER change |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for row in judgement.sweep:
        yield _sweep_row(row)
    yield ""


def _sweep_row(row: SweepRow) -> str:
    rates = row.rates
    cells = [
        row.quantization.encoder,
        row.quantization.decoder,
        f"{(row.encoder_bytes + row.decoder_bytes) / 1e6:.1f}",
        _cosine(row.embeds_cosine),
        _cosine(row.logits_cosine),
        f"{row.logits_max_abs:.3f}",
        f"{row.n_same} of {rates.n_clips}",
    ]
    if rates.n_spoken:
        cells += [
            f"{rates.truth_wer:.4f}",
            f"{rates.truth_wer - rates.official_wer:+.4f}",
            f"{rates.truth_cer:.4f}",
            f"{rates.truth_cer - rates.official_cer:+.4f}",
        ]
    else:
        cells += [""] * 4
    return f"| {' | '.join(cells)} |"


def _details(judgement: Judgement) -> Iterator[str]:
    yield "## Every clip"
    yield ""
    yield "| reference | clip | stage | | figures |"
    yield "|---|---|---|---|---|"
    marks = {True: "ok", False: "FAILED", None: "–"}
    for result in judgement.results:
        cells = (result.reference, result.clip, result.stage, marks[result.passed])
        yield f"| {' | '.join(cells)} | {_figures(result)} |"
    yield ""


def _cosine(value: float) -> str:
    """Write a cosine so that its distance from 1 can be read."""
    distance = 1.0 - value
    return f"1 − {max(distance, 0.0):.1e}" if distance < 0.001 else f"{value:.4f}"


def _figures(result: StageResult) -> str:
    """Return cosine, difference and note of a result, safe inside a table."""
    parts = []
    if result.difference is not None:
        parts.append(
            f"cos {_cosine(result.difference.cosine)}, max {result.difference.max_abs:.2e}"
        )
    parts += [words for words in (result.note, result.expected) if words]
    return "; ".join(parts).replace("|", "\\|").replace("\n", " ")
