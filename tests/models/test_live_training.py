"""A training step of the starter whose tower learns too: what moves, and what must not.

Needs torch, so it runs in the environment of the official implementation, on random weights.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from models.verify.references import OFFICIAL

CHECK = Path(__file__).with_name("live_check.py")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    script = f"import runpy; runpy.run_path({str(CHECK)!r}, run_name='__main__')"
    done = subprocess.run(
        [OFFICIAL.command[0], "-c", script],
        cwd=ROOT,
        env={**os.environ, "SONGSHU_TRAIN": str(tmp_path_factory.mktemp("train"))},
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_batch_holds_what_both_towers_heard(found: dict[str, Any]) -> None:
    assert found["n_audio"] == found["n_clean"] == found["n_tokens"] > 0
    assert " It is late." in "".join(found["texts"])
    assert found["hours"] == 0


def test_every_part_of_the_tower_learns(found: dict[str, Any]) -> None:
    assert found["tower_still"] == []
    assert found["untouched"] == 0


def test_machinery_of_the_rewriting_stays(found: dict[str, Any]) -> None:
    assert found["machinery"] == 0


def test_the_tower_that_learnt_is_exported(found: dict[str, Any]) -> None:
    assert found["exported_tower"]


def test_a_resumed_run_has_the_weights_of_before_and_the_rates_of_now(
    found: dict[str, Any],
) -> None:
    assert found["resumed"]
    assert found["rates"] == [5e-4, 1e-4]


def test_a_mixture_lies_between_both_decoders_and_keeps_the_tower(found: dict[str, Any]) -> None:
    assert found["mixed"] < 1e-7
    assert found["mixed_tower"]
