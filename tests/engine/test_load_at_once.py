"""Loading encoder and decoder at the same time changes nothing but the time."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest

from app.engine import clip
from app.engine.clip import ClipRecognizer
from app.engine.decoder import Decoder
from app.engine.machine import has_memory_for
from app.engine.pack import open_pack
from app.errors import DecoderError, EncoderError
from tests.packs import PACKS, pack


def test_same_numbers() -> None:
    mel = np.random.default_rng(3).standard_normal((128, 250)).astype(np.float32)
    found = []
    for at_once in (False, True):
        with closing(ClipRecognizer(pack("tiny"), n_threads=1, at_once=at_once)) as clips:
            ids = clips.decoder.tokenize("squirrel")
            found.append((clips.encoder.encode(mel[: clips.mel.n_mels]), ids))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    assert found[0][1] == found[1][1]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("file", "error"), [("encoder_backend.onnx", EncoderError), ("decoder.gguf", DecoderError)]
)
def test_part_that_cannot_be_loaded_is_told(
    file: str,
    error: type[Exception],
    at_once: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[bool] = []

    class Watched(Decoder):
        def close(self) -> None:
            closed.append(True)
            super().close()

    monkeypatch.setattr(clip, "Decoder", Watched)
    broken = tmp_path / "pack"
    shutil.copytree(PACKS / "tiny", broken)
    n_bytes = (broken / file).stat().st_size
    (broken / file).write_bytes(bytes(n_bytes))
    with pytest.raises(error):
        ClipRecognizer(open_pack(broken), n_threads=1, at_once=at_once)
    assert closed == ([True] if error is EncoderError else [])


def test_memory_is_what_the_system_says() -> None:
    assert has_memory_for(1)
    assert not has_memory_for(10 * psutil.virtual_memory().total)
