"""Whisper tiny.en's own decoder, teacher-forced: encoder output and tokens in, logits out.

`transplant` rewrites it as a Qwen3 decoder and wants to know what happens inside on real speech, so
every pass leaves behind what entered each part, its rms, and the norms of queries and keys.

Source: openai/whisper, model.py.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

D_WHISPER, N_HEADS, HEAD, N_BLOCKS = 384, 6, 64, 4
END_OF_TEXT, START_OF_TRANSCRIPT, NO_TIMESTAMPS = 50256, 50257, 50362  # Whisper's ids

Weights = dict[str, Tensor]


class WhisperLayers:
    """The linear layers and norms of Whisper's decoder by name.

    Args:
        weights: variables of the CTranslate2 file under their own names, float32.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.embeddings = weights["decoder/embeddings/weight"]
        self.positions = weights["decoder/position_encodings/encodings"]

    def linear(self, x: Tensor, block: int, name: str) -> Tensor:
        """Apply a linear layer of a block to [..., n_in]."""
        path = f"decoder/layer_{block}/{name}"
        return F.linear(x, self.weights[f"{path}/weight"], self.weights[f"{path}/bias"])

    def norm(self, x: Tensor, name: str) -> Tensor:
        """Apply the LayerNorm of a part ("layer_0/ffn/"; "" is the last one) to [..., 384]."""
        path = f"decoder/{name}layer_norm"
        gamma, beta = self.weights[f"{path}/gamma"], self.weights[f"{path}/beta"]
        return F.layer_norm(x, (D_WHISPER,), gamma, beta)


class Whisper:
    """Whisper's decoder as it is, teacher-forced, with what the rewriting wants to know about it.

    Args:
        weights: variables of the CTranslate2 file under their own names, float32.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.inputs: dict[tuple[int, str], list[Tensor]] = {}
        self.rms: dict[tuple[int, str], list[Tensor]] = {}
        self.norms: dict[tuple[int, str], list[float]] = {}

    def part(self, block: int, name: str) -> tuple[Tensor, Tensor]:
        """Return weight and bias of a linear layer of a block."""
        path = f"decoder/layer_{block}/{name}"
        return self.weights[f"{path}/weight"], self.weights[f"{path}/bias"]

    def norm(self, block: int, name: str) -> tuple[Tensor, Tensor]:
        """Return scale and shift of a part's LayerNorm ("" and block -1: the last one)."""
        path = f"decoder/layer_{block}/{name}" if name else "decoder"
        return self.weights[f"{path}/layer_norm/gamma"], self.weights[f"{path}/layer_norm/beta"]

    def _enter(self, block: int, name: str, x: Tensor) -> Tensor:
        self.rms.setdefault((block, name), []).append(x.pow(2).mean(1).sqrt())
        normed = F.layer_norm(x, (D_WHISPER,), *self.norm(block, name))
        self.inputs.setdefault((block, name), []).append(normed)
        return normed

    def _attend(
        self, block: int, name: str, q: Tensor, k: Tensor, v: Tensor, causal: bool
    ) -> Tensor:
        q, k, v = (t.view(len(t), N_HEADS, HEAD).transpose(0, 1) for t in (q, k, v))
        for tensor, which in ((q, "q"), (k, "k")):
            self.norms.setdefault((block, name + which), []).append(
                float(tensor.norm(dim=2).median())
            )
        out = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return out.transpose(0, 1).reshape(-1, D_WHISPER)

    def forward(self, encoded: Tensor, ids: list[int]) -> Tensor:
        """Return logits [n_ids, vocab] after ids, given encoder output [n_frames, 384]."""
        return F.linear(self.listen(encoded, ids), self.weights["decoder/embeddings/weight"])

    def listen(self, encoded: Tensor, ids: list[int]) -> Tensor:
        """Return what the logits are made of, [n_ids, 384]; most of the time goes into these."""
        x = self.weights["decoder/embeddings/weight"][ids]
        x = x + self.weights["decoder/position_encodings/encodings"][: len(ids)]
        for b in range(N_BLOCKS):
            h = self._enter(b, "self_attention", x)
            q, k, v = F.linear(h, *self.part(b, "self_attention/linear_0")).chunk(3, 1)
            a = self._attend(b, "self", q, k, v, causal=True)
            x = x + F.linear(a, *self.part(b, "self_attention/linear_1"))
            h = self._enter(b, "attention", x)
            q = F.linear(h, *self.part(b, "attention/linear_0"))
            k, v = F.linear(encoded, *self.part(b, "attention/linear_1")).chunk(2, 1)
            a = self._attend(b, "cross", q, k, v, causal=False)
            x = x + F.linear(a, *self.part(b, "attention/linear_2"))
            h = self._enter(b, "ffn", x)
            h = F.gelu(F.linear(h, *self.part(b, "ffn/linear_0")))
            x = x + F.linear(h, *self.part(b, "ffn/linear_1"))
        self.rms.setdefault((N_BLOCKS, ""), []).append(x.pow(2).mean(1).sqrt())
        gamma, beta = self.norm(-1, "")
        return F.layer_norm(x, (D_WHISPER,), gamma, beta)

    def text_rms(self, block: int, name: str) -> float:
        """Return the median rms of text tokens seen so far."""
        return float(torch.cat([r[2:] for r in self.rms[block, name]]).median())

    def start_rms(self, block: int, name: str) -> float:
        """Return the rms of the start token."""
        return float(torch.stack([r[0] for r in self.rms[block, name]]).mean())

    def normed(self, block: int, name: str) -> list[Tensor]:
        """Return what entered a part, normalised without scale and shift, clip by clip."""
        gamma, beta = self.norm(block, name)
        return [(x - beta) / gamma for x in self.inputs[block, name]]

    def typical(self, block: int, name: str) -> tuple[float, float]:
        """Return the typical norms of a head's query and key."""
        q, k = (float(np.median(self.norms[block, name + which])) for which in "qk")
        return q, k
