"""The two encoder graphs against a NumPy forward, at the lengths where something could break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from models.checkpoint import Checkpoint, open_checkpoint
from models.config import strided
from models.encoder_backend import build_backend
from models.encoder_frontend import build_frontend, frontend_strides
from models.onnx_graph import Graph, load_graph, save_graph, serialize
from models.optimize import optimize
from models.quantize_encoder import ENCODER_SCHEMES, EncoderScheme, quantize_encoder
from tests.models import numpy_model
from tests.models.checkpoints import Spec, write_checkpoint
from tests.models.graphs import noise, run_graph

TOLERANCE = 2e-5


@pytest.fixture(params=["official", "whisper"])
def checkpoint(request: pytest.FixtureRequest) -> Checkpoint:
    found: Checkpoint = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("n_frames", [1, 2, 7, 8, 9, 50, 99, 100])
def test_frontend_gives_the_same_as_numpy(checkpoint: Checkpoint, n_frames: int) -> None:
    mel = noise(2, checkpoint.config.audio.n_mels, n_frames)
    hidden = run_graph(build_frontend(checkpoint), mel)
    expected = [numpy_model.frontend(checkpoint, chunk.astype(np.float64)) for chunk in mel]
    np.testing.assert_allclose(hidden, expected, atol=TOLERANCE)


@pytest.mark.parametrize("n_frames", [1, 99, 100])
def test_frontend_length_follows_the_strides(checkpoint: Checkpoint, n_frames: int) -> None:
    hidden = run_graph(build_frontend(checkpoint), noise(1, 20, n_frames))
    assert hidden.shape[1] == strided(n_frames, frontend_strides(checkpoint))


@pytest.mark.parametrize("n_hidden", [1, 3, 4, 5, 103, 104])
def test_backend_gives_the_same_as_numpy(checkpoint: Checkpoint, n_hidden: int) -> None:
    hidden = noise(2, n_hidden, checkpoint.config.audio.d_model)
    embeds = run_graph(build_backend(checkpoint), hidden)
    expected = [numpy_model.backend(checkpoint, window.astype(np.float64)) for window in hidden]
    np.testing.assert_allclose(embeds, expected, atol=TOLERANCE)


def test_backend_windows_in_a_batch_do_not_see_each_other(official: Checkpoint) -> None:
    model = build_backend(official)
    hidden = noise(3, 13, official.config.audio.d_model)
    alone = run_graph(model, hidden[1:2])
    np.testing.assert_allclose(run_graph(model, hidden)[1:2], alone, atol=TOLERANCE)


def test_optimized_frontend_computes_the_same(checkpoint: Checkpoint) -> None:
    mel = noise(2, checkpoint.config.audio.n_mels, 100)
    plain = run_graph(build_frontend(checkpoint), mel)
    fused = run_graph(optimize(build_frontend(checkpoint)), mel)
    np.testing.assert_allclose(fused, plain, atol=TOLERANCE)


def test_optimized_backend_computes_the_same(checkpoint: Checkpoint) -> None:
    hidden = noise(2, 30, checkpoint.config.audio.d_model)
    plain = run_graph(build_backend(checkpoint), hidden)
    fused = run_graph(optimize(build_backend(checkpoint)), hidden)
    np.testing.assert_allclose(fused, plain, atol=TOLERANCE)


def test_optimized_backend_has_one_product_for_query_key_and_value(checkpoint: Checkpoint) -> None:
    plain, fused = build_backend(checkpoint), optimize(build_backend(checkpoint))
    n_before, n_after = (len(graph.of_type("MatMul")) for graph in (plain, fused))
    assert n_before - n_after == 2 * checkpoint.config.audio.n_layers


@pytest.mark.parametrize("scheme", ENCODER_SCHEMES)
@pytest.mark.parametrize("build", [build_frontend, build_backend])
def test_optimize_changes_nothing_the_second_time(
    checkpoint: Checkpoint, build: Callable[[Checkpoint], Graph], scheme: EncoderScheme
) -> None:
    once = quantize_encoder(optimize(build(checkpoint)), scheme)
    before = [*serialize(once)]
    assert [*serialize(optimize(once))] == before


def test_optimize_leaves_quantised_products_alone(official: Checkpoint) -> None:
    hidden = noise(1, 30, official.config.audio.d_model)
    graph = quantize_encoder(build_backend(official), "int8")
    before = run_graph(graph, hidden)
    np.testing.assert_allclose(run_graph(optimize(graph), hidden), before, atol=TOLERANCE)


def test_backend_of_bfloat16_shards_equals_the_one_of_a_single_file(tmp_path: Path) -> None:
    one = write_checkpoint(tmp_path / "one", Spec(dtype="bfloat16"))
    many = write_checkpoint(tmp_path / "many", Spec(dtype="bfloat16", n_shards=3))
    graphs = [build_backend(open_checkpoint(path)) for path in (one, many)]
    assert [*serialize(graphs[0])] == [*serialize(graphs[1])]


def test_graph_comes_back_from_its_file(checkpoint: Checkpoint, tmp_path: Path) -> None:
    graph = build_backend(checkpoint)
    save_graph(graph, tmp_path / "graph.onnx")
    assert [*serialize(load_graph(tmp_path / "graph.onnx"))] == [*serialize(graph)]


def test_file_passes_the_checker_of_onnx(checkpoint: Checkpoint, tmp_path: Path) -> None:
    save_graph(build_frontend(checkpoint), tmp_path / "graph.onnx")
    onnx.checker.check_model(onnx.load(tmp_path / "graph.onnx"), full_check=True)
