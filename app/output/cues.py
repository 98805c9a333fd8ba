"""Subtitle cues: cut segments, which may be 30 s long, into what a person can read in time.

In: segments. Out: ``Cue``: at most two lines of 42 narrow or 18 wide characters, 1 to 7 s where
possible. Within a segment the time of every word is unknown, so time is shared out by width: speech
runs at a roughly constant rate, and only a segment with a long pause comes out wrong.

Where to cut is a shortest path over the atoms of a segment: each cue costs for its distance from an
even length, for being too short or too long to read, and for ending inside a sentence or a clause.
A segment with little text and much time gives longer cues rather than torn words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from app.engine.types import Segment
from app.output.atoms import LINE_WIDTH, Atom, join_atoms, split_atoms

N_LINES = 2
MIN_CUE_S = 1.0
MAX_CUE_S = 7.0
BREAK_COST = (1.0, 0.3, 0.0)  # for ending inside a clause, inside a sentence, at its end
DURATION_COST = 4.0  # per second outside 1–7 s: dearer than any break


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Text that is shown at once.

    Attributes:
        start_s, end_s: when, in seconds.
        lines: one or two.
    """

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def make_cues(segments: Sequence[Segment]) -> list[Cue]:
    """Return the cues of a transcript, in order, none overlapping the next."""
    cues = [cue for segment in segments for cue in split_segment(segment)]
    starts = [*(cue.start_s for cue in cues), float("inf")]
    return [
        _lengthen(cue, next_start_s) for cue, next_start_s in zip(cues, starts[1:], strict=True)
    ]


def split_segment(segment: Segment) -> list[Cue]:
    """Return the cues of one segment; none if it has no text."""
    atoms = split_atoms(segment.text)
    if not atoms:
        return []
    edges = _cheapest_cuts(atoms, segment.end_s - segment.start_s)
    widths = [0, *accumulate(atom.full_width for atom in atoms)]
    s_per_width = (segment.end_s - segment.start_s) / widths[-1]
    return [
        Cue(
            start_s=segment.start_s + widths[start] * s_per_width,
            end_s=segment.start_s + widths[end] * s_per_width,
            lines=break_lines(atoms[start:end]),
        )
        for start, end in pairwise(edges)
    ]


def break_lines(atoms: list[Atom]) -> tuple[str, ...]:
    """Return one line, or the two evenest ones that fit, preferring to break at punctuation."""
    if line_width(atoms) <= LINE_WIDTH:
        return (join_atoms(atoms),)
    cut = min(range(1, len(atoms)), key=lambda index: _line_break_cost(atoms, index))
    return (join_atoms(atoms[:cut]), join_atoms(atoms[cut:]))


def line_width(atoms: list[Atom]) -> int:
    """Return the width of atoms in one line; the first one's space is not shown."""
    return atoms[0].width + sum(atom.full_width for atom in atoms[1:])


def _line_break_cost(atoms: list[Atom], cut: int) -> float:
    first, second = line_width(atoms[:cut]), line_width(atoms[cut:])
    overflow = max(0, first - LINE_WIDTH) + max(0, second - LINE_WIDTH)
    unevenness = abs(first - second) / LINE_WIDTH
    return 100 * overflow + unevenness + 0.2 * BREAK_COST[atoms[cut - 1].breaks]


def _cheapest_cuts(atoms: list[Atom], duration_s: float) -> list[int]:
    """Return the edges of the cues, from 0 to len(atoms), as indices of atoms."""
    pricing = _Pricing(atoms, duration_s)
    best: list[tuple[float, int]] = [(0.0, 0)]  # cost up to here, start of the last cue
    for end in range(1, len(atoms) + 1):
        offers = (
            (best[start][0] + pricing.cost(start, end), start) for start in pricing.starts(end)
        )
        best.append(min(offers))
    edges = [len(atoms)]
    while edges[-1]:
        edges.append(best[edges[-1]][1])
    return edges[::-1]


class _Pricing:
    """What a cue costs."""

    def __init__(self, atoms: list[Atom], duration_s: float) -> None:
        self._atoms = atoms
        self._widths = [0, *accumulate(atom.full_width for atom in atoms)]
        total = self._widths[-1]
        self._s_per_width = duration_s / total
        self._even_width = total / _n_cues(total, duration_s)

    def starts(self, end: int) -> Iterator[int]:
        """Yield where a cue that ends here may begin."""
        line, n_lines = 0, 1  # filled from the last atom backwards: no other way needs fewer lines
        for start in range(end - 1, -1, -1):
            atom = self._atoms[start]
            if line + atom.width > LINE_WIDTH:
                line, n_lines = 0, n_lines + 1
            if n_lines > N_LINES:
                return
            line += atom.full_width
            yield start

    def cost(self, start: int, end: int) -> float:
        """Return the cost of one cue."""
        width = self._widths[end] - self._widths[start]
        duration_s = width * self._s_per_width
        outside_s = max(MIN_CUE_S - duration_s, duration_s - MAX_CUE_S, 0.0)
        uneven = (width / self._even_width - 1) ** 2
        return uneven + DURATION_COST * outside_s + BREAK_COST[self._atoms[end - 1].breaks]


def _n_cues(width: int, duration_s: float) -> int:
    """Return how many cues a segment needs at least, by space and by time."""
    by_space = -(-width // (N_LINES * LINE_WIDTH))
    by_time = -(-duration_s // MAX_CUE_S)
    return max(1, int(by_space), int(by_time))


def _lengthen(cue: Cue, next_start_s: float) -> Cue:
    """Keep a short cue on the screen for a second, if the next one lets it."""
    end_s = max(cue.end_s, min(cue.start_s + MIN_CUE_S, next_start_s))
    return Cue(start_s=cue.start_s, end_s=end_s, lines=cue.lines)
