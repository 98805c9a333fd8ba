"""From runs of a stream to the figures of one row of the report."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.engine.draft_decoder import Work
from app.text.echo import split_units
from models.bench.stream_run import StreamRun, n_revised


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Where somebody really speaks in one utterance, in seconds of the stream."""

    first_s: float
    last_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFigures:
    """One variant over all recordings.

    Attributes:
        name: which optimisations are on.
        n_utterances, speech_s: utterances with text, and their length.
        first_s: from the first sound of speech to the first text, median and worst.
        final_s: from the last sound of speech to the final text, median and worst.
        compute_per_s: seconds of computing per second of utterance; cpu_per_s: processor seconds.
        step_s: one decoding, median and worst.
        n_partials: partial texts per utterance.
        revision_rate: words that were shown and then changed, per word of the final texts.
        n_differ: utterances whose text is not that of offline recognition; None if not compared.
        work: of the decoder.
    """

    name: str
    n_utterances: int
    speech_s: float
    first_s: tuple[float, float]
    final_s: tuple[float, float]
    compute_per_s: float
    cpu_per_s: float
    step_s: tuple[float, float]
    n_partials: float
    revision_rate: float
    n_differ: int | None
    work: Work

    def to_json(self) -> dict[str, Any]:
        """Give a JSON object."""
        return asdict(self)


def summarize_runs(
    name: str,
    runs: Sequence[StreamRun],
    speech: Sequence[Sequence[Speech]],
    *,
    cpu_s: float,
    n_differ: int | None,
    work: Work,
) -> StreamFigures:
    """Take the figures of one variant.

    Args:
        name: of the variant.
        runs: one for each recording, with at least one utterance in all.
        speech: for each run, for each of its utterances, where somebody really speaks.
        cpu_s: processor seconds of all runs.
        n_differ: utterances that differ from offline recognition.
        work: of the decoder, in all runs.
    """
    firsts, finals, lengths, texts = [], [], [], []
    for run, places in zip(runs, speech, strict=True):
        for (segment, shown), place in zip(run.utterances(), places, strict=True):
            first = next(one.at_s for one in shown if one.text)
            firsts.append(first - place.first_s)
            finals.append(shown[-1].at_s - place.last_s)
            lengths.append(segment.end_s - segment.start_s)
            texts.append([one.text for one in shown])
    steps = [step for run in runs for step in run.step_s]
    n_words = sum(len(split_units(shown[-1])) for shown in texts)
    return StreamFigures(
        name=name,
        n_utterances=len(texts),
        speech_s=sum(lengths),
        first_s=_middle_and_worst(firsts),
        final_s=_middle_and_worst(finals),
        compute_per_s=sum(run.compute_s for run in runs) / sum(lengths),
        cpu_per_s=cpu_s / sum(lengths),
        step_s=_middle_and_worst(steps),
        n_partials=statistics.mean(len(shown) - 1 for shown in texts),
        revision_rate=sum(map(n_revised, texts)) / max(1, n_words),
        n_differ=n_differ,
        work=work,
    )


def _middle_and_worst(values: Sequence[float]) -> tuple[float, float]:
    return statistics.median(values), max(values)
