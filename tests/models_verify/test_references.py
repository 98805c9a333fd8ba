from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.verify.clips import Clip
from models.verify.errors import NothingToVerifyError
from models.verify.references import NATIVE, OFFICIAL, WHISPER, Reference, choose_references

OFFICIAL_CONFIG = {"model_type": "qwen3_asr", "thinker_config": {}}
NATIVE_CONFIG = {"model_type": "qwen3_asr", "audio_config": {}}
WHISPER_CONFIG = {"model_type": "whisper_qwen3_asr"}


@pytest.mark.parametrize(
    ("config", "wanted", "chosen"),
    [
        (OFFICIAL_CONFIG, "both", (OFFICIAL, NATIVE)),
        (OFFICIAL_CONFIG, "native", (NATIVE,)),
        (OFFICIAL_CONFIG, "official", (OFFICIAL,)),
        (NATIVE_CONFIG, "both", (NATIVE,)),
        (WHISPER_CONFIG, "both", (WHISPER,)),
    ],
)
def test_choose_references_by_layout_and_wish(
    tmp_path: Path, config: dict[str, object], wanted: str, chosen: tuple[Reference, ...]
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert choose_references(tmp_path, wanted) == chosen


def test_choose_references_official_cannot_load_the_native_layout(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(NATIVE_CONFIG))
    with pytest.raises(NothingToVerifyError, match="native layout"):
        choose_references(tmp_path, "official")


@pytest.mark.parametrize(("n_samples", "binds"), [(15_999, False), (16_000, True)])
def test_native_does_not_bind_below_one_chunk(n_samples: int, binds: bool) -> None:
    clip = Clip(name="c", waveform=np.zeros(n_samples, dtype=np.float32))
    assert (NATIVE.expected_difference(clip) == "") is binds
    assert OFFICIAL.expected_difference(clip) == ""
