"""Speech for the small models: sure pseudo-labels, joined lines, the directory of a game."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.starter import pseudo
from models.starter.human_games import sky_files

RATE = pseudo.RATE


def test_lines_are_joined_up_to_the_drawn_length_and_none_is_lost() -> None:
    lines = [np.full(RATE * seconds, seconds, np.int16) for seconds in (1, 2, 3, 4, 20, 1, 2)]
    joined = pseudo.windows(lines, np.random.default_rng(1))
    spoken = np.concatenate([w[w > 0] for w in joined])
    np.testing.assert_array_equal(spoken, np.concatenate(lines))
    assert len(joined) < len(lines)
    limit = (max(pseudo.LENGTHS_S) + pseudo.GAP_S) * RATE
    assert max(map(len, joined)) <= limit


def test_no_lines_give_no_windows() -> None:
    assert pseudo.windows([], np.random.default_rng(1)) == []


@pytest.mark.parametrize(
    ("text", "log_prob", "kept"),
    [
        ("I have never seen that machine before.", -0.3, True),
        ("I have never seen that machine before.", -0.9, False),
        ("(crowd talking) and more", -0.3, False),
        ("No no no no no no no no", -0.1, False),
        ("Hm", -0.1, False),
        ("A" * 200, -0.1, False),
    ],
)
def test_only_sure_and_possible_transcripts_are_kept(
    text: str, log_prob: float, kept: bool
) -> None:
    assert pseudo.is_sure(text, log_prob, 3 * RATE) is kept


def test_shard_has_every_window_where_its_row_says(tmp_path: Path) -> None:
    kept = [(np.full(5, 1, np.int16), "One."), (np.full(7, 2, np.int16), "Two.")]
    pseudo.write_shard(tmp_path / "human_bass-000", kept)
    samples = np.load(tmp_path / "human_bass-000.npy")
    rows = map(json.loads, (tmp_path / "human_bass-000.jsonl").read_text().splitlines())
    for row, (wave, text) in zip(rows, kept, strict=True):
        found = samples[row["start"] : row["start"] + row["n_samples"]]
        np.testing.assert_array_equal(found, wave)
        assert row["text"] == text


def test_sky_directory() -> None:
    near = (50_001).to_bytes(2, "little") + (7).to_bytes(3, "little") + (99).to_bytes(3, "little")
    far = (50_002).to_bytes(2, "little") + (0x800003).to_bytes(3, "little")
    far += (0x400005).to_bytes(3, "little")  # a flag above the size
    files = sky_files((2).to_bytes(4, "little") + near + far)
    assert files == {50_001: (7, 99), 50_002: (48, 5)}
