"""The networks of the starter model: Whisper tower, adapter, Qwen3 decoder, with the parameter
names of the checkpoint.

Kept small and free of any framework so that a training step on two CPU cores spends its time in
matrix products. Right padding needs no mask anywhere: the decoder is causal, and the tower only
ever sees clips of one length per batch.
"""

from __future__ import annotations

import dataclasses
import math
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclasses.dataclass(frozen=True, kw_only=True)
class TowerConfig:
    """Shapes of the Whisper encoder and its adapter."""

    n_mels: int = 80
    d_model: int = 384
    n_layers: int = 4
    n_heads: int = 6
    ffn: int = 1536
    stack: int = 4  # hidden frames (20 ms) per audio token
    adapter_hidden: int = 768


@dataclasses.dataclass(frozen=True, kw_only=True)
class DecoderConfig:
    """Shapes of the Qwen3 decoder."""

    vocab: int
    hidden: int = 256
    intermediate: int = 768
    n_layers: int = 6
    n_heads: int = 4
    n_kv_heads: int = 2
    head_dim: int = 64
    rope_theta: float = 10_000.0
    eps: float = 1e-6


def mixed_precision() -> torch.autocast:
    """Compute in bfloat16 where the processor has it; elsewhere that would be many times slower."""
    return torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported())


@cache
def sinusoids(length: int, channels: int) -> Tensor:
    """Return Whisper's positions, float32 [length, channels], sines then cosines."""
    scale = torch.exp(-math.log(10_000) / (channels // 2 - 1) * torch.arange(channels // 2))
    angle = torch.arange(length)[:, None] * scale[None]
    return torch.cat([angle.sin(), angle.cos()], dim=1)


class WhisperAttention(nn.Module):
    """Self-attention without mask; the key projection has no bias."""

    def __init__(self, config: TowerConfig) -> None:
        super().__init__()
        d = config.d_model
        self.n_heads = config.n_heads
        self.q_proj, self.k_proj = nn.Linear(d, d), nn.Linear(d, d, bias=False)
        self.v_proj, self.out_proj = nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x: Tensor) -> Tensor:
        """Attend: [batch, n_frames, d_model] -> the same."""
        b, n, d = x.shape
        q, k, v = (
            p(x).view(b, n, self.n_heads, -1).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        return self.out_proj(
            F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, d)
        )


class WhisperLayer(nn.Module):
    """Pre-norm transformer layer."""

    def __init__(self, config: TowerConfig) -> None:
        super().__init__()
        self.self_attn = WhisperAttention(config)
        self.self_attn_layer_norm = nn.LayerNorm(config.d_model)
        self.fc1, self.fc2 = (
            nn.Linear(config.d_model, config.ffn),
            nn.Linear(config.ffn, config.d_model),
        )
        self.final_layer_norm = nn.LayerNorm(config.d_model)

    def forward(self, x: Tensor) -> Tensor:
        """Transform [batch, n_frames, d_model]."""
        x = x + self.self_attn(self.self_attn_layer_norm(x))
        return x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))


class WhisperTower(nn.Module):
    """Whisper's encoder over the real length of a window (at most 3,000 mel frames)."""

    def __init__(self, config: TowerConfig) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(config.n_mels, config.d_model, 3, padding=1)
        self.conv2 = nn.Conv1d(config.d_model, config.d_model, 3, stride=2, padding=1)
        self.layers = nn.ModuleList(WhisperLayer(config) for _ in range(config.n_layers))
        self.layer_norm = nn.LayerNorm(config.d_model)
        self.stack = config.stack

    def forward(self, mel: Tensor) -> Tensor:
        """Encode one window per row.

        Args:
            mel: float32 [batch, n_mels, n_frames], every row the same length.

        Returns: Hidden frames stacked by four: [batch, n_tokens, 4 * d_model]; n_tokens =
            ceil(ceil(n_frames / 2) / 4).
        """
        x = F.gelu(self.conv2(F.gelu(self.conv1(mel)))).transpose(1, 2)  # [batch, ceil(n/2), d]
        x = x + sinusoids(1500, x.shape[2])[: x.shape[1]]
        for layer in self.layers:
            x = layer(x)
        x = self.layer_norm(x)
        x = F.pad(x, (0, 0, 0, -x.shape[1] % self.stack))
        return x.reshape(x.shape[0], -1, self.stack * x.shape[2])  # 50 Hz -> 12.5 Hz


class Adapter(nn.Module):
    """Two-layer perceptron from stacked hidden frames to the decoder's embedding space."""

    def __init__(self, config: TowerConfig, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(config.stack * config.d_model, config.adapter_hidden)
        self.fc2 = nn.Linear(config.adapter_hidden, hidden)

    def forward(self, x: Tensor) -> Tensor:
        """Map [..., 4 * d_model] -> [..., hidden]."""
        return self.fc2(F.gelu(self.fc1(x)))


class _Normalise(torch.autograd.Function):
    """x / rms(x) with the closed-form gradient: a third of the time of autograd's elementwise
    chain.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, eps: float) -> Tensor:
        """Normalise the last axis of float32 x."""
        inverse = torch.rsqrt(
            torch.linalg.vector_norm(x, dim=-1, keepdim=True).square_().div_(x.shape[-1]).add_(eps)
        )
        y = x * inverse
        ctx.save_for_backward(y, inverse)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        """Return the gradient of x."""
        y, inverse = ctx.saved_tensors
        dot = torch.linalg.vecdot(grad, y).unsqueeze(-1).div_(y.shape[-1])
        return (grad - y * dot).mul_(inverse), None


class RMSNorm(nn.Module):
    """Root-mean-square norm over the last axis, computed in float32."""

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis."""
        return _Normalise.apply(x.float(), self.eps) * self.weight


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attend causally with grouped heads: q [batch, heads, n, d], k and v [batch, kv_heads, n, d]
    -> [batch, heads, n, d].

    Plain products instead of torch's fused kernel, whose bfloat16 backward pass is three times
    slower on this CPU.
    """
    b, heads, n, d = q.shape
    groups = heads // k.shape[1]
    with torch.autocast("cpu", enabled=False):  # which would make the softmax float32
        scores = (q.reshape(b, -1, groups * n, d) * d**-0.5) @ k.transpose(2, 3)
        future = torch.full((n, n), float("-inf"), dtype=scores.dtype).triu_(1)
        weights = scores.view(b, -1, groups, n, n).add_(future).softmax(-1)
        return (weights.view(b, -1, groups * n, n) @ v).view(b, heads, n, d)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Apply NEOX rotary positions to [batch, heads, n, head_dim]."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin


class Qwen3Attention(nn.Module):
    """Grouped-query causal attention with per-head query and key norms."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        wide, narrow = config.n_heads * config.head_dim, config.n_kv_heads * config.head_dim
        self.q_proj = nn.Linear(config.hidden, wide, bias=False)
        self.k_proj = nn.Linear(config.hidden, narrow, bias=False)
        self.v_proj = nn.Linear(config.hidden, narrow, bias=False)
        self.o_proj = nn.Linear(wide, config.hidden, bias=False)
        self.q_norm, self.k_norm = (
            RMSNorm(config.head_dim, config.eps),
            RMSNorm(config.head_dim, config.eps),
        )

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, past: list[Tensor] | None) -> Tensor:
        """Attend over [batch, n, hidden]; `past` ([k, v], updated in place) makes the step
        incremental.
        """
        b, n, _ = x.shape
        q, k, v = (
            p(x).view(b, n, -1, self.config.head_dim)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k, v = (
            self.q_norm(q).to(v.dtype).transpose(1, 2),
            self.k_norm(k).to(v.dtype).transpose(1, 2),
            v.transpose(1, 2),
        )
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        causal = n > 1
        if past is not None:
            if past:
                k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
            past[:] = [k, v]
        if causal and self.training:
            out = causal_attention(q, k, v)
        else:
            out = F.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=True)
        return self.o_proj(out.transpose(1, 2).reshape(b, n, -1))


class Qwen3MLP(nn.Module):
    """SwiGLU."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden, config.intermediate, bias=False)
        self.up_proj = nn.Linear(config.hidden, config.intermediate, bias=False)
        self.down_proj = nn.Linear(config.intermediate, config.hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Transform [..., hidden]."""
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Qwen3Layer(nn.Module):
    """Pre-norm decoder layer."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.self_attn, self.mlp = Qwen3Attention(config), Qwen3MLP(config)
        self.input_layernorm = RMSNorm(config.hidden, config.eps)
        self.post_attention_layernorm = RMSNorm(config.hidden, config.eps)

    def forward(
        self, x: Tensor, cos: Tensor, sin: Tensor, past: list[Tensor] | None, dropout: float
    ) -> Tensor:
        """Transform [batch, n, hidden]."""
        x = x + F.dropout(
            self.self_attn(self.input_layernorm(x), cos, sin, past), dropout, self.training
        )
        return x + F.dropout(self.mlp(self.post_attention_layernorm(x)), dropout, self.training)


class Qwen3Decoder(nn.Module):
    """Qwen3 with tied embeddings (`model.` in the checkpoint)."""

    def __init__(self, config: DecoderConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config, self.dropout = config, dropout
        self.embed_tokens = nn.Embedding(config.vocab, config.hidden)
        self.layers = nn.ModuleList(Qwen3Layer(config) for _ in range(config.n_layers))
        self.norm = RMSNorm(config.hidden, config.eps)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                scale = 0.04 / (
                    math.sqrt(2 * config.n_layers)
                    if name.endswith(("o_proj.weight", "down_proj.weight"))
                    else 1
                )
                nn.init.normal_(parameter, std=scale)

    def forward(
        self, embeds: Tensor, past: list[list[Tensor]] | None = None, start: int = 0
    ) -> Tensor:
        """Return final hidden states for input embeddings [batch, n, hidden] at positions start,
        start + 1, …
        """
        half = self.config.head_dim // 2
        inverse = self.config.rope_theta ** (-torch.arange(half).float() / half)
        angle = torch.arange(start, start + embeds.shape[1])[:, None] * inverse[None]
        dtype = torch.bfloat16 if torch.is_autocast_enabled("cpu") else embeds.dtype
        cos, sin = (torch.cat([f, f], dim=1).to(dtype) for f in (angle.cos(), angle.sin()))
        x = embeds
        for index, layer in enumerate(self.layers):
            x = layer(x, cos, sin, None if past is None else past[index], self.dropout)
        return self.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """Project onto the tied token embeddings: [..., hidden] -> [..., vocab]."""
        return F.linear(hidden, self.embed_tokens.weight)
