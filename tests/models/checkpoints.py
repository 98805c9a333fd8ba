"""Write small random checkpoints in the three layouts, with numpy and safetensors only.

The shapes are odd on purpose (no two sizes are equal where they could be confused), the weights are
scaled so that activations stay near 1 through all layers, and the tokenizer is a byte-level
vocabulary with a few merges and Qwen's special tokens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from models.config import Layout, read_config
from models.export import Request
from models.manifest import Recipe
from models.tensors import expected_shapes

Tensors = dict[str, npt.NDArray[np.float32]]

SPECIAL = {
    "<|endoftext|>": True,
    "<|im_start|>": True,
    "<|im_end|>": True,
    "<|audio_start|>": True,
    "<|audio_end|>": True,
    "<|audio_pad|>": True,
    "<asr_text>": False,
}
MERGES = ("l a", "n g", "la ng", "u a", "ua g", "lang uag", "languag e", "Ġ E")
DTYPES: dict[str, Any] = {
    "float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16,
}  # fmt: skip

QWEN_AUDIO = {
    "num_mel_bins": 20, "encoder_layers": 2, "encoder_attention_heads": 4, "encoder_ffn_dim": 96,
    "d_model": 64, "n_window": 50, "output_dim": 64, "n_window_infer": 800,
    "downsample_hidden_size": 12, "activation_function": "gelu", "max_source_positions": 1500,
}  # fmt: skip
WHISPER_AUDIO = {
    "num_mel_bins": 20, "d_model": 48, "encoder_layers": 2, "encoder_attention_heads": 3,
    "encoder_ffn_dim": 96, "max_source_positions": 100, "window_frames": 200, "frame_stack": 4,
    "adapter_hidden_size": 80, "output_dim": 64,
}  # fmt: skip
TEXT = {
    "vocab_size": 300, "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32, "hidden_act": "silu",
    "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "rope_theta": 1e6,
    "tie_word_embeddings": True, "attention_bias": False,
    "rope_scaling": {"rope_type": "default", "mrope_section": [6, 5, 5], "interleaved": True},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What to write: layout, sizes, type and number of shards."""

    layout: Layout = "official"
    audio: Mapping[str, Any] = field(default_factory=dict)
    text: Mapping[str, Any] = field(default_factory=dict)
    dtype: str = "float32"
    n_shards: int = 1
    seed: int = 1
    whole_tokenizer: bool = False


def write_checkpoint(folder: Path, spec: Spec | None = None) -> Path:
    """Write config, tokenizer and random weights; return the folder."""
    spec = spec or Spec()
    folder.mkdir(parents=True, exist_ok=True)
    write_config(folder, spec)
    write_tokenizer(folder, whole=spec.whole_tokenizer)
    shapes = expected_shapes(read_config(folder))
    tensors = {name: random_tensor(name, shape, spec.seed) for name, shape in shapes.items()}
    write_weights(folder, tensors, spec)
    return folder


def write_config(folder: Path, spec: Spec) -> None:
    """Write config.json, preprocessor_config.json and generation_config.json."""
    base = WHISPER_AUDIO if spec.layout == "whisper" else QWEN_AUDIO
    body: dict[str, Any] = {"audio_config": {**base, **spec.audio}}
    body["text_config"] = {**TEXT, **spec.text}
    body["audio_token_id"] = 269
    if spec.layout == "official":
        data = {"model_type": "qwen3_asr", "thinker_config": body}
    else:
        kind = "qwen3_asr" if spec.layout == "native" else "whisper_qwen3_asr"
        data = {"model_type": kind, **body}
    if spec.layout == "native":
        text = body["text_config"]
        del text["rope_scaling"]
        text["rope_parameters"] = {"rope_type": "default", "rope_theta": text.pop("rope_theta")}
    data["support_languages"] = ["English", "Chinese"]
    write_json(folder / "config.json", data)
    extractor = {"feature_size": body["audio_config"]["num_mel_bins"], "n_fft": 400}
    write_json(folder / "preprocessor_config.json", extractor | {"hop_length": 160})
    write_json(folder / "generation_config.json", {"eos_token_id": [266, 264]})


def write_tokenizer(folder: Path, *, whole: bool = False) -> None:
    """Write vocab.json + merges.txt, or tokenizer.json; and tokenizer_config.json."""
    pieces = [*byte_alphabet(), *(rule.replace(" ", "") for rule in MERGES)]
    vocab = {piece: index for index, piece in enumerate(pieces)}
    added = {
        str(len(vocab) + index): {"content": text, "special": special}
        for index, (text, special) in enumerate(SPECIAL.items())
    }
    if whole:
        tokens = [{"id": int(index), **token} for index, token in added.items()]
        rules = [rule.split(" ") for rule in MERGES]
        model = {"type": "BPE", "vocab": vocab, "merges": rules}
        write_json(folder / "tokenizer.json", {"added_tokens": tokens, "model": model})
        return
    write_json(folder / "vocab.json", vocab)
    text = "#version: 0.2\n" + "\n".join(MERGES) + "\n"
    (folder / "merges.txt").write_text(text, encoding="utf-8")
    write_json(folder / "tokenizer_config.json", {"added_tokens_decoder": added})


def byte_alphabet() -> list[str]:
    """Return GPT-2's printable character for each byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    codes = {byte: byte for byte in plain} | {byte: 256 + i for i, byte in enumerate(others)}
    return [chr(codes[byte]) for byte in range(256)]


def random_tensor(name: str, shape: tuple[int, ...], seed: int) -> npt.NDArray[np.float32]:
    """Return weights that keep activations near 1; norms near 1, biases near 0."""
    rng = np.random.default_rng([seed, *name.encode()])
    values = rng.standard_normal(shape, dtype=np.float32)
    if len(shape) == 1:
        return values * np.float32(0.1) + np.float32("norm" in name and name.endswith("weight"))
    if "embed_tokens" in name:
        return values
    return values * np.float32(1.0 / np.sqrt(np.prod(shape[1:])))


def file_name_of(layout: Layout, name: str) -> str:
    """Return the name that a tensor has in a file of a layout."""
    if layout == "official":
        return "thinker." + name
    if layout == "whisper" or name == "lm_head.weight":
        return name
    for ours, theirs in (
        ("audio_tower.proj1.", "model.multi_modal_projector.linear_1."),
        ("audio_tower.proj2.", "model.multi_modal_projector.linear_2."),
        ("audio_tower.", "model.audio_tower."),
        ("model.", "model.language_model."),
    ):
        if name.startswith(ours):
            return theirs + name.removeprefix(ours)
    raise AssertionError(name)


def write_weights(folder: Path, tensors: Tensors, spec: Spec) -> None:
    """Write one file, or several with an index."""
    dtype = DTYPES[spec.dtype]
    cast = {file_name_of(spec.layout, name): value.astype(dtype) for name, value in tensors.items()}
    if spec.n_shards == 1:
        save_file(cast, folder / "model.safetensors")
        return
    names = sorted(cast)
    weight_map: dict[str, str] = {}
    for index in range(spec.n_shards):
        file = f"model-{index + 1:05}-of-{spec.n_shards:05}.safetensors"
        part = {name: cast[name] for name in names[index :: spec.n_shards]}
        save_file(part, folder / file)
        weight_map |= dict.fromkeys(part, file)
    write_json(folder / "model.safetensors.index.json", {"weight_map": weight_map})


def write_json(path: Path, data: object) -> None:
    """Write JSON."""
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def damage_decoder(folder: Path) -> None:
    """Put a NaN into the last weights that the export reads."""
    path = folder / "model.safetensors"
    tensors = load_file(path)
    tensors["thinker.model.layers.1.mlp.down_proj.weight"][0, 0] = np.nan
    save_file(tensors, path)


def request_for(folder: Path, output: Path, *, overwrite: bool = False) -> Request:
    return Request(
        checkpoint=folder, output=output, recipe=Recipe(name="tiny"), overwrite=overwrite
    )
