"""Write the text decoder and its tokenizer as a GGUF file of 16-bit floats.

A checkpoint flows in, tensor by tensor; a file that llama.cpp loads as architecture "qwen3" flows
out. Nothing is held: the table of tensors is written first, then each tensor is read, rounded to
float16 and written. The embeddings of 1.7B, its largest tensor, take 1.8 GB on the way.

CRITICAL: Qwen3-ASR's decoder uses interleaved multimodal RoPE with sections [24, 20, 20], but the
three positions (time, height, width) of every token are equal, so each rotary pair turns by the
same angle as in plain NEOX RoPE. That is why "qwen3" computes exactly the same; a test shows it.
Matrices are stored as float16, vectors (norms) as float32: llama.cpp requires the latter.

    python -m models.decoder_gguf CHECKPOINT OUT.gguf [--name NAME]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

from models.checkpoint import Checkpoint, open_checkpoint
from models.config import TextShape
from models.errors import TensorValueError, disk_errors
from models.report import Step, run_step, step_parser
from models.tensors import expected_shapes, feed_forward_shapes
from models.tokenizer import Vocabulary, read_eos_ids, read_vocabulary

FLOAT16_MAX = 65504.0

TOP_LEVEL = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
PER_LAYER = {
    "attn_norm.weight": "input_layernorm.weight",
    "attn_q.weight": "self_attn.q_proj.weight",
    "attn_q_norm.weight": "self_attn.q_norm.weight",
    "attn_k.weight": "self_attn.k_proj.weight",
    "attn_k_norm.weight": "self_attn.k_norm.weight",
    "attn_v.weight": "self_attn.v_proj.weight",
    "attn_output.weight": "self_attn.o_proj.weight",
    "ffn_norm.weight": "post_attention_layernorm.weight",
    "ffn_gate.weight": "mlp.gate_proj.weight",
    "ffn_up.weight": "mlp.up_proj.weight",
    "ffn_down.weight": "mlp.down_proj.weight",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufTensor:
    """One tensor of the file: its name there, its name in the checkpoint, its shape."""

    name: str
    source: str
    shape: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype[np.float16] | np.dtype[np.float32]:
        """Return float16 for matrices and float32 for vectors."""
        return np.dtype(np.float16) if len(self.shape) > 1 else np.dtype(np.float32)

    @property
    def n_bytes(self) -> int:
        """Return the size in the file without padding."""
        return int(np.prod(self.shape)) * self.dtype.itemsize


def write_decoder(checkpoint: Checkpoint, path: Path, name: str) -> None:
    """Write the decoder of a checkpoint as GGUF F16.

    Args:
        checkpoint: where the weights and the tokenizer come from.
        path: the file to write.
        name: the model's name in the metadata.

    Raises:
        TokenizerError: the tokenizer does not fit the model.
        TensorValueError: a weight does not fit into float16.
        DiskFullError: the disk is full.
    """
    text = checkpoint.config.text
    vocabulary = read_vocabulary(checkpoint.folder, text.n_vocab)
    tensors = list(plan_tensors(checkpoint))
    with disk_errors(path):
        writer = gguf.GGUFWriter(path, arch="qwen3")
        try:
            _add_architecture(writer, text, name)
            _add_tokenizer(writer, vocabulary, read_eos_ids(checkpoint.folder, vocabulary))
            _write_tensors(writer, checkpoint, tensors)
        finally:
            writer.close()


SMALLEST_BLOCK = 32  # numbers that share a scale in ggml's Q4_0


def plan_tensors(checkpoint: Checkpoint) -> Iterator[GgufTensor]:
    """Yield the tensors in the order of the file."""
    pairs = dict(TOP_LEVEL)
    if checkpoint.config.text.tied:
        del pairs["output.weight"]
    for index in range(checkpoint.config.text.n_layers):
        pairs |= {
            f"blk.{index}.{ours}": f"model.layers.{index}.{theirs}"
            for ours, theirs in PER_LAYER.items()
        }
    shapes = expected_shapes(checkpoint.config)
    for index in checkpoint.config.text.attention_only:
        shapes |= feed_forward_shapes(checkpoint.config.text, index)
    for name, source in pairs.items():
        yield GgufTensor(name=name, source=source, shape=shapes[source])


def tensor_types(checkpoint: Checkpoint) -> dict[str, str]:
    """Return the tensors that a quantisation treats in its own way, with ggml's name of the type.

    What config.json lists in modules_to_not_convert (named as transformers does, "model.layers.0")
    stays in 16 bits. Feed-forward parts of zeros, which the architecture wants but nothing reads,
    take the fewest bits.
    """
    config, types = checkpoint.config, dict[str, str]()
    empty = [f"model.layers.{index}.mlp." for index in config.text.attention_only]
    for tensor in plan_tensors(checkpoint):
        if tensor.source.startswith(tuple(empty)) and tensor.shape[-1] % SMALLEST_BLOCK == 0:
            types[tensor.name] = "Q4_0"
        elif len(tensor.shape) > 1 and any(
            f"{tensor.source}.".startswith(f"{module}.") for module in config.unquantized
        ):
            types[tensor.name] = "F16"
    return types


def _add_architecture(writer: gguf.GGUFWriter, text: TextShape, name: str) -> None:
    writer.add_type("model")
    writer.add_name(name)
    writer.add_block_count(text.n_layers)
    writer.add_context_length(text.n_ctx_train)
    writer.add_embedding_length(text.hidden_size)
    writer.add_feed_forward_length(text.intermediate_size)
    writer.add_head_count(text.n_heads)
    writer.add_head_count_kv(text.n_kv_heads)
    writer.add_key_length(text.head_dim)
    writer.add_value_length(text.head_dim)
    writer.add_rope_freq_base(text.rope_theta)
    writer.add_layer_norm_rms_eps(text.rms_norm_eps)
    writer.add_vocab_size(text.n_vocab)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def _add_tokenizer(
    writer: gguf.GGUFWriter, vocabulary: Vocabulary, eos_ids: tuple[int, ...]
) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(list(vocabulary.tokens))
    writer.add_token_types([int(kind) for kind in vocabulary.types])
    writer.add_token_merges(list(vocabulary.merges))
    writer.add_eos_token_id(eos_ids[0])
    writer.add_pad_token_id(vocabulary.prompt_ids["endoftext"])
    writer.add_add_bos_token(False)


def _write_tensors(
    writer: gguf.GGUFWriter, checkpoint: Checkpoint, tensors: list[GgufTensor]
) -> None:
    for tensor in tensors:
        writer.add_tensor_info(tensor.name, tensor.shape, tensor.dtype, tensor.n_bytes)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for tensor in tensors:
        absent = tensor.source not in checkpoint  # a feed-forward part of zeros
        values = np.zeros(tensor.shape) if absent else checkpoint.tensor(tensor.source)
        if tensor.dtype == np.float16 and max(values.max(), -values.min()) > FLOAT16_MAX:
            raise TensorValueError(checkpoint.folder, tensor.source, "does not fit into float16")
        writer.write_tensor_data(np.ascontiguousarray(values, dtype=tensor.dtype))


def main(arguments: list[str]) -> int:
    """Write OUT.gguf from CHECKPOINT."""
    parser = step_parser("decoder_gguf", "CHECKPOINT", "OUT.gguf")
    parser.add_argument("--name", help="model's name in the file (the folder's)")
    options = parser.parse_args(arguments)
    source: Path = options.source
    name = options.name or source.resolve().name
    return run_step(
        Step(name="decoder", target=options.target),
        lambda path: write_decoder(open_checkpoint(source), path, name),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
