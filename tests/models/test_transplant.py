"""Whisper's decoder rewritten as Qwen3: what must be exact, and how near the whole is.

The computation needs torch and runs in the environment of the official implementation, on random
weights; real ones are judged by the error rates of the model that is trained from them.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from models.verify.references import OFFICIAL

CHECK = Path(__file__).with_name("transplant_check.py")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found() -> dict[str, float]:
    script = f"import runpy; runpy.run_path({str(CHECK)!r}, run_name='__main__')"
    command = [OFFICIAL.command[0], "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def test_adapter_begins_as_the_mean_of_four_frames(found: dict[str, float]) -> None:
    assert found["adapter"] < 1e-5


def test_audio_rows_pass_through_every_layer_unchanged(found: dict[str, float]) -> None:
    assert found["audio_drift"] < 1e-5


def test_the_prompt_is_invisible_to_the_text(found: dict[str, float]) -> None:
    """27 more tokens in the system turn move every rotary position, and no logit."""
    assert found["prompt_moves_logits"] < 1e-4 * found["logits_std"]


def test_logits_are_those_of_whisper(found: dict[str, float]) -> None:
    """Not exact: GELU, half the neurons and the constants are approximations."""
    assert found["cosine"] > 0.99


def test_audio_rows_as_keys_and_values_only_give_the_same_logits(found: dict[str, float]) -> None:
    assert found["two_streams"] < 1e-3 * found["logits_std"]


def test_the_batched_teacher_is_whisper(found: dict[str, float]) -> None:
    assert found["teacher"] < 1e-4
    assert found["teacher_residual"] < 1e-4
