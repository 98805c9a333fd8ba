"""Build the first half of the audio encoder: mel frames to hidden rows, one chunk at a time.

mel float32 [n_chunks, n_mels, n_frames] flows in, hidden float32 [n_chunks, n_hidden, d_model]
flows out: convolutions, projection and sinusoidal positions.

CRITICAL: positions restart at 0 in every chunk (Qwen: 100 mel frames, positions 0..12), and a chunk
sees nothing of its neighbours. That is why the encoder is cut here: the chunks of a clip are rows
of a batch, whatever the attention after them does.

Source: qwen-asr 0.0.6, modeling_qwen3_asr.py, Qwen3ASRAudioEncoder; openai/whisper, model.py.

    python -m models.encoder_frontend CHECKPOINT OUT.onnx
"""

from __future__ import annotations

import sys

import numpy as np
from onnx import TensorProto

from models.checkpoint import Checkpoint, open_checkpoint
from models.config import QWEN_STRIDES
from models.onnx_graph import Graph, position_rates, save_graph
from models.report import Step, run_step, step_parser

WHISPER_STRIDES = (2,)


def frontend_strides(checkpoint: Checkpoint) -> tuple[int, ...]:
    """Return by how much each stage shortens the time axis."""
    return WHISPER_STRIDES if checkpoint.config.layout == "whisper" else QWEN_STRIDES


def build_frontend(checkpoint: Checkpoint) -> Graph:
    """Build the graph in float32 from plain operators."""
    shape = checkpoint.config.audio
    graph = Graph("encoder_frontend")
    mel = graph.input("mel", ["n_chunks", shape.n_mels, "n_frames"])
    if checkpoint.config.layout == "whisper":
        hidden = _whisper(graph, checkpoint, mel)
    else:
        hidden = _qwen(graph, checkpoint, mel)
    positioned = _add_positions(graph, checkpoint, hidden)
    graph.output(positioned, "hidden", ["n_chunks", "n_hidden", shape.d_model])
    return graph


def _qwen(graph: Graph, checkpoint: Checkpoint, mel: str) -> str:
    """Halve time and frequency three times, then project each column of channels and bins."""
    shape = checkpoint.config.audio
    value = graph.add("Unsqueeze", [mel, graph.weight("axis1", [1])], "image")
    for index in (1, 2, 3):
        value = _conv(graph, checkpoint, value, f"conv2d{index}", stride=2)
    # [n_chunks, channels, bins, n_hidden] -> [n_chunks, n_hidden, channels, bins]
    value = graph.add("Transpose", [value], "columns", {"perm": [0, 3, 1, 2]})
    width = shape.conv_channels * shape.conv_bins
    value = graph.add("Reshape", [value, graph.weight("flat", [0, 0, width])], "flattened")
    weight = checkpoint.tensor("audio_tower.conv_out.weight")
    return graph.linear(value, "conv_out", weight, None)


def _whisper(graph: Graph, checkpoint: Checkpoint, mel: str) -> str:
    """Convolve over time only, the mel bins being the channels."""
    value = _conv(graph, checkpoint, mel, "conv1", stride=1)
    value = _conv(graph, checkpoint, value, "conv2", stride=2)
    # [n_chunks, d_model, n_hidden] -> [n_chunks, n_hidden, d_model]
    return graph.add("Transpose", [value], "rows", {"perm": [0, 2, 1]})


def _conv(graph: Graph, checkpoint: Checkpoint, value: str, name: str, stride: int) -> str:
    """Convolve with a kernel of 3, padding 1, in every spatial axis, then GELU."""
    weight = checkpoint.tensor(f"audio_tower.{name}.weight")
    bias = checkpoint.tensor(f"audio_tower.{name}.bias")
    n_axes = weight.ndim - 2
    inputs = [value, graph.weight(f"{name}.weight", weight), graph.weight(f"{name}.bias", bias)]
    attributes = {
        "kernel_shape": list(weight.shape[2:]),
        "strides": [stride] * n_axes,
        "pads": [1] * (2 * n_axes),
    }
    return graph.gelu(graph.add("Conv", inputs, name, attributes), f"{name}.gelu")


def _add_positions(graph: Graph, checkpoint: Checkpoint, value: str) -> str:
    """Add Whisper's positions 0, 1, … to the rows of every chunk.

    They are computed, not stored: a table for 30 s would be a third of the starter's frontend.
    """
    rates = graph.weight("rates", position_rates(checkpoint.config.audio.d_model))
    n_rows = graph.add("Shape", [value], "n_rows", {"start": 1, "end": 2})
    scalar = graph.add("Squeeze", [n_rows], "n_rows_scalar")
    zero, one = (graph.weight(f"index.{i}", np.int64(i)) for i in (0, 1))
    index = graph.add("Range", [zero, scalar, one], "index")
    index = graph.add("Cast", [index], "position", {"to": TensorProto.FLOAT})
    column = graph.add("Unsqueeze", [index, graph.weight("last_axis", [-1])], "position_column")
    angles = graph.add("Mul", [column, rates], "angles")
    waves = [graph.add(op, [angles], op.lower()) for op in ("Sin", "Cos")]
    table = graph.add("Concat", waves, "positions", {"axis": 1})
    return graph.add("Add", [value, table], "positioned")


def main(arguments: list[str]) -> int:
    """Write OUT.onnx from CHECKPOINT."""
    options = step_parser("encoder_frontend", "CHECKPOINT", "OUT.onnx").parse_args(arguments)
    return run_step(
        Step(name="encoder frontend", target=options.target),
        lambda path: save_graph(build_frontend(open_checkpoint(options.source)), path),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
