"""Write the figures of live recognition: a Markdown table for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.bench.machine import Machine
from models.bench.report import table
from models.bench.stream_figures import StreamFigures

COLUMNS = (
    "optimisations", "utterances (s)", "compute s per s", "CPU s per s", "first text s",
    "final text s", "one step s", "texts each", "revised words", "kept / computed positions",
    "drafted / accepted / repeated", "differs from offline",
)  # fmt: skip
NOTES = """\
Sound arrives in tenths of a second on a clock that stands still while nothing is computed. First
text: from the first sound of speech (as the speech gate finds it in the utterance) to the first
partial text, median (worst). Final text: from the last sound of speech, waiting for the pause
included. Compute: everything between feeding and text, per second of utterance. Revised words:
shown and then changed, per word of the final texts. Positions and tokens are sums over the run."""
FORCED = """\
The tokens are forced: {rate:g} a second, of which the last two are said otherwise each time; the
texts mean nothing, so they are not compared. Close calls, which the real model computes token by
token, do not occur here."""
MOST, TARGET = 1.0, 0.35  # compute per second of speech


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReport:
    """Everything that one measurement found."""

    pack: str
    recipe: str
    audio: str
    tokens_per_s: float | None
    step_s: float
    max_duty: float
    mean_duty: float
    n_threads: int
    n_rounds: int
    keeps_up: bool
    cpu_clock: bool
    machine: Machine
    figures: Sequence[StreamFigures]

    def to_markdown(self) -> str:
        """Give the report as Markdown."""
        parts = [
            f"# Live recognition with {self.pack}: {self.audio}, {self.n_threads} threads",
            self._facts(),
            table(COLUMNS, [self._row(one) for one in self.figures]),
            NOTES,
        ]
        if self.tokens_per_s is not None:
            parts.append(FORCED.format(rate=self.tokens_per_s))
        verdict = self._verdict()
        return "\n\n".join([*parts, verdict] if verdict else parts) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Give the report as a JSON object."""
        return {
            "pack": self.pack,
            "recipe": self.recipe,
            "audio": self.audio,
            "tokens_per_s": self.tokens_per_s,
            "step_s": self.step_s,
            "max_duty": self.max_duty,
            "mean_duty": self.mean_duty,
            "n_threads": self.n_threads,
            "n_rounds": self.n_rounds,
            "keeps_up": self.keeps_up,
            "cpu_clock": self.cpu_clock,
            "machine": self.machine.to_json(),
            "figures": [one.to_json() for one in self.figures],
        }

    def write(self, path: Path) -> None:
        """Write PATH (Markdown) and the same name with .json."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.to_markdown(), encoding="utf-8")
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"
        path.with_suffix(".json").write_text(text, encoding="utf-8")

    def _facts(self) -> str:
        machine = self.machine
        clock = "processor time / threads" if self.cpu_clock else "wall clock"
        busy = " **The machine was busy.**" if machine.is_busy else ""
        limit = (
            f"or less often, so that they take at most {self.max_duty:g} s per s, "
            f"{self.mean_duty:g} over an utterance"
        )
        if self.keeps_up:
            limit = "however long it takes (--keeps-up)"
        return (
            f"{self.recipe}. A partial text after every {self.step_s:g} s of new sound, {limit}. "
            f"{machine.cpu}, {machine.n_cores} cores, {machine.system}. Computing is measured by "
            f"{clock}; median of {self.n_rounds} rounds. Cores busy before: "
            f"{machine.busy_cores:.2f}.{busy}"
        )

    def _row(self, one: StreamFigures) -> list[str]:
        work, is_real = one.work, self.tokens_per_s is None
        return [
            one.name,
            f"{one.n_utterances} ({one.speech_s:.0f})",
            f"{one.compute_per_s:.3f}",
            f"{one.cpu_per_s:.3f}",
            _pair(one.first_s),
            _pair(one.final_s),
            _pair(one.step_s),
            f"{one.n_partials:.1f}",
            f"{one.revision_rate:.0%}" if is_real else "–",
            f"{work.n_kept} / {work.n_computed}",
            f"{work.n_drafted} / {work.n_accepted} / {work.n_repeated}",
            "–" if one.n_differ is None else str(one.n_differ),
        ]

    def _verdict(self) -> str:
        """Judge the variant with everything on."""
        best = next((one for one in self.figures if one.name == "all on"), None)
        if best is None:
            return ""
        value = best.compute_per_s
        rows = [
            ["compute per second of speech", f"< {MOST:g}", f"{value:.3f}", _yes(value < MOST)],
            ["the same", f"≤ {TARGET:g}", f"{value:.3f}", _yes(value <= TARGET)],
        ]
        return "## Targets\n\n" + table(("target", "wanted", "measured", "reached"), rows)


def _pair(values: tuple[float, float]) -> str:
    return f"{values[0]:.2f} ({values[1]:.2f})"


def _yes(reached: bool) -> str:
    return "yes" if reached else "**no**"
