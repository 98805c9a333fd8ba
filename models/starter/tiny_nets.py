"""The audio tower of Qwen3-ASR in torch for training, with windowed attention, under the official
parameter names.

The official `qwen_asr` class computes windows of 104 tokens but never uses them (it attends over
the whole clip); vLLM, flash attention and the native classes of transformers 5 do, so this tower is
trained the way they run. All clips of a batch have one length, so windows are plain reshapes.

Source: qwen_asr 0.0.6, modeling_qwen3_asr.py (Qwen3ASRAudioEncoder.forward).
"""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .nets import sinusoids

CHUNK_FRAMES, CHUNK_TOKENS, WINDOW_CHUNKS = (
    100,
    13,
    8,
)  # a window is 8 chunks: 800 mel frames, 104 tokens, 8 s


@dataclasses.dataclass(frozen=True, kw_only=True)
class AudioConfig:
    """Shapes of the audio tower; names as in the official audio_config."""

    num_mel_bins: int = 128
    d_model: int = 96
    encoder_layers: int = 2
    encoder_attention_heads: int = 4
    encoder_ffn_dim: int = 384
    downsample_hidden_size: int = 32
    output_dim: int = 256


class Attention(nn.Module):
    """Self-attention without mask over one window."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        d = config.d_model
        self.n_heads = config.encoder_attention_heads
        self.k_proj, self.v_proj = nn.Linear(d, d), nn.Linear(d, d)
        self.q_proj, self.out_proj = nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x: Tensor) -> Tensor:
        """Attend: [n_windows, n_tokens, d_model] -> the same."""
        b, n, d = x.shape
        q, k, v = (
            p(x).view(b, n, self.n_heads, -1).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        with torch.autocast("cpu", enabled=False):
            weights = ((q * q.shape[-1] ** -0.5) @ k.transpose(2, 3)).softmax(-1)
            out = (weights @ v).transpose(1, 2).reshape(b, n, d)
        return self.out_proj(out)


class Layer(nn.Module):
    """Pre-norm transformer layer."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        d = config.d_model
        self.self_attn, self.self_attn_layer_norm = Attention(config), nn.LayerNorm(d)
        self.fc1, self.fc2 = (
            nn.Linear(d, config.encoder_ffn_dim),
            nn.Linear(config.encoder_ffn_dim, d),
        )
        self.final_layer_norm = nn.LayerNorm(d)

    def forward(self, x: Tensor) -> Tensor:
        """Transform [n_windows, n_tokens, d_model]."""
        x = x + self.self_attn(self.self_attn_layer_norm(x))
        return x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))


class AudioTower(nn.Module):
    """Chunk convolutions, windowed transformer, projector."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        c, d = config.downsample_hidden_size, config.d_model
        self.conv2d1 = nn.Conv2d(1, c, 3, 2, padding=1)
        self.conv2d2 = nn.Conv2d(c, c, 3, 2, padding=1)
        self.conv2d3 = nn.Conv2d(c, c, 3, 2, padding=1)
        self.conv_out = nn.Linear(c * config.num_mel_bins // 8, d, bias=False)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.encoder_layers))
        self.ln_post = nn.LayerNorm(d)
        self.proj1, self.proj2 = nn.Linear(d, d), nn.Linear(d, config.output_dim)

    def frontend(self, mel: Tensor) -> Tensor:
        """Turn mel into tokens: float32 [batch, n_mels, n_frames] -> [batch, n_tokens, d_model],
        positions added.
        """
        b, n_mels, n = mel.shape
        if n > CHUNK_FRAMES:  # a clip of one partial chunk is not padded
            mel = F.pad(mel, (0, -n % CHUNK_FRAMES))
        width = min(n, CHUNK_FRAMES)
        x = mel.view(b, n_mels, -1, width).transpose(1, 2).reshape(-1, 1, n_mels, width)
        x = x.contiguous(memory_format=torch.channels_last)
        x = F.gelu(
            self.conv2d3(F.gelu(self.conv2d2(F.gelu(self.conv2d1(x)))))
        )  # [n_chunks, c, n_mels / 8, 13]
        x = self.conv_out(x.permute(0, 3, 1, 2).flatten(2))
        x = x + sinusoids(1500, x.shape[2])[: x.shape[1]]
        return x.reshape(b, -1, x.shape[2])[:, : n_tokens(n)]

    def forward(self, mel: Tensor) -> Tensor:
        """Encode clips of one length: [batch, n_mels, n_frames] -> audio embeddings [batch,
        n_tokens, output_dim].
        """
        return self.project(self.encode(mel))

    def project(self, heard: Tensor) -> Tensor:
        """Turn tokens [batch, n_tokens, d_model] into audio embeddings."""
        embeddings: Tensor = self.proj2(F.gelu(self.proj1(heard)))
        return embeddings

    def encode(self, mel: Tensor) -> Tensor:
        """Return the normalised tokens [batch, n_tokens, d_model] before the projector."""
        x = self.frontend(mel)
        b, n, d = x.shape
        window = CHUNK_TOKENS * WINDOW_CHUNKS
        whole = n // window * window
        parts = [x[:, :whole].reshape(-1, window, d), x[:, whole:]]
        for index, part in enumerate(parts):
            if part.numel():
                for layer in self.layers:
                    part = layer(part)
                parts[index] = part
        x = torch.cat([part.reshape(b, -1, d) for part in parts], dim=1)
        heard: Tensor = self.ln_post(x)
        return heard


def n_tokens(n_frames: int) -> int:
    """Return the number of audio tokens for a number of mel frames."""
    rest = n_frames % CHUNK_FRAMES
    return n_frames // CHUNK_FRAMES * CHUNK_TOKENS + (((rest + 1) // 2 + 1) // 2 + 1) // 2
