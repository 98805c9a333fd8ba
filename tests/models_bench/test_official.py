"""The official package as an opponent: a process with torch, on a trained model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.bench.audio import read_waveform
from models.bench.figures import Task
from models.bench.schedule import run_task
from tests.packs import CHECKPOINTS, ROOT, clips

CLIP = ROOT / "models" / "starter" / "testset_tiny" / "seen-rms-00.flac"
N_TOKENS = 12


def test_official_package_does_the_same_work(tmp_path: Path) -> None:
    """In bf16, which takes every step that float32 takes, and one more: inputs of its own type."""
    waveform = read_waveform(CLIP, 3.0)
    np.save(tmp_path / "waveform.npy", waveform)
    task = Task(
        engine="official-bf16",
        waveform_file=str(tmp_path / "waveform.npy"),
        pack="",
        checkpoint=str(CHECKPOINTS / "tiny"),
        n_tokens=N_TOKENS,
        n_threads=1,
    )
    found = run_task(task)
    ours = clips("tiny")
    prompt = ours.prompts.build()
    n_audio = len(ours.encoder.encode(ours.mel(waveform)))
    for one in (found.first, found.warm):
        assert one.n_prompt_tokens == len(prompt.before) + n_audio + len(prompt.after)
        assert one.n_new_tokens == N_TOKENS
        assert one.text.startswith("language English<asr_text>")
        stages = (one.mel_s, one.encode_s, one.prefill_s, one.generate_s)
        assert all(stage is not None and stage > 0 for stage in stages)
        assert abs(sum(stage or 0.0 for stage in stages) - one.total_s) < 1e-6
    assert found.versions["qwen-asr"] == "0.0.6"
    assert found.peak_memory_bytes > 100_000_000  # with torch in it
