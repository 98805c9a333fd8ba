from __future__ import annotations

from pathlib import Path

import onnxruntime
import pytest

from app.engine import llama
from models.bench.audio import make_waveform
from models.bench.engines.ours import load
from models.bench.figures import Task


def test_native_time_is_that_of_encoder_and_decoder(
    pack_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in ((llama.llama_cpp, "llama_decode"), (onnxruntime.InferenceSession, "run")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # loading wraps them: put them back
    engine = load(
        Task(engine="ours", waveform_file="", pack=str(pack_folder), n_tokens=3, n_threads=1)
    )
    one = engine.run(make_waveform(1.0), 3)
    assert one.native_s is not None
    assert 0 < one.native_s < one.total_s
    mel = engine.clips.mel(make_waveform(1.0))
    engine.clock.take()
    embeds = engine.clips.encoder.encode(mel)
    assert engine.clock.take() > 0
    engine.clips.decoder.prefill(engine.clips.prompts.build(), embeds, max_new_tokens=1)
    assert engine.clock.take() > 0
