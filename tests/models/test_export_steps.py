"""The steps of an export, each run alone: the same files, and nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models import (
    decoder_gguf,
    encoder_backend,
    encoder_frontend,
    optimize,
    quantize_decoder,
    quantize_encoder,
)
from models.errors import (
    GraphError,
)
from models.export import export
from models.manifest import BACKEND, FRONTEND
from models.onnx_graph import load_graph
from tests.models.checkpoints import damage_decoder, request_for, write_json


def test_steps_run_alone_give_the_files_of_the_pack(folder: Path, tmp_path: Path) -> None:
    export(request_for(folder, tmp_path / "pack"))
    for step, file in ((encoder_frontend, FRONTEND), (encoder_backend, BACKEND)):
        plain, fused, final = (str(tmp_path / name) for name in ("1.onnx", "2.onnx", file))
        assert step.main([str(folder), plain]) == 0
        assert optimize.main([plain, fused]) == 0
        assert quantize_encoder.main([fused, final, "--scheme", "int8"]) == 0
        assert Path(final).read_bytes() == (tmp_path / "pack" / file).read_bytes()


def test_steps_of_the_decoder_run_alone_give_its_file(folder: Path, tmp_path: Path) -> None:
    """Also where config.json makes exceptions, as the starter's does."""
    config = json.loads((folder / "config.json").read_text())
    config["quantization_config"] = {"modules_to_not_convert": ["model.layers.1.self_attn"]}
    write_json(folder / "config.json", config)
    export(request_for(folder, tmp_path / "pack"))
    whole, final = str(tmp_path / "whole.gguf"), tmp_path / "final.gguf"
    assert decoder_gguf.main([str(folder), whole, "--name", "tiny"]) == 0
    arguments = [whole, str(final), "--scheme", "q4_k_m"]
    assert quantize_decoder.main([*arguments, "--checkpoint", str(folder)]) == 0
    assert final.read_bytes() == (tmp_path / "pack" / "decoder.gguf").read_bytes()
    assert quantize_decoder.main(arguments) == 0
    assert final.read_bytes() != (tmp_path / "pack" / "decoder.gguf").read_bytes()


def test_step_leaves_nothing_half_written_and_keeps_the_older_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage_decoder(folder)
    out = tmp_path / "out"
    out.mkdir()
    (out / "decoder.gguf").write_text("older")
    for name in ("decoder.gguf", "new.gguf"):
        assert decoder_gguf.main([str(folder), str(out / name)]) == 1
        assert "NaN" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["decoder.gguf"]
    assert (out / "decoder.gguf").read_text() == "older"


def test_steps_may_replace_the_file_that_they_read(folder: Path, tmp_path: Path) -> None:
    """llama.cpp's quantiser empties its target before it has read its source."""
    path, other = (str(tmp_path / name) for name in ("decoder.gguf", "other.gguf"))
    assert decoder_gguf.main([str(folder), path]) == 0
    assert quantize_decoder.main([path, other, "--scheme", "q8_0"]) == 0
    assert quantize_decoder.main([path, path, "--scheme", "q8_0"]) == 0
    assert Path(path).read_bytes() == Path(other).read_bytes()


@pytest.mark.parametrize("content", [b"", b"{}"])
def test_steps_refuse_what_is_no_graph(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "in.onnx"
    path.write_bytes(content)
    with pytest.raises(GraphError, match="is no ONNX graph") as caught:
        load_graph(path)
    assert caught.value.path == path
    assert optimize.main([str(path), str(tmp_path / "out.onnx")]) == 1
    assert "no ONNX graph" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path]
