"""Write the figures: a Markdown table for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.bench.figures import Result, Spread, Summary, without_text
from models.bench.machine import Machine
from models.bench.targets import Verdict

NAMES = {
    "ours": "Songshu",
    "llama": "llama.cpp alone (prefill + generation only)",
    "mtmd": "llama.cpp mtmd",
    "official-fp32": "official package, fp32",
    "official-bf16": "official package, bf16",
}
COLUMNS = (
    "engine", "n", "load s", "mel s", "encoder s", "prompt tok", "prefill s (tok/s)",
    "generation s (ms/tok)", "total s (min–max)", "first pass s", "RTF", "peak MB",
    "outside native",
)  # fmt: skip
NOTES = """\
total = waveform to last token, loading excluded; medians over the rounds of the second pass of a
process (first pass beside it), one process per engine and round, order turned round every round.
RTF = total / audio. The number of tokens is forced for all; the first comes out of the prefill, so
ms/tok divides by one less. "outside native" = share of the total spent outside ONNX Runtime and
llama.cpp. Peak memory counts mapped model files. mtmd prefills 13 tokens more at whole multiples of
8 s, and computes its mel with 4 threads whatever it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that one measurement found.

    Attributes:
        pack: its name; recipe: its quantisations, for example "int8 encoder, q4_k_m decoder".
        audio_s: length of the clip.
    """

    pack: str
    recipe: str
    audio_s: float
    n_tokens: int
    n_threads: int
    machine: Machine
    summaries: Mapping[str, Summary]
    verdicts: Sequence[Verdict]
    results: Sequence[Result]

    def to_markdown(self) -> str:
        """Give the report as Markdown."""
        parts = [
            f"# Speed of {self.pack}: {self.audio_s:g} s of audio, {self.n_tokens} tokens, "
            f"{self.n_threads} threads",
            *self._facts(),
            table(COLUMNS, [self._row(summary) for summary in self.summaries.values()]),
            NOTES,
            "## Targets",
            table(("target", "wanted", "measured", "reached"), _verdict_rows(self.verdicts)),
        ]
        return "\n\n".join(parts) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Give the report as a JSON object, with every single result."""
        return {
            "pack": self.pack,
            "recipe": self.recipe,
            "audio_s": self.audio_s,
            "n_tokens": self.n_tokens,
            "n_threads": self.n_threads,
            "machine": self.machine.to_json(),
            "targets": [
                {"what": v.what, "wanted": v.wanted, "measured": v.measured, "reached": v.reached}
                for v in self.verdicts
            ],
            "results": [without_text(result).to_json() for result in self.results],
        }

    def write(self, path: Path) -> None:
        """Write PATH (Markdown) and the same name with .json."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.to_markdown(), encoding="utf-8")
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"
        path.with_suffix(".json").write_text(text, encoding="utf-8")

    def _facts(self) -> list[str]:
        machine = self.machine
        versions = {name: v for result in self.results for name, v in result.versions.items()}
        listed = ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
        facts = (
            f"{self.recipe}. {machine.cpu}, {machine.n_cores} cores, "
            f"{machine.memory_bytes / 1e9:.0f} GB, {machine.system}, Python {machine.python}, "
            f"{listed}. Cores busy before: {machine.busy_cores:.2f}."
        )
        busy = "**The machine was busy: these figures are not comparable with others.**"
        return [facts, busy] if machine.is_busy else [facts]

    def _row(self, one: Summary) -> list[str]:
        return [
            NAMES[one.engine],
            str(one.n_rounds),
            seconds(one.load_s),
            seconds(one.mel_s, 3),
            seconds(one.encode_s),
            str(one.n_prompt_tokens),
            f"{one.prefill_s.median:.2f} ({one.prefill_tokens_per_s:.0f})",
            f"{one.generate_s.median:.2f} ({one.ms_per_token:.1f})",
            f"{one.total_s.median:.2f} ({one.total_s.least:.2f}–{one.total_s.greatest:.2f})",
            seconds(one.first_total_s),
            f"{one.total_s.median / self.audio_s:.3f}",
            f"{one.peak_memory_bytes.median / 1e6:.0f}",
            f"{one.outside.median:.1%}" if one.outside is not None else "–",
        ]


def seconds(spread: Spread | None, digits: int = 2) -> str:
    """Write a median in seconds, or a dash where there is none."""
    return "–" if spread is None else f"{spread.median:.{digits}f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table; every row has as many cells as the head."""
    lines = [head, ["---"] * len(head), *rows]
    assert all(len(line) == len(head) for line in lines), "ragged table"
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _verdict_rows(verdicts: Sequence[Verdict]) -> list[list[str]]:
    return [[v.what, v.wanted, v.measured, "yes" if v.reached else "**no**"] for v in verdicts]
