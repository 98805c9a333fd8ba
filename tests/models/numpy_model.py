"""Compute the model in plain NumPy, float64, straight from a checkpoint: what the graphs must give.

Written after the official classes, without anything of models/ but the reader of tensors: direct
convolutions, one attention head after the other, interleaved multimodal RoPE with three positions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from models.checkpoint import Checkpoint

Array = npt.NDArray[np.float64]


def frontend(checkpoint: Checkpoint, mel: Array) -> Array:
    """Return float64 [n_hidden, d_model] of one chunk [n_mels, n_frames]."""
    whisper = checkpoint.config.layout == "whisper"
    hidden = _whisper_frontend(checkpoint, mel) if whisper else _qwen_frontend(checkpoint, mel)
    return hidden + positions(*hidden.shape)


def _qwen_frontend(checkpoint: Checkpoint, mel: Array) -> Array:
    image = mel[None]
    for index in (1, 2, 3):
        image = gelu(_conv2d(image, *_weights(checkpoint, f"audio_tower.conv2d{index}")))
    channels, bins, n_hidden = image.shape
    columns = image.transpose(2, 0, 1).reshape(n_hidden, channels * bins)
    return columns @ _tensor(checkpoint, "audio_tower.conv_out.weight").T


def _whisper_frontend(checkpoint: Checkpoint, mel: Array) -> Array:
    rows = mel
    for name, stride in (("conv1", 1), ("conv2", 2)):
        rows = gelu(_conv1d(rows, *_weights(checkpoint, f"audio_tower.{name}"), stride))
    return rows.T


def backend(checkpoint: Checkpoint, hidden: Array) -> Array:
    """Return float64 [n_tokens, embed_dim] of one window [n_hidden, d_model]."""
    shape = checkpoint.config.audio
    for index in range(shape.n_layers):
        hidden = _encoder_layer(checkpoint, hidden, f"audio_tower.layers.{index}.", shape.n_heads)
    if checkpoint.config.layout == "whisper":
        hidden = _norm(checkpoint, hidden, "audio_tower.layer_norm")
        n_zeros = -len(hidden) % shape.frame_stack
        stacked = np.concatenate([hidden, np.zeros((n_zeros, shape.d_model))])
        return _two_layers(
            checkpoint,
            stacked.reshape(-1, shape.frame_stack * shape.d_model),
            ("adapter.fc1", "adapter.fc2"),
        )
    hidden = _norm(checkpoint, hidden, "audio_tower.ln_post")
    return _two_layers(checkpoint, hidden, ("audio_tower.proj1", "audio_tower.proj2"))


def decoder_logits(checkpoint: Checkpoint, ids: Sequence[int]) -> Array:
    """Return float64 [n_ids, n_vocab] with weights rounded to float16, as a GGUF F16 has them."""
    text = checkpoint.config.text
    embeddings = _half(checkpoint, "model.embed_tokens.weight")
    rows = embeddings[list(ids)]
    angles = mrope_angles(np.tile(np.arange(len(ids)), (3, 1)), text.head_dim, text.rope_theta)
    for index in range(text.n_layers):
        layer = f"model.layers.{index}."
        normed = _rms(checkpoint, rows, layer + "input_layernorm.weight")
        rows = rows + _causal_attention(checkpoint, normed, layer + "self_attn.", angles)
        normed = _rms(checkpoint, rows, layer + "post_attention_layernorm.weight")
        gate = normed @ _half(checkpoint, layer + "mlp.gate_proj.weight").T
        up = normed @ _half(checkpoint, layer + "mlp.up_proj.weight").T
        inner = gate / (1 + np.exp(-gate)) * up
        rows = rows + inner @ _half(checkpoint, layer + "mlp.down_proj.weight").T
    head = "model.embed_tokens.weight" if text.tied else "lm_head.weight"
    return _rms(checkpoint, rows, "model.norm.weight") @ _half(checkpoint, head).T


def mrope_angles(
    ids: npt.NDArray[np.int_], head_dim: int, theta: float, sections: Sequence[int] = (6, 5, 5)
) -> Array:
    """Return interleaved multimodal RoPE's angles, float64 [n_ids, head_dim / 2].

    Args:
        ids: int [3, n_ids], the positions in time, height and width.
        head_dim: width of a head.
        theta: base of the wavelengths.
        sections: how many pairs turn by time, height and width.
    """
    rates = theta ** (-np.arange(0, head_dim, 2) / head_dim)
    angles = ids[:, :, None] * rates[None, None, :]
    mixed: Array = angles[0].copy()
    for axis in (1, 2):
        chosen = slice(axis, sections[axis] * 3, 3)
        mixed[:, chosen] = angles[axis][:, chosen]
    return mixed


def positions(n_rows: int, n_channels: int) -> Array:
    """Return Whisper's sinusoids, float64 [n_rows, n_channels]."""
    half = n_channels // 2
    rates = np.exp(-np.log(10000.0) / (half - 1) * np.arange(half))
    angles = np.arange(n_rows)[:, None] * rates
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def gelu(values: Array) -> Array:
    """Return the exact GELU."""
    result: Array = values / 2 * (1 + erf(values / np.sqrt(2)))
    return result


def _tensor(checkpoint: Checkpoint, name: str) -> Array:
    return checkpoint.tensor(name).astype(np.float64)


def _half(checkpoint: Checkpoint, name: str) -> Array:
    return checkpoint.tensor(name).astype(np.float16).astype(np.float64)


def _weights(checkpoint: Checkpoint, name: str) -> tuple[Array, Array]:
    return _tensor(checkpoint, f"{name}.weight"), _tensor(checkpoint, f"{name}.bias")


def _conv2d(image: Array, kernel: Array, bias: Array) -> Array:
    """Convolve [channels, height, width] with 3 × 3, stride 2, padding 1."""
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    height, width = (-(-size // 2) for size in image.shape[1:])
    result = np.tile(bias[:, None, None], (1, height, width))
    for row in range(3):
        for column in range(3):
            tap = padded[:, row::2, column::2][:, :height, :width]
            result += np.einsum("oi,ihw->ohw", kernel[:, :, row, column], tap)
    return result


def _conv1d(rows: Array, kernel: Array, bias: Array, stride: int) -> Array:
    """Convolve [channels, n_frames] with 3, padding 1."""
    padded = np.pad(rows, ((0, 0), (1, 1)))
    length = -(-rows.shape[1] // stride)
    taps = [kernel[:, :, i] @ padded[:, i::stride][:, :length] for i in range(3)]
    return bias[:, None] + sum(taps)


def _linear(checkpoint: Checkpoint, rows: Array, name: str) -> Array:
    product = rows @ _tensor(checkpoint, f"{name}.weight").T
    return (
        product + _tensor(checkpoint, f"{name}.bias") if f"{name}.bias" in checkpoint else product
    )


def _two_layers(checkpoint: Checkpoint, rows: Array, names: tuple[str, str]) -> Array:
    return _linear(checkpoint, gelu(_linear(checkpoint, rows, names[0])), names[1])


def _norm(checkpoint: Checkpoint, rows: Array, name: str) -> Array:
    scale, bias = _weights(checkpoint, name)
    centred = rows - rows.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    result: Array = centred / spread * scale + bias
    return result


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Array = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _encoder_layer(checkpoint: Checkpoint, rows: Array, layer: str, n_heads: int) -> Array:
    normed = _norm(checkpoint, rows, layer + "self_attn_layer_norm")
    query, key, value = (
        np.split(_linear(checkpoint, normed, f"{layer}self_attn.{part}_proj"), n_heads, axis=1)
        for part in "qkv"
    )
    heads = [
        _softmax(q @ k.T / np.sqrt(q.shape[1])) @ v
        for q, k, v in zip(query, key, value, strict=True)
    ]
    attended = np.concatenate(heads, axis=1)
    rows = rows + _linear(checkpoint, attended, layer + "self_attn.out_proj")
    normed = _norm(checkpoint, rows, layer + "final_layer_norm")
    return rows + _two_layers(checkpoint, normed, (layer + "fc1", layer + "fc2"))


def _rms(checkpoint: Checkpoint, rows: Array, name: str) -> Array:
    scale: Array = 1 / np.sqrt((rows**2).mean(axis=-1, keepdims=True) + 1e-6)
    return rows * scale * _tensor(checkpoint, name)


def _causal_attention(checkpoint: Checkpoint, rows: Array, source: str, angles: Array) -> Array:
    text = checkpoint.config.text
    query = _heads(checkpoint, rows, source, "q", text.n_heads)
    key = _heads(checkpoint, rows, source, "k", text.n_kv_heads)
    value = _heads(checkpoint, rows, source, "v", text.n_kv_heads)
    n_rows = len(rows)
    hidden = np.triu(np.full((n_rows, n_rows), -np.inf), k=1)
    outputs = []
    for index, head in enumerate(query):
        shared = index * text.n_kv_heads // text.n_heads
        scores = _rotate(head, angles) @ _rotate(key[shared], angles).T / np.sqrt(text.head_dim)
        outputs.append(_softmax(scores + hidden) @ value[shared])
    return np.concatenate(outputs, axis=1) @ _half(checkpoint, source + "o_proj.weight").T


def _heads(
    checkpoint: Checkpoint, rows: Array, source: str, part: str, n_heads: int
) -> list[Array]:
    heads = np.split(rows @ _half(checkpoint, f"{source}{part}_proj.weight").T, n_heads, axis=1)
    if part == "v":
        return heads
    return [_rms(checkpoint, head, f"{source}{part}_norm.weight") for head in heads]


def _rotate(rows: Array, angles: Array) -> Array:
    """Turn the pairs (i, i + head_dim / 2) by their angles."""
    first, second = np.split(rows, 2, axis=1)
    cosine, sine = np.cos(angles), np.sin(angles)
    return np.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=1)
