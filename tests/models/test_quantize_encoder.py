"""The encoder recipes: how close they stay, and what makes them safe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.checkpoint import Checkpoint, open_checkpoint
from models.encoder_backend import build_backend
from models.encoder_frontend import build_frontend
from models.errors import GraphError, TensorValueError
from models.onnx_graph import Graph, save_graph, serialize
from models.optimize import optimize
from models.quantize_encoder import EncoderScheme, load_plain, main, quantize_encoder
from models.quantize_int4 import quantize_blocks
from models.quantize_int8 import quantize_columns
from tests.models.checkpoints import Spec, write_checkpoint
from tests.models.graphs import cosine, noise, run_graph

Build = Callable[[Checkpoint], Graph]
FLOORS: list[tuple[EncoderScheme, float]] = [
    ("fp32", 0.9999999), ("fp16", 0.999999), ("int8", 0.9995), ("int4", 0.98),
]  # fmt: skip


def graphs(checkpoint: Checkpoint, build: Build, scheme: EncoderScheme) -> tuple[Graph, Graph]:
    return build(checkpoint), quantize_encoder(optimize(build(checkpoint)), scheme)


@pytest.mark.parametrize(("scheme", "floor"), FLOORS)
def test_backend_stays_close_to_float32(
    official: Checkpoint, scheme: EncoderScheme, floor: float
) -> None:
    plain, quantized = graphs(official, build_backend, scheme)
    hidden = noise(2, 104, official.config.audio.d_model)
    assert cosine(run_graph(quantized, hidden), run_graph(plain, hidden)) >= floor


@pytest.mark.parametrize("n_frames", [1, 2, 7, 63, 99, 100])
@pytest.mark.parametrize(("scheme", "floor"), FLOORS)
def test_frontend_stays_close_to_float32(
    official: Checkpoint, scheme: EncoderScheme, floor: float, n_frames: int
) -> None:
    plain, quantized = graphs(official, build_frontend, scheme)
    mel = noise(2, 20, n_frames)
    assert cosine(run_graph(quantized, mel), run_graph(plain, mel)) >= floor


@pytest.mark.parametrize(("scheme", "floor"), FLOORS)
def test_whisper_backend_stays_close_to_float32(
    whisper: Checkpoint, scheme: EncoderScheme, floor: float
) -> None:
    plain, quantized = graphs(whisper, build_backend, scheme)
    hidden = noise(1, 45, whisper.config.audio.d_model)
    assert cosine(run_graph(quantized, hidden), run_graph(plain, hidden)) >= floor


@pytest.mark.parametrize(("scheme", "floor"), FLOORS)
@pytest.mark.parametrize("name", ["official", "whisper"])
def test_schemes_take_a_graph_that_was_not_optimised(
    request: pytest.FixtureRequest, name: str, scheme: EncoderScheme, floor: float
) -> None:
    """Its query, key and value are three products of the same rows."""
    checkpoint = request.getfixturevalue(name)
    plain, quantized = build_backend(checkpoint), build_backend(checkpoint)
    quantize_encoder(quantized, scheme)
    hidden = noise(2, 40, checkpoint.config.audio.d_model)
    assert cosine(run_graph(quantized, hidden), run_graph(plain, hidden)) >= floor


def test_int8_result_of_a_chunk_does_not_depend_on_its_batch(official: Checkpoint) -> None:
    model = graphs(official, build_frontend, "int8")[1]
    mel = noise(3, 20, 100)
    mel[0] *= 30  # a loud neighbour
    np.testing.assert_allclose(run_graph(model, mel)[1:], run_graph(model, mel[1:]), atol=1e-6)


def test_int8_result_of_a_window_does_not_depend_on_its_batch(official: Checkpoint) -> None:
    model = graphs(official, build_backend, "int8")[1]
    hidden = noise(3, 26, official.config.audio.d_model)
    hidden[0] *= 30
    alone = run_graph(model, hidden[1:])
    np.testing.assert_allclose(run_graph(model, hidden)[1:], alone, atol=1e-6)


def test_int8_silence_stays_finite(official: Checkpoint) -> None:
    model = graphs(official, build_frontend, "int8")[1]
    assert np.isfinite(run_graph(model, np.zeros((1, 20, 100)))).all()


@pytest.mark.parametrize("n_in", [6, 7, 256])
def test_int8_weights_cannot_saturate_16_bit_pairs(n_in: int) -> None:
    weights = np.concatenate([noise(n_in, 40), np.ones((n_in, 1)), -np.eye(n_in, 1)], axis=1)
    levels, _ = quantize_columns(weights.astype(np.float32))
    padded = np.concatenate([levels, np.zeros((n_in % 2, levels.shape[1]))])
    pairs = padded.reshape(-1, 2, levels.shape[1]).astype(np.int64)
    highest = 255 * np.maximum(pairs, 0).sum(axis=1)
    lowest = 255 * np.minimum(pairs, 0).sum(axis=1)
    assert highest.max() <= 2**15 - 1
    assert lowest.min() >= -(2**15)


def test_int8_weights_come_back_within_half_a_step() -> None:
    weights = noise(33, 10) * np.logspace(-6, 6, 10, dtype=np.float32)
    levels, scales = quantize_columns(weights)
    assert (np.abs(levels * scales - weights) <= scales / 2 * 1.001).all()


def test_int8_column_of_zeros_stays_zero() -> None:
    levels, scales = quantize_columns(np.zeros((4, 2), np.float32))
    assert not levels.any()
    assert np.isfinite(scales).all()


def test_int4_blocks_hold_low_nibble_first() -> None:
    weights = np.array([[-8.0], [7.0], [0.0], [1.0]], np.float32)
    packed, scales = quantize_blocks(weights, 4)
    assert scales.tolist() == [[1.0]]
    assert packed.tolist() == [[[0xF0, 0x98]]]


def test_int4_last_block_is_filled_with_zeros() -> None:
    packed, scales = quantize_blocks(noise(33, 3), 32)
    assert packed.shape == (3, 2, 16)
    assert (packed[:, 1, 1:] == 0x88).all()
    assert scales.shape == (3, 2)


def test_int8_keeps_first_attention_and_projection_in_float(official: Checkpoint) -> None:
    model = graphs(official, build_backend, "int8")[1]
    kept = {name.removesuffix(".half") for name in model.weights if name.endswith(".half")}
    assert kept == {
        "layer0.qkv.weight", "layer0.out.weight", "proj1.weight", "proj2.weight",
    }  # fmt: skip
    assert "layer1.qkv.weight.int8" in model.weights


def test_fp16_file_holds_half_the_bytes(official: Checkpoint) -> None:
    plain, half = graphs(official, build_backend, "fp16")
    half_bytes, plain_bytes = (sum(map(len, serialize(graph))) for graph in (half, plain))
    ratio = half_bytes / plain_bytes
    assert 0.5 < ratio < 0.62


def test_fp16_refuses_a_weight_beyond_its_range(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, Spec())
    graph = build_backend(open_checkpoint(folder))
    graph.weights["proj1.weight"] = graph.weights["proj1.weight"] * np.float32(1e6)
    with pytest.raises(TensorValueError, match="float16"):
        quantize_encoder(graph, "fp16")


def test_command_writes_the_quantised_file(
    official: Checkpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.onnx", tmp_path / "out.onnx"
    save_graph(build_backend(official), source)
    assert main([str(source), str(target), "--scheme", "int8"]) == 0
    assert "out.onnx" in capsys.readouterr().out
    assert target.stat().st_size < source.stat().st_size


@pytest.mark.parametrize("build", [build_frontend, build_backend])
@pytest.mark.parametrize("scheme", ["fp16", "int8", "int4"])
def test_command_refuses_what_is_quantised_already(
    official: Checkpoint,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    build: Build,
    scheme: EncoderScheme,
) -> None:
    source = tmp_path / "in.onnx"
    save_graph(quantize_encoder(optimize(build(official)), scheme), source)
    with pytest.raises(GraphError, match="quantised already"):
        load_plain(source)
    assert main([str(source), str(tmp_path / "out.onnx"), "--scheme", "int8"]) == 1
    assert "in.onnx is quantised already" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [source]
