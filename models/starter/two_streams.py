"""The rewritten decoder with audio rows as keys and values only: a third of the work of a step.

In the rewriting (`transplant`) audio rows pass through every layer unchanged, and only the layers
of Whisper's cross-attention look at them. So nothing but their keys and values in those layers is
needed, as in Whisper itself. `finetune` trains this way first and the whole way at the end.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import torch
from torch import Tensor

from .nets import Qwen3Decoder, Qwen3Layer, rotate


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a batch stand.

    Attributes:
        text: float32 positions [batch, n_text] of text rows (prompt and answer).
        audio: float32 positions [batch, n_audio] of audio rows.
        audio_mask: bool [batch, n_text, n_audio], true where a text row sees an audio row.
    """

    text: Tensor
    audio: Tensor
    audio_mask: Tensor


def layout(before: list[int], n_tokens: list[int], n_text: int) -> Layout:
    """Return the layout of clips with `before` prompt rows in front of `n_tokens` audio rows."""
    first = torch.tensor(before)[:, None]
    count = torch.tensor(n_tokens)[:, None]
    row = torch.arange(n_text)[None].expand(len(before), -1)
    column = torch.arange(int(count.max()))[None].expand(len(before), -1)
    mask = (row >= first)[:, :, None] & (column < count)[:, None, :]
    return Layout((row + count * (row >= first)).float(), (first + column).float(), mask)


def is_audio_layer(index: int) -> bool:
    """Tell whether a layer of the rewriting looks at the audio: after positions and text."""
    return index > 0 and index % 2 == 0


class Rotation:
    """Rotary positions of rows at given places."""

    def __init__(self, model: Qwen3Decoder, positions: Tensor) -> None:
        half = model.config.head_dim // 2
        inverse = model.config.rope_theta ** (-torch.arange(half).float() / half)
        angle = positions[:, None, :, None] * inverse
        self.cos = torch.cat([angle.cos(), angle.cos()], -1)
        self.sin = torch.cat([angle.sin(), angle.sin()], -1)

    def __call__(self, x: Tensor) -> Tensor:
        """Turn [batch, heads, n, head_dim]."""
        return rotate(x, self.cos, self.sin)


def heads(layer: Qwen3Layer, x: Tensor, which: str) -> Tensor:
    """Project normalised rows [batch, n, hidden] to queries, keys or values of all heads."""
    attention = layer.self_attn
    y: Tensor = getattr(attention, f"{which}_proj")(x)
    y = y.view(*x.shape[:2], -1, attention.config.head_dim)
    if which != "v":
        y = getattr(attention, f"{which}_norm")(y)
    return y.transpose(1, 2)


def forward(
    model: Qwen3Decoder,
    text: Tensor,
    audio: Tensor,
    where: Layout,
    watch: Callable[[int, Tensor], Tensor] | None = None,
) -> Tensor:
    """Return final hidden states of the text rows.

    Args:
        model: the rewritten decoder.
        text: embeddings [batch, n_text, hidden].
        audio: embeddings [batch, n_audio, hidden], right-padded.
        where: their places.
        watch: is given every layer's index and output and returns what goes on.
    """
    turn_text, turn_audio = Rotation(model, where.text), Rotation(model, where.audio)
    n = text.shape[1]
    past = torch.ones(n, n, dtype=torch.bool).tril().expand(len(text), -1, -1)
    text_bias = torch.zeros(past.shape).masked_fill_(~past, -math.inf)[:, None]
    both = torch.cat([where.audio_mask, past], 2)
    both_bias = torch.zeros(both.shape).masked_fill_(~both, -math.inf)[:, None]
    x = text
    for index, layer in enumerate(model.layers):
        assert isinstance(layer, Qwen3Layer)
        normed = layer.input_layernorm(x)
        q, k = turn_text(heads(layer, normed, "q")), turn_text(heads(layer, normed, "k"))
        v, bias = heads(layer, normed, "v"), text_bias
        if is_audio_layer(index):
            normed = layer.input_layernorm(audio)
            k = torch.cat([turn_audio(heads(layer, normed, "k")), k], 2)
            v, bias = torch.cat([heads(layer, normed, "v"), v], 2), both_bias
        weights = (q @ k.transpose(2, 3) * q.shape[-1] ** -0.5 + bias).softmax(-1)
        out = (weights @ v).transpose(1, 2).flatten(2)
        x = x + layer.self_attn.o_proj(out)
        x = x + layer.mlp(layer.post_attention_layernorm(x))
        if watch is not None:
            x = watch(index, x)
    hidden: Tensor = model.norm(x)
    return hidden
