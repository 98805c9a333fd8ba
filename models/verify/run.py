"""Run both sides on the same clips and compare them."""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.engine.clip import ClipRecognizer
from app.engine.pack import Pack
from models.checkpoint import open_checkpoint
from models.verify.clips import Clip
from models.verify.compare import (
    Pairing,
    Quantization,
    StageResult,
    compare,
    compare_prompts,
)
from models.verify.exported import answer, encode, load, prompt_case_ids
from models.verify.judgement import TextPair
from models.verify.protocol import PromptCase, Request, kept_reference, run_reference
from models.verify.references import Reference
from models.verify.response import Response

# With and without context and language; composed and decomposed letters, scripts without spaces,
# digits (one token each), leading and doubled white space, and line breaks.
PROMPT_CASES = (
    PromptCase(name="nothing"),
    PromptCase(name="language", language="English"),
    PromptCase(name="context", context="The speaker is Dr. Müller from Zürich."),
    PromptCase(name="context, language", context="Songshu, Qwen3-ASR", language="French"),
    PromptCase(name="Chinese", context="松鼠，语音识别。热词：骨质疏松症", language="Chinese"),
    PromptCase(name="decomposed", context="cafe\u0301 Mu\u0308ller, \u1112\u1161\u11ab"),
    PromptCase(name="digits, emoji", context="In 2026 we paid 1,234.50 € 🐿️ №7"),
    PromptCase(name="white space", context="  two  leading\n\n\nthree lines\t\ttabs  "),
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is compared.

    Attributes:
        max_new_tokens: an answer ends here at the latest, on both sides.
        flash_attention: as the application, which uses it with quantised decoders; False shows the
            export alone.
        keep: where responses of the implementations are kept and found again; None for nowhere.
    """

    pack: Pack
    checkpoint: Path
    clips: tuple[Clip, ...]
    max_new_tokens: int
    n_threads: int
    flash_attention: bool = True
    keep: Path | None = None

    @property
    def prompt_cases(self) -> tuple[PromptCase, ...]:
        """Prompts to compare; the engine sends a context only to a model that takes one."""
        takes_context = self.pack.manifest.takes_context
        return tuple(case for case in PROMPT_CASES if takes_context or not case.context)

    @property
    def quantization(self) -> Quantization:
        """What was done to the weights of the pack."""
        manifest = self.pack.manifest
        return Quantization(
            encoder=manifest.encoder.quantization, decoder=manifest.decoder.quantization
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One reference against the pack."""

    reference: Reference
    response: Response
    results: tuple[StageResult, ...]
    texts: tuple[TextPair, ...]


def judge(plan: Plan, reference: Reference, response: Response, say: Say) -> Comparison:
    """Run the pack on the clips of a plan and compare it with what an implementation computed.

    Raises:
        PackError, EngineError: the pack cannot be used.
    """
    started_s = time.perf_counter()
    recognizer = load(
        plan.pack,
        n_threads=plan.n_threads,
        attention=reference.attention,
        flash_attention=plan.flash_attention,
    )
    with closing(recognizer):
        judged = list(_judge_clips(plan, reference, response, recognizer))
        prompts = list(_judge_prompts(plan, reference, response, recognizer))
    say(f"exported, mode {reference.attention}: {time.perf_counter() - started_s:.1f} s")
    return Comparison(
        reference=reference,
        response=response,
        results=(*(result for results, _ in judged for result in results), *prompts),
        texts=tuple(text for _, text in judged if text is not None),
    )


def ask(plan: Plan, reference: Reference, say: Say) -> Response:
    """Run an implementation on the clips of a plan.

    Raises:
        VerifyError: it could not be run.
    """
    started_s = time.perf_counter()
    request = Request(
        implementation=reference.implementation,
        checkpoint=plan.checkpoint,
        clips=plan.clips,
        prompt_cases=plan.prompt_cases,
        max_new_tokens=plan.max_new_tokens,
        n_threads=plan.n_threads,
    )
    if plan.keep is not None:
        weights = open_checkpoint(plan.checkpoint).weights_sha256()
        response = kept_reference(request, reference.command, plan.keep, weights)
    else:
        with tempfile.TemporaryDirectory(prefix="songshu-verify-") as folder:
            response = run_reference(request, reference.command, Path(folder))
    seconds = time.perf_counter() - started_s
    say(f"{reference.implementation}: {len(plan.clips)} clips in {seconds:.1f} s")
    return response


def _judge_clips(
    plan: Plan, reference: Reference, response: Response, recognizer: ClipRecognizer
) -> Iterator[tuple[list[StageResult], TextPair | None]]:
    for clip, official in zip(plan.clips, response.outputs, strict=True):
        ours = answer(
            recognizer,
            clip,
            encode(recognizer, clip),
            audio_pad=plan.pack.manifest.tokens.audio_pad,
            forced_ids=official.token_ids,
            max_new_tokens=plan.max_new_tokens,
        )
        pairing = Pairing(
            clip=clip.name,
            reference=reference.implementation,
            quantization=plan.quantization,
            expected=reference.expected_difference(clip),
        )
        text = TextPair(
            clip=clip.name,
            reference=reference.implementation,
            official=official.text,
            ours=ours.text,
            truth=clip.truth,
        )
        yield compare(pairing, official, ours), None if pairing.expected else text


def _judge_prompts(
    plan: Plan, reference: Reference, response: Response, recognizer: ClipRecognizer
) -> Iterator[StageResult]:
    audio_pad = plan.pack.manifest.tokens.audio_pad
    for case, official in zip(plan.prompt_cases, response.prompts, strict=True):
        ours = prompt_case_ids(recognizer, case, official.count(audio_pad), audio_pad)
        pairing = Pairing(
            clip=f"prompt: {case.name}",
            reference=reference.implementation,
            quantization=plan.quantization,
        )
        yield compare_prompts(pairing, official, ours)


def describe_machine() -> str:
    """Name the processor and the system, for the report."""
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
