"""Subtitle cues: cut segments, which may be 30 s long, into what a person can read in time.

In: segments, or lines that a person corrected. Out: ``Cue``: at most two lines of 42 narrow or 18
wide characters, 1 to 7 s where possible, or what ``CueOptions`` says instead. Within a segment the
time of every word is unknown, so time is shared out by width: speech runs at a roughly constant
rate, and only a segment with a long pause comes out wrong.

Where to cut is a shortest path over the atoms of a segment: each cue costs for its distance from an
even length, for being too short or too long to read, and for ending inside a sentence or a clause.
A segment with little text and much time gives longer cues rather than torn words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations, pairwise

from app.engine.types import Timed
from app.output.atoms import Atom, Measure, join_atoms, split_atoms

BREAK_COST = (1.0, 0.3, 0.0)  # for ending inside a clause, inside a sentence, at its end
NO_BREAK_COST = (0.0, 0.0, 0.0)
DURATION_COST = 4.0  # per second too short or too long: dearer than any break
MAX_LINES = 3  # more would hide the picture


@dataclass(frozen=True, slots=True, kw_only=True)
class CueOptions:
    """Rules for subtitles; the defaults are what broadcasters and streaming services ask for.

    Attributes:
        latin_chars, cjk_chars: how much a line holds, 8 to 200 and 4 to 100 characters.
        n_lines: how many lines a cue has at most, 1 to 3.
        min_s, max_s: how long a cue should stay on the screen, in seconds.
        break_at_punctuation: prefer to end cues and lines where a sentence or a clause ends.
    """

    latin_chars: int = 42
    cjk_chars: int = 18
    n_lines: int = 2
    min_s: float = 1.0
    max_s: float = 7.0
    break_at_punctuation: bool = True

    def __post_init__(self) -> None:
        if not (8 <= self.latin_chars <= 200 and 4 <= self.cjk_chars <= 100):
            raise ValueError("a line holds 8 to 200 Latin or 4 to 100 Chinese characters")
        if not 1 <= self.n_lines <= MAX_LINES:
            raise ValueError(f"a cue has 1 to {MAX_LINES} lines")
        if not 0 <= self.min_s <= self.max_s or self.max_s <= 0:
            raise ValueError("a cue stays 0 s or longer, and its longest time is not the shorter")

    @property
    def measure(self) -> Measure:
        """How wide characters and lines are."""
        return Measure.of(self.latin_chars, self.cjk_chars)

    @property
    def break_cost(self) -> tuple[float, float, float]:
        """What it costs to end inside a clause, inside a sentence, at its end."""
        return BREAK_COST if self.break_at_punctuation else NO_BREAK_COST


STANDARD_CUES = CueOptions()


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


def make_cues(segments: Sequence[Timed], options: CueOptions = STANDARD_CUES) -> list[Cue]:
    """Return the cues of a transcript, in order, none overlapping the next."""
    cues = [cue for segment in segments for cue in split_segment(segment, options)]
    starts = [*(cue.start_s for cue in cues), float("inf")]
    return [
        _fit(cue, next_start_s, options) for cue, next_start_s in zip(cues, starts[1:], strict=True)
    ]


def split_segment(segment: Timed, options: CueOptions = STANDARD_CUES) -> list[Cue]:
    """Return the cues of one segment; none if it has no text."""
    atoms = split_atoms(segment.text, options.measure)
    if not atoms:
        return []
    edges = _cheapest_cuts(atoms, segment.end_s - segment.start_s, options)
    widths = [0, *accumulate(atom.full_width for atom in atoms)]
    s_per_width = (segment.end_s - segment.start_s) / widths[-1]
    return [
        Cue(
            start_s=segment.start_s + widths[start] * s_per_width,
            end_s=segment.start_s + widths[end] * s_per_width,
            lines=break_lines(atoms[start:end], options),
        )
        for start, end in pairwise(edges)
    ]


def break_lines(atoms: list[Atom], options: CueOptions = STANDARD_CUES) -> tuple[str, ...]:
    """Return as few lines as fit, the evenest ones, preferring to break at punctuation."""
    n_lines = min(_n_lines_needed(atoms, options.measure.line), options.n_lines, len(atoms))
    cuts = min(
        combinations(range(1, len(atoms)), n_lines - 1),
        key=lambda cuts: _line_break_cost(atoms, cuts, options),
    )
    edges = (0, *cuts, len(atoms))
    return tuple(join_atoms(atoms[start:end]) for start, end in pairwise(edges))


def line_width(atoms: list[Atom]) -> int:
    """Return the width of atoms in one line; the first one's space is not shown."""
    return atoms[0].width + sum(atom.full_width for atom in atoms[1:])


def _n_lines_needed(atoms: list[Atom], width: int) -> int:
    line, n_lines = atoms[0].width, 1
    for atom in atoms[1:]:
        line += atom.full_width
        if line > width:
            line, n_lines = atom.width, n_lines + 1
    return n_lines


def _line_break_cost(atoms: list[Atom], cuts: tuple[int, ...], options: CueOptions) -> float:
    limit = options.measure.line
    widths = [line_width(atoms[a:b]) for a, b in pairwise((0, *cuts, len(atoms)))]
    overflow = sum(max(0, width - limit) for width in widths)
    unevenness = sum(abs(first - second) for first, second in pairwise(widths)) / limit
    breaks = sum(options.break_cost[atoms[cut - 1].breaks] for cut in cuts)
    return 100 * overflow + unevenness + 0.2 * breaks


def _cheapest_cuts(atoms: list[Atom], duration_s: float, options: CueOptions) -> list[int]:
    """Return the edges of the cues, from 0 to len(atoms), as indices of atoms."""
    pricing = _Pricing(atoms, duration_s, options)
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

    def __init__(self, atoms: list[Atom], duration_s: float, options: CueOptions) -> None:
        self._atoms = atoms
        self._min_s, self._max_s, self._n_lines = options.min_s, options.max_s, options.n_lines
        self._break_costs = [options.break_cost[atom.breaks] for atom in atoms]
        self._line = options.measure.line
        self._widths = [0, *accumulate(atom.full_width for atom in atoms)]
        total = self._widths[-1]
        self._s_per_width = duration_s / total
        self._even_width = total / _n_cues(total, duration_s, options)

    def starts(self, end: int) -> Iterator[int]:
        """Yield where a cue that ends here may begin."""
        line, n_lines = 0, 1  # filled from the last atom backwards: no other way needs fewer lines
        for start in range(end - 1, -1, -1):
            atom = self._atoms[start]
            if line and line + atom.width > self._line:
                line, n_lines = 0, n_lines + 1
            if n_lines > self._n_lines:
                return
            line += atom.full_width
            yield start

    def cost(self, start: int, end: int) -> float:
        """Return the cost of one cue."""
        width = self._widths[end] - self._widths[start]
        duration_s = width * self._s_per_width
        outside_s = max(self._min_s - duration_s, duration_s - self._max_s, 0.0)
        uneven = (width / self._even_width - 1) ** 2
        return uneven + DURATION_COST * outside_s + self._break_costs[end - 1]


def _n_cues(width: int, duration_s: float, options: CueOptions) -> int:
    """Return how many cues a segment needs at least, by space and by time."""
    by_space = -(-width // (options.n_lines * options.measure.line))
    by_time = -(-duration_s // options.max_s)
    return max(1, int(by_space), int(by_time))


def _fit(cue: Cue, next_start_s: float, options: CueOptions) -> Cue:
    """Keep a short cue on the screen long enough, if the next lets it; end when the next begins."""
    end_s = max(cue.end_s, min(cue.start_s + options.min_s, next_start_s))
    if cue.start_s < next_start_s < end_s:  # times that a person edited may overlap
        end_s = next_start_s
    return Cue(start_s=cue.start_s, end_s=end_s, lines=cue.lines)
