"""What the figures should be, and whether they are.

Ratios are taken between medians of the same measurement, never between machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.bench.figures import Spread, Summary

TOTAL_RATIO = 1.5  # mtmd's total divided by ours
ENCODER_RATIO = 3.5  # mtmd's encoder divided by ours
OUTSIDE_SHARE = 0.03  # of our total, outside native calls
PEAK_BYTES = 1_150_000_000  # with n_ctx sized to the chunk
NOISE = 1.02  # "not slower" leaves room for 2 %, about what two equal rounds differ by


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One target and what was measured."""

    what: str
    wanted: str
    measured: str
    reached: bool


def judge(summaries: Mapping[str, Summary]) -> list[Verdict]:
    """Compare our figures with every target that the measured engines allow."""
    ours = summaries["ours"]
    verdicts = list(_against_llama(ours, summaries["llama"]))
    if "mtmd" in summaries:
        verdicts += _against_mtmd(ours, summaries["mtmd"])
    assert ours.outside is not None, "our own engine always measures its native calls"
    share, peak = ours.outside.median, ours.peak_memory_bytes.median
    verdicts.append(
        Verdict(
            what="outside native calls",
            wanted=f"≤ {OUTSIDE_SHARE:.0%} of the total",
            measured=f"{share:.1%}",
            reached=share <= OUTSIDE_SHARE,
        )
    )
    verdicts.append(
        Verdict(
            what="peak memory",
            wanted=f"≤ {PEAK_BYTES / 1e9:.2f} GB",
            measured=f"{peak / 1e9:.2f} GB",
            reached=peak <= PEAK_BYTES,
        )
    )
    return verdicts


def _against_mtmd(ours: Summary, mtmd: Summary) -> Iterator[Verdict]:
    assert ours.encode_s is not None, "our engine has an encoder"
    assert mtmd.encode_s is not None, "libmtmd has an encoder"
    yield _at_least("total, times as fast as mtmd", TOTAL_RATIO, mtmd.total_s, ours.total_s)
    yield _at_least("encoder, times as fast as mtmd's", ENCODER_RATIO, mtmd.encode_s, ours.encode_s)


def _against_llama(ours: Summary, alone: Summary) -> Iterator[Verdict]:
    yield _not_slower("prefill, beside llama.cpp alone", ours.prefill_s, alone.prefill_s)
    yield _not_slower("generation, beside llama.cpp alone", ours.generate_s, alone.generate_s)


def _at_least(what: str, wanted: float, theirs: Spread, ours: Spread) -> Verdict:
    ratio = theirs.median / ours.median
    return Verdict(
        what=what, wanted=f"≥ {wanted:.1f}", measured=f"{ratio:.2f}", reached=ratio >= wanted
    )


def _not_slower(what: str, ours: Spread, alone: Spread) -> Verdict:
    return Verdict(
        what=what,
        wanted=f"≤ {alone.median:.3f} s (+ {NOISE - 1:.0%} noise)",
        measured=f"{ours.median:.3f} s",
        reached=ours.median <= NOISE * alone.median,
    )
