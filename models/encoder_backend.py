"""Build the second half of the audio encoder: hidden rows of one window to audio embeddings.

hidden float32 [n_windows, n_hidden, d_model] flows in, audio_embeds float32 [n_windows, n_tokens,
embed_dim] flows out: a pre-norm transformer and the projection into the decoder's space.

CRITICAL: a row of the batch is one attention window and attends to itself only, without any mask.
Windowed attention (8 s, what vLLM and the native classes compute) is therefore a batch of full
windows plus a shorter last one; full attention (what qwen-asr on transformers computes) is one row
with the whole clip. The same graph serves both.

Source: qwen-asr 0.0.6, modeling_qwen3_asr.py, Qwen3ASRAudioEncoder; openai/whisper, model.py.

    python -m models.encoder_backend CHECKPOINT OUT.onnx
"""

from __future__ import annotations

import sys

from models.checkpoint import Checkpoint, open_checkpoint
from models.onnx_graph import Graph, save_graph
from models.report import Step, run_step, step_parser

HIDDEN_AXES = ("n_windows", "n_hidden")


def build_backend(checkpoint: Checkpoint) -> Graph:
    """Build the graph in float32, one node per operation of the model (attention is one node)."""
    shape = checkpoint.config.audio
    graph = Graph("encoder_backend")
    value = graph.input("hidden", [*HIDDEN_AXES, shape.d_model])
    for index in range(shape.n_layers):
        value = _layer(graph, checkpoint, value, index)
    if checkpoint.config.layout == "whisper":
        value = _norm(graph, checkpoint, value, "audio_tower.layer_norm", "norm")
        value = _stack_frames(graph, checkpoint, value)
        value = _projection(graph, checkpoint, value, "adapter.fc1", "adapter.fc2")
    else:
        value = _norm(graph, checkpoint, value, "audio_tower.ln_post", "norm")
        value = _projection(graph, checkpoint, value, "audio_tower.proj1", "audio_tower.proj2")
    graph.output(value, "audio_embeds", ["n_windows", "n_tokens", shape.output_dim])
    return graph


def _layer(graph: Graph, checkpoint: Checkpoint, value: str, index: int) -> str:
    """Add attention and feed-forward, each after a norm and around a residual."""
    source, name = f"audio_tower.layers.{index}.", f"layer{index}."
    normed = _norm(graph, checkpoint, value, source + "self_attn_layer_norm", name + "attn_norm")
    attended = _attention(graph, checkpoint, normed, source + "self_attn.", name)
    value = graph.add("Add", [value, attended], name + "attn_residual")
    normed = _norm(graph, checkpoint, value, source + "final_layer_norm", name + "ffn_norm")
    inner = _linear(graph, checkpoint, normed, source + "fc1", name + "fc1")
    inner = graph.gelu(inner, name + "gelu")
    inner = _linear(graph, checkpoint, inner, source + "fc2", name + "fc2")
    return graph.add("Add", [value, inner], name + "ffn_residual")


def _attention(graph: Graph, checkpoint: Checkpoint, value: str, source: str, name: str) -> str:
    projected = [
        _linear(graph, checkpoint, value, f"{source}{part}_proj", f"{name}{part}") for part in "qkv"
    ]
    heads = {"num_heads": checkpoint.config.audio.n_heads}
    attended = graph.fused("MultiHeadAttention", projected, name + "attention", heads)
    return _linear(graph, checkpoint, attended, source + "out_proj", name + "out")


def _stack_frames(graph: Graph, checkpoint: Checkpoint, value: str) -> str:
    """Put frame_stack neighbouring rows side by side, the last group filled with zeros."""
    shape = checkpoint.config.audio
    n_rows = graph.add("Shape", [value], "n_rows", {"start": 1, "end": 2})
    negative = graph.add("Neg", [n_rows], "minus_n_rows")
    lacking = graph.add("Mod", [negative, graph.weight("stack", [shape.frame_stack])], "lacking")
    zeros = graph.weight("zeros", [0])
    pads = graph.add("Concat", [zeros] * 4 + [lacking, zeros], "pads", {"axis": 0})
    padded = graph.add("Pad", [value, pads], "padded")
    width = shape.frame_stack * shape.d_model
    # [n_windows, n_hidden, d_model] -> [n_windows, n_hidden / frame_stack, frame_stack * d_model]
    return graph.add("Reshape", [padded, graph.weight("stacked_shape", [0, -1, width])], "stacked")


def _projection(graph: Graph, checkpoint: Checkpoint, value: str, first: str, second: str) -> str:
    """Add two linear layers with GELU between them."""
    value = graph.gelu(_linear(graph, checkpoint, value, first, "proj1"), "proj_gelu")
    return _linear(graph, checkpoint, value, second, "proj2")


def _norm(graph: Graph, checkpoint: Checkpoint, value: str, source: str, name: str) -> str:
    scale, bias = (checkpoint.tensor(f"{source}.{part}") for part in ("weight", "bias"))
    return graph.layer_norm(value, name, scale, bias)


def _linear(graph: Graph, checkpoint: Checkpoint, value: str, source: str, name: str) -> str:
    """Add a linear layer; a bias that the checkpoint lacks (Whisper's keys) is left out."""
    bias = checkpoint.tensor(f"{source}.bias") if f"{source}.bias" in checkpoint else None
    return graph.linear(value, name, checkpoint.tensor(f"{source}.weight"), bias)


def main(arguments: list[str]) -> int:
    """Write OUT.onnx from CHECKPOINT."""
    options = step_parser("encoder_backend", "CHECKPOINT", "OUT.onnx").parse_args(arguments)
    return run_step(
        Step(name="encoder backend", target=options.target),
        lambda path: save_graph(build_backend(open_checkpoint(options.source)), path),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
