"""Cut a stream of blocks into chunks that the model hears at once, in silence.

In: blocks of float32 at 16 kHz of any size. Out: ``AudioChunk``, in order, without overlap and
without a sample lost; memory is bounded by one chunk and one block.

A chunk never exceeds ``max_chunk_s`` (30 s): beyond, the model repeats itself and drops text. The
official splitter searches ±5 s around its limit and may land 5 s past it; here all 10 s of search
lie before the limit: 20–30 s. Inside, the cut goes to the quietest 100 ms, and there to the sample
nearest zero (the official rule). Of equally quiet places, as in digital silence, the middle one is
taken: farthest from the words on either side. No text is carried over: that helps style but lets
one loop poison all that follows.

A stream that ends soon after the limit would leave a last chunk of a syllable, on which models do
worst; so half of the search (5 s) is read ahead, and what comes after the cut is at least as long.

Leading and trailing silence stays in the chunk: times remain plain, and whether trimming helps is
to be measured with a model, not guessed.

A chunk whose peak exceeds 1 is divided by it: the official rule for a clip, and a chunk is what the
model gets as a clip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.engine.types import SAMPLE_RATE, AudioChunk, FloatArray
from app.numeric import np

QUIET_MS = 100  # a pause between words; shorter quiet spans lie inside words


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkOptions:
    """Where chunks may end.

    Attributes:
        max_chunk_s: no chunk is longer.
        search_s: length of the span before that limit in which the cut is searched.
    """

    max_chunk_s: float = 30.0
    search_s: float = 10.0

    def __post_init__(self) -> None:
        if not QUIET_MS / 1000 <= self.search_s <= self.max_chunk_s:
            raise ValueError(
                f"search_s must lie between {QUIET_MS / 1000} and max_chunk_s, got {self.search_s}"
            )

    @classmethod
    def for_limit(cls, max_chunk_s: float) -> ChunkOptions:
        """Give the options for a model that is good at chunks of up to max_chunk_s seconds."""
        return cls(max_chunk_s=max_chunk_s, search_s=max_chunk_s / 3)

    @property
    def n_max_samples(self) -> int:
        """Longest chunk in samples."""
        return round(self.max_chunk_s * SAMPLE_RATE)

    @property
    def n_tail_samples(self) -> int:
        """Shortest chunk after a cut, in samples."""
        return self.n_search_samples // 2

    @property
    def n_search_samples(self) -> int:
        """Length of the search in samples."""
        return round(self.search_s * SAMPLE_RATE)


DEFAULT_OPTIONS = ChunkOptions()


def split_chunks(
    blocks: Iterable[FloatArray], options: ChunkOptions = DEFAULT_OPTIONS
) -> Iterator[AudioChunk]:
    """Yield the chunks of a stream as soon as each is certain.

    Args:
        blocks: float32 [n_samples] each, 16 kHz mono.
        options: limits.
    """
    start_sample = 0
    for piece in _pieces(blocks, options):
        yield as_chunk(start_sample, piece)
        start_sample += len(piece)


def _pieces(blocks: Iterable[FloatArray], options: ChunkOptions) -> Iterator[FloatArray]:
    """Yield the stream cut up; nothing is joined before a cut is due, since blocks may be tiny."""
    waiting: list[FloatArray] = []
    n_waiting = 0
    for block in blocks:
        waiting.append(block)
        n_waiting += len(block)
        if n_waiting > options.n_max_samples + options.n_tail_samples:
            *done, rest = _cut_all(np.concatenate(waiting), options, options.n_tail_samples)
            yield from done
            waiting, n_waiting = [rest], len(rest)
    if n_waiting:
        yield from _cut_all(np.concatenate(waiting), options, 0)


def _cut_all(
    waveform: FloatArray, options: ChunkOptions, n_ahead_samples: int
) -> Iterator[FloatArray]:
    """Yield pieces while more than one chunk and what is read ahead is left; then the rest."""
    while len(waveform) > options.n_max_samples + n_ahead_samples:
        n_limit = min(options.n_max_samples, len(waveform) - options.n_tail_samples)
        n_search = options.n_search_samples - (options.n_max_samples - n_limit)
        n_piece = find_cut(waveform[:n_limit], n_search)
        yield waveform[:n_piece]
        waveform = waveform[n_piece:]
    yield waveform


def find_cut(waveform: FloatArray, n_search_samples: int) -> int:
    """Return where to end a chunk: a quiet sample among the last ones.

    Args:
        waveform: float32 [n_samples], the longest chunk there may be.
        n_search_samples: how far back from its end to search.

    Returns:
        Number of samples of the chunk, at least 1.
    """
    sizes = np.abs(waveform[-n_search_samples:])
    n_quiet = min(QUIET_MS * SAMPLE_RATE // 1000, len(sizes))
    sums = np.concatenate([[0.0], np.cumsum(sizes, dtype=np.float64)])
    loudness = sums[n_quiet:] - sums[:-n_quiet]  # -> [n_search - n_quiet + 1]
    quiet_start = _middle_minimum(loudness, tolerance=1e-9 * sums[-1])
    quietest = _middle_minimum(sizes[quiet_start : quiet_start + n_quiet], tolerance=0.0)
    return max(1, len(waveform) - len(sizes) + quiet_start + quietest)


def _middle_minimum(values: np.ndarray, tolerance: float) -> int:
    """Return the index of the smallest value, the middle one of several."""
    ties = np.flatnonzero(values <= values.min() + tolerance)
    return int(ties[len(ties) // 2])


def as_chunk(start_sample: int, waveform: FloatArray) -> AudioChunk:
    """Make a chunk of float32 [n_samples > 0], divided by its peak if that exceeds 1."""
    peak = float(np.abs(waveform).max())
    scaled = waveform / np.float32(peak) if peak > 1 else waveform.copy()
    return AudioChunk(start_sample=start_sample, waveform=scaled)
