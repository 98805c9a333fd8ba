from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from app.engine.pack import open_pack
from models.verify.clips import (
    EDGE_SAMPLES,
    cut,
    edge_clips,
    file_clips,
    synthetic_source,
    without_contexts,
)
from models.verify.run import PROMPT_CASES, Plan
from tests.packs import PACKS

HOP = 160


def test_edge_lengths_stand_on_both_sides_of_chunk_and_window() -> None:
    frames = {n_samples // HOP for n_samples in EDGE_SAMPLES.values()}
    assert {99, 100, 101, 799, 800, 801, 3000} <= frames
    assert min(frames) < 100
    assert any(n_samples % HOP for n_samples in EDGE_SAMPLES.values())


def test_model_without_contexts_is_asked_without() -> None:
    clips = edge_clips(synthetic_source(2.0))
    plain = without_contexts(clips)
    assert [clip.name for clip in plain[:-1]] == [clip.name for clip in clips[:-1]]
    assert (plain[-1].name, plain[-1].context) == ("5 s, language", "")
    assert plain[-1].language == "English"


@pytest.mark.parametrize(("name", "n_cases"), [("starter", 2), ("tiny", len(PROMPT_CASES))])
def test_prompts_are_those_that_the_engine_can_send(name: str, n_cases: int) -> None:
    plan = Plan(
        pack=open_pack(PACKS / name), checkpoint=PACKS, clips=(), max_new_tokens=1, n_threads=1
    )
    assert len(plan.prompt_cases) == n_cases


def test_edge_clips_have_their_lengths_and_one_has_a_prompt() -> None:
    clips = edge_clips(synthetic_source(2.0))
    lengths = {clip.name: len(clip.waveform) for clip in clips}
    assert {name: lengths[name] for name in EDGE_SAMPLES} == EDGE_SAMPLES
    assert [(clip.language, bool(clip.context)) for clip in clips if clip.context] == [
        ("English", True)
    ]


@pytest.mark.parametrize("n_samples", [1, 10, 25, 100])
def test_cut_has_the_length_and_holds_the_loudest_place(n_samples: int) -> None:
    source = np.zeros(30, dtype=np.float32)
    source[29] = -0.8
    piece = cut(source, n_samples)
    assert len(piece) == n_samples
    assert np.abs(piece).max() == np.float32(0.8)


def test_synthetic_source_is_the_same_every_time_and_in_range() -> None:
    first, second = synthetic_source(1.0), synthetic_source(1.0)
    np.testing.assert_array_equal(first, second)
    assert first.dtype == np.float32
    assert 0.05 < np.abs(first).max() <= 1.0


def write_wav(path: Path, n_samples: int) -> None:
    tone = (np.sin(np.arange(n_samples) / 7) * 9000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(tone.tobytes())


def test_file_clips_take_the_words_beside_the_file_and_30_seconds(tmp_path: Path) -> None:
    write_wav(tmp_path / "short.wav", 8_000)
    (tmp_path / "short.txt").write_text("What was said.\n")
    write_wav(tmp_path / "long.wav", 31 * 16_000)
    short, long = file_clips([tmp_path / "short.wav", tmp_path / "long.wav"])
    assert (short.name, short.truth, len(short.waveform)) == ("short", "What was said.", 8_000)
    assert (long.truth, len(long.waveform), long.n_frames) == (None, 480_000, 3000)
