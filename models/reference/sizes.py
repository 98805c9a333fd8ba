"""The three shapes: what differs between a tiny test model, 0.6B and 1.7B.

The figures of 0.6B and 1.7B are those of the published config.json files. ``tiny`` keeps what the
factory and the engine rely on (128 mel bins, 100-frame chunks, 800-frame windows, tied embeddings,
row lengths that llama.cpp's K-quants accept) and makes the rest small.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSize:
    """Shape of one model.

    Attributes:
        encoder_*: the audio tower; head length is ``encoder_d_model / encoder_heads``.
        conv_channels: channels of the three stride-2 convolutions.
        mrope_section: shares of the rotary frequencies; they sum to ``head_dim / 2``. The three
            positions are equal for audio and text, so the split changes nothing.
        real_vocabulary: take Qwen's own vocabulary instead of a small one.
    """

    encoder_layers: int
    encoder_d_model: int
    encoder_heads: int
    encoder_ffn: int
    conv_channels: int
    hidden_size: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate_size: int
    mrope_section: tuple[int, int, int]
    vocab_size: int
    real_vocabulary: bool

    def __post_init__(self) -> None:
        if sum(self.mrope_section) * 2 != self.head_dim:
            raise ValueError(f"mrope_section {self.mrope_section} does not fill {self.head_dim}")
        if self.encoder_d_model % self.encoder_heads or self.heads % self.kv_heads:
            raise ValueError("heads do not divide the widths")


SIZES: dict[str, ModelSize] = {
    "tiny": ModelSize(
        encoder_layers=2,
        encoder_d_model=128,
        encoder_heads=4,
        encoder_ffn=256,
        conv_channels=16,
        hidden_size=256,  # K-quants work on rows of 256
        layers=2,
        heads=4,
        kv_heads=2,
        head_dim=64,
        intermediate_size=512,
        mrope_section=(12, 10, 10),
        vocab_size=640,  # more rows than tokens, as in the real model
        real_vocabulary=False,
    ),
    "0.6b": ModelSize(
        encoder_layers=18,
        encoder_d_model=896,
        encoder_heads=14,
        encoder_ffn=3584,
        conv_channels=480,
        hidden_size=1024,
        layers=28,
        heads=16,
        kv_heads=8,
        head_dim=128,
        intermediate_size=3072,
        mrope_section=(24, 20, 20),
        vocab_size=151_936,
        real_vocabulary=True,
    ),
    "1.7b": ModelSize(
        encoder_layers=24,
        encoder_d_model=1024,
        encoder_heads=16,
        encoder_ffn=4096,
        conv_channels=480,
        hidden_size=2048,
        layers=28,
        heads=16,
        kv_heads=8,
        head_dim=128,
        intermediate_size=6144,
        mrope_section=(24, 20, 20),
        vocab_size=151_936,
        real_vocabulary=True,
    ),
}
