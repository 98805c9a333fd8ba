"""Name every tensor of a model and its shape, and translate the layouts' names into one.

Our names are the official ones without "thinker.": audio_tower.*, model.*, lm_head.weight (whisper:
audio_tower.*, adapter.*, model.*). The table of expected shapes is what a checkpoint is checked
against before any work begins.
"""

from __future__ import annotations

from models.config import AudioShape, Layout, ModelConfig, TextShape

Shapes = dict[str, tuple[int, ...]]

# Prefix in the file -> our prefix, longest first.
RENAMES: dict[Layout, tuple[tuple[str, str], ...]] = {
    "official": (("thinker.", ""),),
    "native": (
        ("model.multi_modal_projector.linear_1.", "audio_tower.proj1."),
        ("model.multi_modal_projector.linear_2.", "audio_tower.proj2."),
        ("model.audio_tower.", "audio_tower."),
        ("model.language_model.", "model."),
    ),
    "whisper": (),
}

# Tables that are computed, not learnt; some versions of the libraries save them all the same.
COMPUTED_SUFFIXES = (
    "rotary_emb.inv_freq",
    "positional_embedding.positional_embedding",
    "embed_positions.weight",
)


def canonical_name(layout: Layout, name: str) -> str:
    """Return our name of a tensor of a file."""
    for prefix, ours in RENAMES[layout]:
        if name.startswith(prefix):
            return ours + name.removeprefix(prefix)
    return name


def is_computed(name: str) -> bool:
    """Tell whether a tensor is a table that the export computes itself."""
    return name.endswith(COMPUTED_SUFFIXES)


def expected_shapes(config: ModelConfig) -> Shapes:
    """Return the name and shape of every tensor that a model of these sizes needs."""
    if config.layout == "whisper":
        audio = whisper_shapes(config.audio)
    else:
        audio = qwen_shapes(config.audio)
    return audio | text_shapes(config.text)


def qwen_shapes(shape: AudioShape) -> Shapes:
    """Return the audio tower of Qwen3-ASR: three convolutions, layers, two projections."""
    channels, d_model = shape.conv_channels, shape.d_model
    shapes: Shapes = {}
    for index, n_in in enumerate((1, channels, channels), start=1):
        shapes[f"audio_tower.conv2d{index}.weight"] = (channels, n_in, 3, 3)
        shapes[f"audio_tower.conv2d{index}.bias"] = (channels,)
    shapes["audio_tower.conv_out.weight"] = (d_model, channels * shape.conv_bins)
    shapes |= _layer_shapes(shape, key_bias=True)
    shapes |= _norm("audio_tower.ln_post", d_model)
    shapes |= _linear("audio_tower.proj1", d_model, d_model)
    shapes |= _linear("audio_tower.proj2", shape.output_dim, d_model)
    return shapes


def whisper_shapes(shape: AudioShape) -> Shapes:
    """Return Whisper's encoder (its keys have no bias) and our adapter."""
    d_model = shape.d_model
    shapes: Shapes = {}
    for index, n_in in enumerate((shape.n_mels, d_model), start=1):
        shapes[f"audio_tower.conv{index}.weight"] = (d_model, n_in, 3)
        shapes[f"audio_tower.conv{index}.bias"] = (d_model,)
    shapes |= _layer_shapes(shape, key_bias=False)
    shapes |= _norm("audio_tower.layer_norm", d_model)
    shapes |= _linear("adapter.fc1", shape.adapter_dim, d_model * shape.frame_stack)
    shapes |= _linear("adapter.fc2", shape.output_dim, shape.adapter_dim)
    return shapes


def text_shapes(shape: TextShape) -> Shapes:
    """Return the Qwen3 decoder."""
    hidden, head_dim = shape.hidden_size, shape.head_dim
    n_query, n_kv = shape.n_heads * head_dim, shape.n_kv_heads * head_dim
    shapes: Shapes = {
        "model.embed_tokens.weight": (shape.n_vocab, hidden),
        "model.norm.weight": (hidden,),
    }
    for index in range(shape.n_layers):
        layer = f"model.layers.{index}."
        shapes |= {
            layer + "input_layernorm.weight": (hidden,),
            layer + "post_attention_layernorm.weight": (hidden,),
            layer + "self_attn.q_proj.weight": (n_query, hidden),
            layer + "self_attn.k_proj.weight": (n_kv, hidden),
            layer + "self_attn.v_proj.weight": (n_kv, hidden),
            layer + "self_attn.o_proj.weight": (hidden, n_query),
            layer + "self_attn.q_norm.weight": (head_dim,),
            layer + "self_attn.k_norm.weight": (head_dim,),
        }
        if index not in shape.attention_only:
            shapes |= feed_forward_shapes(shape, index)
    if not shape.tied:
        shapes["lm_head.weight"] = (shape.n_vocab, hidden)
    return shapes


def feed_forward_shapes(shape: TextShape, index: int) -> Shapes:
    """Return the feed-forward part of a decoder layer."""
    layer, hidden = f"model.layers.{index}.", shape.hidden_size
    return {
        layer + "mlp.gate_proj.weight": (shape.intermediate_size, hidden),
        layer + "mlp.up_proj.weight": (shape.intermediate_size, hidden),
        layer + "mlp.down_proj.weight": (hidden, shape.intermediate_size),
    }


def _layer_shapes(shape: AudioShape, *, key_bias: bool) -> Shapes:
    d_model, shapes = shape.d_model, Shapes()
    for index in range(shape.n_layers):
        layer = f"audio_tower.layers.{index}."
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            shapes |= _linear(layer + f"self_attn.{part}", d_model, d_model)
        if not key_bias:
            del shapes[layer + "self_attn.k_proj.bias"]
        shapes |= _norm(layer + "self_attn_layer_norm", d_model)
        shapes |= _norm(layer + "final_layer_norm", d_model)
        shapes |= _linear(layer + "fc1", shape.ffn_dim, d_model)
        shapes |= _linear(layer + "fc2", d_model, shape.ffn_dim)
    return shapes


def _linear(name: str, n_out: int, n_in: int) -> Shapes:
    return {f"{name}.weight": (n_out, n_in), f"{name}.bias": (n_out,)}


def _norm(name: str, size: int) -> Shapes:
    return {f"{name}.weight": (size,), f"{name}.bias": (size,)}
