"""Chunks: every sample once and in order, never too long, cut where it is quiet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from app.audio.chunks import ChunkOptions, find_cut, split_chunks
from app.engine.types import SAMPLE_RATE, FloatArray

MAX = 30 * SAMPLE_RATE


def noise(n_samples: int, seed: int = 0) -> FloatArray:
    rng = np.random.default_rng(seed)
    return (0.3 * rng.uniform(-1, 1, n_samples)).astype(np.float32)


def in_blocks(waveform: FloatArray, n_block: int) -> Iterator[FloatArray]:
    for start in range(0, len(waveform), n_block):
        yield waveform[start : start + n_block]


@pytest.mark.parametrize(
    ("n_samples", "n_chunks"), [(0, 0), (1, 1), (MAX - 1, 1), (MAX, 1), (MAX + 1, 2)]
)
def test_split_edge_lengths(n_samples: int, n_chunks: int) -> None:
    waveform = noise(n_samples)
    chunks = list(split_chunks(in_blocks(waveform, SAMPLE_RATE)))
    assert len(chunks) == n_chunks
    joined = np.concatenate([np.zeros(0, np.float32), *(chunk.waveform for chunk in chunks)])
    assert np.array_equal(joined, waveform)


@pytest.mark.parametrize("seed", range(12))
def test_split_keeps_every_sample_in_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    options = ChunkOptions(max_chunk_s=float(rng.uniform(0.2, 3)), search_s=0.15)
    waveform = noise(int(rng.integers(1, 20 * SAMPLE_RATE)), seed)
    chunks = list(split_chunks(in_blocks(waveform, int(rng.integers(1, 40_000))), options))
    position = 0
    for chunk in chunks:
        assert chunk.start_sample == position
        assert 0 < len(chunk.waveform) <= options.n_max_samples
        assert len(chunks) == 1 or len(chunk.waveform) >= options.n_tail_samples
        position += len(chunk.waveform)
    assert np.array_equal(np.concatenate([chunk.waveform for chunk in chunks]), waveform)


def test_split_does_not_depend_on_block_size() -> None:
    waveform = noise(70 * SAMPLE_RATE)
    starts = [
        [chunk.start_sample for chunk in split_chunks(in_blocks(waveform, n_block))]
        for n_block in (160, 16_000, len(waveform))
    ]
    assert starts[0] == starts[1] == starts[2]
    assert len(starts[0]) > 2


def test_split_cuts_in_the_middle_of_a_pause() -> None:
    waveform = noise(40 * SAMPLE_RATE)
    waveform[24 * SAMPLE_RATE : 25 * SAMPLE_RATE] = 0
    first, second = split_chunks(in_blocks(waveform, 8000))
    assert first.end_s == pytest.approx(24.5, abs=0.1)
    assert second.start_s == first.end_s


def test_split_ignores_a_pause_before_the_search() -> None:
    waveform = noise(40 * SAMPLE_RATE)
    waveform[10 * SAMPLE_RATE : 12 * SAMPLE_RATE] = 0
    first, _ = split_chunks(in_blocks(waveform, 8000))
    assert 20 <= first.end_s <= 30


@pytest.mark.parametrize("extra_s", [0.01, 1.0, 4.9, 5.1, 12.0])
def test_split_leaves_no_syllable_behind(extra_s: float) -> None:
    waveform = noise(MAX + round(extra_s * SAMPLE_RATE))
    waveform[29 * SAMPLE_RATE : MAX] = 0  # the quietest place is right before the limit
    first, second = split_chunks(in_blocks(waveform, SAMPLE_RATE))
    assert second.duration_s >= 4.9
    assert first.duration_s >= 20


def test_find_cut_prefers_the_quietest_pause() -> None:
    waveform = noise(MAX)
    waveform[21 * SAMPLE_RATE : 22 * SAMPLE_RATE] *= 0.1
    waveform[27 * SAMPLE_RATE : 28 * SAMPLE_RATE] *= 0.01
    assert 27 * SAMPLE_RATE <= find_cut(waveform, 10 * SAMPLE_RATE) < 28 * SAMPLE_RATE


def test_find_cut_goes_to_the_sample_nearest_zero() -> None:
    waveform = np.full(MAX, 0.5, np.float32)
    waveform[25 * SAMPLE_RATE : 25 * SAMPLE_RATE + 1600] = 0.1
    waveform[25 * SAMPLE_RATE + 700] = 0.001
    assert find_cut(waveform, 10 * SAMPLE_RATE) == 25 * SAMPLE_RATE + 700


def test_find_cut_of_silence_is_in_the_middle_of_the_search() -> None:
    cut = find_cut(np.zeros(MAX, np.float32), 10 * SAMPLE_RATE)
    assert cut == pytest.approx(25 * SAMPLE_RATE, abs=SAMPLE_RATE // 10)


def test_split_yields_before_the_stream_ends() -> None:
    n_taken = 0

    def blocks() -> Iterator[FloatArray]:
        nonlocal n_taken
        for _ in range(1000):
            n_taken += 1
            yield noise(SAMPLE_RATE)

    next(split_chunks(blocks()))
    assert n_taken == 36  # 30 s, and 5 s ahead


def test_split_divides_a_chunk_by_a_peak_above_one() -> None:
    waveform = noise(40 * SAMPLE_RATE)
    waveform[:1000] *= 10
    loud, quiet = split_chunks([waveform])
    assert np.abs(loud.waveform).max() == 1.0
    np.testing.assert_allclose(
        loud.waveform, waveform[: len(loud.waveform)] / np.abs(waveform).max(), rtol=1e-6
    )
    assert np.array_equal(quiet.waveform, waveform[len(loud.waveform) :])


def test_split_does_not_share_memory_with_its_input() -> None:
    waveform = noise(1000)
    (chunk,) = split_chunks([waveform])
    assert not np.shares_memory(chunk.waveform, waveform)


@pytest.mark.parametrize("search_s", [0.05, 31.0])
def test_options_refuse_a_search_that_cannot_be(search_s: float) -> None:
    with pytest.raises(ValueError, match="search_s"):
        ChunkOptions(search_s=search_s)
