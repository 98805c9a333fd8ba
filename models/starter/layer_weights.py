"""Weights of one rewritten layer: where Whisper's attention and neurons go inside a Qwen3 layer.

A head of Qwen3 has 80 dimensions here: Whisper's 64, one whose constant keeps the norm of queries
and keys constant (Qwen3 normalises them, Whisper does not), and two for the malus that hides the
rows which a layer must not see.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .whisper_decoder import D_WHISPER, HEAD, N_HEADS, Weights

N_NEURONS = 768  # of Whisper's 1,536 in every block, refitted
# Dimensions of a head (pairs are i and i + 40): 8..39 and 48..79 hold Whisper's 64.
REAL = [*range(8, 40), *range(48, 80)]
NORM_DIM, MALUS, MALUS_AUDIO = 0, 7, 47
MALUS_NATS = 40.0
MALUS_SHARE = 0.1  # of NORM_DIM, so that it hardly adds to the norm
NORM_RATIO = 30.0  # constant over the norm of a typical query or key


class Layer:
    """Weights of one Qwen3 layer, all zero at first.

    Args:
        one: row [416] that reads 1 off a normalised text token where it enters the attention.
        one_mlp: the same where it enters the feed-forward part.
    """

    def __init__(self, one: Tensor, one_mlp: Tensor) -> None:
        d, wide = 416, N_HEADS * 80
        self.q, self.k, self.v = (torch.zeros(wide, d) for _ in range(3))
        self.o = torch.zeros(d, wide)
        self.q_norm, self.k_norm = torch.zeros(80), torch.zeros(80)
        self.gate, self.up = (torch.zeros(N_NEURONS, d) for _ in range(2))
        self.down = torch.zeros(d, N_NEURONS)
        self.n_used = 0
        # RMSNorm divides by the rms over 416 dimensions: this makes it Whisper's over 384.
        self.norm = math.sqrt(D_WHISPER / d)
        self.one, self.one_mlp = one, one_mlp

    def head(self, index: int) -> slice:
        """Return the rows of a head."""
        return slice(80 * index, 80 * index + 80)

    def rows(self, index: int) -> list[int]:
        """Return the rows of a head that hold Whisper's dimensions."""
        return [80 * index + r for r in REAL]

    def neuron(self, gate: Tensor, up: Tensor, down: Tensor) -> None:
        """Add neurons: gate and up [n, 416], down [416, n]."""
        n = len(gate)
        s = slice(self.n_used, self.n_used + n)
        if s.stop > N_NEURONS:
            raise ValueError("too many neurons")
        self.gate[s], self.up[s], self.down[:, s] = gate, up, down
        self.n_used += n

    def constant(self, value: Tensor) -> None:
        """Add a constant [416] to the residual of text tokens after the feed-forward part."""
        gate = 8.0
        scale = float(F.silu(torch.tensor(gate)))
        self.neuron(gate * self.one_mlp[None], self.one_mlp[None], (value / scale)[:, None])

    def state(self) -> Weights:
        """Return the layer's tensors."""
        return {
            "input_layernorm.weight": torch.full((416,), self.norm),
            "post_attention_layernorm.weight": torch.full((416,), self.norm),
            "self_attn.q_proj.weight": self.q,
            "self_attn.k_proj.weight": self.k,
            "self_attn.v_proj.weight": self.v,
            "self_attn.o_proj.weight": self.o,
            "self_attn.q_norm.weight": self.q_norm,
            "self_attn.k_norm.weight": self.k_norm,
            "mlp.gate_proj.weight": self.gate,
            "mlp.up_proj.weight": self.up,
            "mlp.down_proj.weight": self.down,
        }


def centred(weight: Tensor, gamma: Tensor) -> Tensor:
    """Fold LayerNorm's scale and the subtraction of the mean into a weight [n, 384]."""
    scaled = weight * gamma
    return scaled - scaled.mean(1, keepdim=True)


def attention(
    layer: Layer, query: tuple[Tensor, Tensor], key: Tensor, value: Tensor,
    out: tuple[Tensor, Tensor], norms: tuple[float, float], ones: tuple[Tensor, Tensor],
    key_scale: float,
) -> None:  # fmt: skip
    """Write one Whisper attention into the heads of a layer, without its malus.

    Args:
        layer: where to.
        query: weight [384, 384] (LayerNorm folded in) and bias [384].
        key: weight [384, 384].
        value: weight [384, 384].
        out: weight [384, 384] and bias [384], the values' constant included.
        norms: typical norms of a head's query and key.
        ones: rows that read 1 off any row, and off the rows that are attended to (else 0).
        key_scale: by what the key's normalised row is smaller than the row itself.
    """
    n_query, n_key = (NORM_RATIO * n for n in norms)
    for h in range(N_HEADS):
        own, rows = slice(HEAD * h, HEAD * h + HEAD), layer.rows(h)
        layer.q[rows, :D_WHISPER] = query[0][own]
        layer.q[rows] += query[1][own, None] * layer.one[None]
        layer.k[rows, :D_WHISPER] = key[own] * key_scale
        layer.v[rows, :D_WHISPER] = value[own] * key_scale
        layer.o[:D_WHISPER, rows] = out[0][:, own]
        layer.q[80 * h + NORM_DIM] = n_query * layer.one
        layer.k[80 * h + NORM_DIM] = n_key * ones[0]
    # weights sum to 1, so a value of 1 carries the bias
    layer.v[NORM_DIM], layer.o[:D_WHISPER, NORM_DIM] = ones[1], out[1]
    # logits are q k / sqrt(80) here and q k / sqrt(64) in Whisper
    scale = (80 / 64) ** 0.25
    layer.q_norm[REAL] = scale * n_query / math.sqrt(80)
    layer.k_norm[REAL] = scale * n_key / math.sqrt(80)


def malus(
    layer: Layer, dim: int, queries: Tensor, keys: Tensor, norms: tuple[float, float]
) -> None:
    """Make keys that read 1 in `keys` invisible to queries that read 1 in `queries`."""
    n_query, n_key = (MALUS_SHARE * NORM_RATIO * n for n in norms)
    for h in range(N_HEADS):
        layer.q[80 * h + dim] = queries * n_query
        layer.k[80 * h + dim] = -keys * n_key
    amount = math.sqrt(MALUS_NATS * math.sqrt(80)) / (MALUS_SHARE * math.sqrt(80))
    layer.q_norm[dim] = layer.k_norm[dim] = amount
