"""Whisper tiny.en as it was meant to run: one waveform, padded to 30 s, greedy text.

The yardstick of the starter (the same tower, its own decoder) and the writer of transcripts for
speech that has none (`pseudo`).

Source: openai/whisper, model.py and decoding.py.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import mel
from .features import load_tower
from .teacher import load_decoder
from .whisper_decoder import (
    D_WHISPER,
    END_OF_TEXT,
    HEAD,
    N_BLOCKS,
    N_HEADS,
    NO_TIMESTAMPS,
    START_OF_TRANSCRIPT,
    WhisperLayers,
)
from .whisper_tokens import whisper_tokenizer

WINDOW = 480_000  # samples at 16 kHz


def by_head(x: Tensor) -> Tensor:
    """Split [n, 384] into heads [n_heads, n, 64]."""
    return x.view(len(x), N_HEADS, HEAD).transpose(0, 1)


class WhisperGreedy:
    """Whisper's tower and decoder."""

    def __init__(self) -> None:
        self.tower, self.tokenizer = load_tower(), whisper_tokenizer()
        self.layers = WhisperLayers(load_decoder())

    @torch.inference_mode()
    def __call__(self, waveform: np.ndarray, max_tokens: int = 220) -> tuple[str, float]:
        """Return text and mean log-probability of its tokens.

        Args:
            waveform: float32 [n_samples] at 16 kHz, at most 30 s.
            max_tokens: where to give up.
        """
        padded = np.zeros(WINDOW, np.float32)
        padded[: len(waveform)] = waveform[:WINDOW]
        frames = self.tower(mel.log_mel(torch.from_numpy(padded)[None], 80))[0]
        frames = frames.reshape(-1, D_WHISPER)
        linear, norm = self.layers.linear, self.layers.norm
        cross = [linear(frames, b, "attention/linear_1").chunk(2, 1) for b in range(N_BLOCKS)]
        past = [(torch.zeros(0, D_WHISPER), torch.zeros(0, D_WHISPER)) for _ in range(N_BLOCKS)]
        found: list[int] = []
        ids, scores, position = [START_OF_TRANSCRIPT, NO_TIMESTAMPS], [], 0
        table, places = self.layers.embeddings, self.layers.positions
        while len(found) < max_tokens:
            x = table[ids] + places[position : position + len(ids)]
            for b in range(N_BLOCKS):
                h = norm(x, f"layer_{b}/self_attention/")
                q, k, v = linear(h, b, "self_attention/linear_0").chunk(3, 1)
                past[b] = (torch.cat([past[b][0], k]), torch.cat([past[b][1], v]))
                a = self._attend(q, *past[b], causal=position == 0)
                x = x + linear(a, b, "self_attention/linear_1")
                h = norm(x, f"layer_{b}/attention/")
                a = self._attend(linear(h, b, "attention/linear_0"), *cross[b], causal=False)
                x = x + linear(a, b, "attention/linear_2")
                h = F.gelu(linear(norm(x, f"layer_{b}/ffn/"), b, "ffn/linear_0"))
                x = x + linear(h, b, "ffn/linear_1")
            position += len(ids)
            scored = F.linear(norm(x[-1:], ""), table)[0, : END_OF_TEXT + 1].log_softmax(0)
            token = int(scored.argmax())
            scores.append(float(scored[token]))
            if token == END_OF_TEXT:
                break
            found.append(token)
            ids = [token]
        return self.tokenizer.decode(found).strip(), float(np.mean(scores))

    @staticmethod
    def _attend(q: Tensor, k: Tensor, v: Tensor, *, causal: bool) -> Tensor:
        out = F.scaled_dot_product_attention(by_head(q), by_head(k), by_head(v), is_causal=causal)
        return out.transpose(0, 1).reshape(-1, D_WHISPER)
