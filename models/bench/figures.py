"""What is measured: one pass, one process, and the medians over all rounds.

Seconds are wall clock (perf_counter). ``total_s`` runs from the waveform to the last token: loading
and reading the audio file are not in it. Everything here goes to JSON and back, for results cross
a process boundary.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one process has to do.

    Attributes:
        engine: name of the engine (``schedule.ENGINES``).
        waveform_file: .npy, float32 [n_samples], mono, 16 kHz.
        pack: folder or file of the pack; checkpoint: folder, "" if the engine needs none.
        text_gguf, mmproj_gguf: for mtmd, else "".
        n_tokens: tokens to generate, whatever the model says.
        n_warm_passes: passes after the first; the median of their totals is what counts.
    """

    engine: str
    waveform_file: str
    pack: str
    n_tokens: int
    n_threads: int
    n_warm_passes: int = 1
    checkpoint: str = ""
    text_gguf: str = ""
    mmproj_gguf: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Where the time of one pass went.

    Attributes:
        mel_s, encode_s: None for an engine that has no such stage.
        native_s: spent inside ONNX Runtime and llama.cpp; None where it was not measured.
        text: what came out, for a look; it means nothing when the end token is ignored.
    """

    prefill_s: float
    generate_s: float
    total_s: float
    n_prompt_tokens: int
    n_new_tokens: int
    mel_s: float | None = None
    encode_s: float | None = None
    native_s: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one process measured.

    Attributes:
        load_s: loading the model, imports excluded.
        first: the first pass after loading; warm: a later one.
        peak_memory_bytes: most resident memory of the process, mapped files included.
        versions: of the runtimes that did the work.
    """

    engine: str
    load_s: float
    first: Pass
    warm: Pass
    peak_memory_bytes: int
    versions: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Give a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Result:
        """Read what ``to_json`` gave."""
        passes = {key: Pass(**data[key]) for key in ("first", "warm")}
        return cls(**{**data, **passes})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Median, least and greatest of several rounds."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Summarise at least one value."""
        return cls(median=statistics.median(values), least=min(values), greatest=max(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The rounds of one engine; None where the engine has no such stage.

    Attributes:
        outside: share of the total that was spent outside native calls, 0 to 1.
    """

    engine: str
    n_rounds: int
    n_prompt_tokens: int
    n_new_tokens: int
    load_s: Spread
    mel_s: Spread | None
    encode_s: Spread | None
    prefill_s: Spread
    generate_s: Spread
    total_s: Spread
    first_total_s: Spread
    peak_memory_bytes: Spread
    outside: Spread | None

    @property
    def prefill_tokens_per_s(self) -> float:
        """Prompt tokens per second, at the median."""
        return self.n_prompt_tokens / self.prefill_s.median

    @property
    def ms_per_token(self) -> float:
        """Milliseconds per generated token; the first one comes out of the prefill."""
        return 1000 * self.generate_s.median / max(1, self.n_new_tokens - 1)


def summarize(results: Sequence[Result]) -> Summary:
    """Take the medians over the rounds of one engine."""
    last = results[-1]
    warm = [result.warm for result in results]
    return Summary(
        engine=last.engine,
        n_rounds=len(results),
        n_prompt_tokens=last.warm.n_prompt_tokens,
        n_new_tokens=last.warm.n_new_tokens,
        load_s=Spread.of([result.load_s for result in results]),
        mel_s=_optional(warm, lambda one: one.mel_s),
        encode_s=_optional(warm, lambda one: one.encode_s),
        prefill_s=Spread.of([one.prefill_s for one in warm]),
        generate_s=Spread.of([one.generate_s for one in warm]),
        total_s=Spread.of([one.total_s for one in warm]),
        first_total_s=Spread.of([result.first.total_s for result in results]),
        peak_memory_bytes=Spread.of([result.peak_memory_bytes for result in results]),
        outside=_optional(warm, outside_share),
    )


def outside_share(one: Pass) -> float | None:
    """Give the share of a pass that was spent outside native calls, 0 to 1."""
    return None if one.native_s is None else 1 - one.native_s / one.total_s


def middle_pass(passes: Sequence[Pass]) -> Pass:
    """Pick the pass whose total is the (lower) median: its stages belong together."""
    ordered = sorted(passes, key=lambda one: one.total_s)
    return ordered[(len(ordered) - 1) // 2]


def without_text(result: Result) -> Result:
    """Drop the texts, which say nothing about speed."""
    first, warm = (replace(one, text="") for one in (result.first, result.warm))
    return replace(result, first=first, warm=warm)


def _optional(passes: Sequence[Pass], value: Callable[[Pass], float | None]) -> Spread | None:
    values = [found for one in passes if (found := value(one)) is not None]
    return Spread.of(values) if len(values) == len(passes) else None
