"""A second, independent wording of the starter model in torch, for it has no official one.

Whisper's encoder over the real length of a clip, frames stacked, a two-layer adapter, and the Qwen3
decoder of transformers itself. It shares no code with the training recipe nor with the converter:
three wordings of one description, so that an error in one shows.
Source: openai/whisper, model.py; transformers 4.57.6, models/qwen3.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from transformers import Qwen2Tokenizer, Qwen3Config, Qwen3ForCausalLM, WhisperFeatureExtractor

from models.verify.implementations import Answer, end_ids, generate_options, to_answer, versions
from models.verify.outputs import FloatArray

AUDIO_PAD = "<|audio_pad|>"


class WhisperImplementation:
    """Whisper tower, adapter, Qwen3 decoder."""

    def __init__(self, checkpoint: Path, max_new_tokens: int) -> None:
        config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
        weights = _read_weights(checkpoint)
        self._tower = _Tower(config["audio_config"], weights)
        self._decoder = _load_decoder(config["text_config"], weights)
        self._tokenizer = Qwen2Tokenizer.from_pretrained(checkpoint)
        self._features = WhisperFeatureExtractor(
            feature_size=config["audio_config"]["num_mel_bins"]
        )
        self._parse = _official_parser()
        self._options = generate_options(end_ids(self._tokenizer), max_new_tokens)
        self._options["return_dict_in_generate"] = True
        self.versions = versions()

    def inputs(self, waveform: FloatArray, context: str, language: str | None) -> Any:
        """Build prompt and features."""
        features = self._features(
            waveform, sampling_rate=16_000, padding=True, truncation=False, return_tensors="pt"
        )
        mel = features["input_features"]
        tail = f"language {language}<asr_text>" if language else ""
        prompt = (
            f"<|im_start|>system\n{context}<|im_end|>\n<|im_start|>user\n<|audio_start|>"
            f"{AUDIO_PAD * self._tower.n_tokens(mel.shape[-1])}<|audio_end|><|im_end|>\n"
            f"<|im_start|>assistant\n{tail}"
        )
        return {"input_ids": torch.tensor([self._tokenizer.encode(prompt)]), "mel": mel}

    def mel(self, inputs: Any) -> FloatArray:
        """Give the features."""
        return np.asarray(inputs["mel"][0], dtype=np.float32)

    def answer(self, inputs: Any) -> Answer:
        """Put the audio embeddings in place of the pads and generate."""
        hidden = self._tower.frontend(inputs["mel"])
        audio_embeds = self._tower.backend(hidden)
        ids = inputs["input_ids"]
        rows = self._decoder.get_input_embeddings()(ids)
        pads = ids == self._tokenizer.convert_tokens_to_ids(AUDIO_PAD)
        rows[pads] = audio_embeds[0]
        mask = torch.ones_like(ids)
        result = self._decoder.generate(inputs_embeds=rows, attention_mask=mask, **self._options)
        return to_answer(hidden, audio_embeds, result, 0)

    def decode(self, token_ids: tuple[int, ...], language: str | None) -> tuple[str, str, str]:
        """Decode and parse as the official package does."""
        raw = self._tokenizer.decode(token_ids, skip_special_tokens=True)
        found, text = self._parse(raw, user_language=language)
        return raw, found, text


class _Tower:
    """Whisper's encoder and the adapter, from the tensors of the checkpoint."""

    def __init__(self, config: dict[str, Any], weights: dict[str, Any]) -> None:
        self._weights = weights
        self._n_layers = config["encoder_layers"]
        self._n_heads = config["encoder_attention_heads"]
        self._stack = int(config["frame_stack"])

    def n_tokens(self, n_frames: int) -> int:
        """Audio embeddings of a clip: the second convolution halves, stacking divides again."""
        return math.ceil(n_frames / (2 * self._stack))

    def frontend(self, mel: Any) -> Any:
        """Convolve and add positions: [1, n_mels, n_frames] -> [1, n_hidden, d_model]."""
        value = F.gelu(self._conv(mel, "conv1", stride=1))
        value = F.gelu(self._conv(value, "conv2", stride=2)).transpose(1, 2)
        return value + _sinusoids(value.shape[1], value.shape[2])

    def backend(self, value: Any) -> Any:
        """Attend, stack and adapt: [1, n_hidden, d_model] -> [1, n_tokens, embed_dim]."""
        for index in range(self._n_layers):
            value = self._layer(value, f"audio_tower.layers.{index}.")
        value = self._norm(value, "audio_tower.layer_norm")
        value = F.pad(value, (0, 0, 0, -value.shape[1] % self._stack))
        value = value.reshape(1, -1, self._stack * value.shape[2])
        return self._linear(F.gelu(self._linear(value, "adapter.fc1")), "adapter.fc2")

    def _layer(self, value: Any, name: str) -> Any:
        normed = self._norm(value, f"{name}self_attn_layer_norm")
        query, key, ahead = (
            self._linear(normed, f"{name}self_attn.{part}_proj")
            .unflatten(-1, (self._n_heads, -1))
            .transpose(1, 2)
            for part in ("q", "k", "v")
        )
        weights = (query @ key.transpose(2, 3) * query.shape[-1] ** -0.5).softmax(-1)
        attended = (weights @ ahead).transpose(1, 2).flatten(2)
        value = value + self._linear(attended, f"{name}self_attn.out_proj")
        normed = self._norm(value, f"{name}final_layer_norm")
        return value + self._linear(F.gelu(self._linear(normed, f"{name}fc1")), f"{name}fc2")

    def _conv(self, value: Any, name: str, stride: int) -> Any:
        weight, bias = (self._weights[f"audio_tower.{name}.{part}"] for part in ("weight", "bias"))
        return F.conv1d(value, weight, bias, stride=stride, padding=1)

    def _norm(self, value: Any, name: str) -> Any:
        weight, bias = (self._weights[f"{name}.{part}"] for part in ("weight", "bias"))
        return F.layer_norm(value, value.shape[-1:], weight, bias)

    def _linear(self, value: Any, name: str) -> Any:
        return F.linear(value, self._weights[f"{name}.weight"], self._weights.get(f"{name}.bias"))


def _read_weights(checkpoint: Path) -> dict[str, Any]:
    """Return the tensors in float32; a matrix of bytes is multiplied by its groups' scales."""
    stored: dict[str, Any] = {}
    for path in sorted(checkpoint.glob("*.safetensors")):
        stored.update(load_file(path))
    weights = {}
    for name, value in stored.items():
        if value.dtype == torch.int8:
            scales = stored[f"{name}_scale"].float()
            groups = value.float().unflatten(1, (scales.shape[1], -1))
            weights[name] = (groups * scales[:, :, None]).flatten(1)
        elif not name.endswith("_scale"):
            weights[name] = value.float()
    return weights


def _official_parser() -> Any:
    """Return qwen-asr's parser of answers."""
    from models.reference.official import import_backend

    import_backend()
    from qwen_asr import parse_asr_output

    return parse_asr_output


def _sinusoids(length: int, channels: int) -> Any:
    """Return Whisper's positions: sines in the first half of the channels, cosines after."""
    steps = torch.arange(channels // 2) * (math.log(10_000) / (channels // 2 - 1))
    angles = torch.arange(length)[:, None] * torch.exp(-steps)[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _load_decoder(config: dict[str, Any], weights: dict[str, Any]) -> Any:
    """Fill transformers' own Qwen3 with the decoder's tensors."""
    known = {key: value for key, value in config.items() if key not in ("model_type", "dtype")}
    model = Qwen3ForCausalLM(Qwen3Config(**known))
    own = {
        name: value for name, value in weights.items() if name.startswith(("model.", "lm_head."))
    }
    own.setdefault("lm_head.weight", weights["model.embed_tokens.weight"])
    for name, value in model.state_dict().items():
        index = int(name.split(".")[2]) if name.startswith("model.layers.") else -1
        if ".mlp." in name and index in config.get("attention_only_layers", ()):
            own[name] = torch.zeros_like(value)
    model.load_state_dict(own)
    return model.float().eval()
