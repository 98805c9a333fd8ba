"""Turn a training state into a checkpoint folder for the model factory: weights, configuration,
tokenizer.

The starter's matrices are stored in 8 bits with one scale for each 32 neighbours in a row (128 in
the tower), what must be exact and everything of tiny in float16.

`starter` gets the layout WhisperQwen3ASRForConditionalGeneration (described in its model card),
`tiny` the layout of the official Qwen3-ASR folders, which qwen_asr loads. Folders are written aside
and then renamed.

Run: python -m models.starter.export_checkpoints starter
"""

from __future__ import annotations

import argparse
import dataclasses
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from ..reference import tokenizer_files
from . import paths, transplant
from .nets import DecoderConfig, TowerConfig
from .tiny_nets import AudioConfig
from .tokenizer import load, special

Tensors = dict[str, Tensor]

# One line, as the published checkpoints have it.
CHAT_TEMPLATE = "".join(line.strip() for line in tokenizer_files.CHAT_TEMPLATE.splitlines())
GROUP, TOWER_GROUP = 32, 128  # neighbours that share a scale
# What 8 bits break in the starter's first layer (see transplant).
UNQUANTIZED = tuple(
    f"model.layers.0.{part}" for part in ("self_attn", "mlp.gate_proj", "mlp.down_proj")
)


def text_config(decoder: DecoderConfig) -> dict[str, Any]:
    """Return the Qwen3 fields of a decoder."""
    half = decoder.head_dim // 2
    section = [half - 2 * (half // 3), half // 3, half // 3]
    return {
        "model_type": "qwen3_asr_text",
        "vocab_size": decoder.vocab,
        "hidden_size": decoder.hidden,
        "intermediate_size": decoder.intermediate,
        "num_hidden_layers": decoder.n_layers,
        "num_attention_heads": decoder.n_heads,
        "num_key_value_heads": decoder.n_kv_heads,
        "head_dim": decoder.head_dim,
        "hidden_act": "silu",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "initializer_range": 0.02,
        "rms_norm_eps": decoder.eps,
        "rope_theta": decoder.rope_theta,
        "rope_scaling": {
            "interleaved": True,
            "mrope_interleaved": True,
            "mrope_section": section,
            "rope_type": "default",
            "type": "default",
        },
        "max_position_embeddings": 4096,
        "tie_word_embeddings": True,
        "use_cache": True,
    }


def token_ids() -> dict[str, int]:
    """Return the ids of the audio tokens."""
    return {
        "audio_token_id": special("<|audio_pad|>"),
        "audio_start_token_id": special("<|audio_start|>"),
        "audio_end_token_id": special("<|audio_end|>"),
    }


def starter_config(
    decoder: DecoderConfig, tower: TowerConfig, attention_only: list[int]
) -> dict[str, Any]:
    """Return config.json of the starter; attention_only are layers whose feed-forward is zero."""
    text = text_config(decoder) | {"model_type": "qwen3", "attention_only_layers": attention_only}
    del text["rope_scaling"]
    return {
        "architectures": ["WhisperQwen3ASRForConditionalGeneration"],
        "model_type": "whisper_qwen3_asr",
        "audio_config": {
            "num_mel_bins": tower.n_mels,
            "d_model": tower.d_model,
            "encoder_layers": tower.n_layers,
            "encoder_attention_heads": tower.n_heads,
            "encoder_ffn_dim": tower.ffn,
            "max_source_positions": 1500,
            "window_frames": 3000,
            "frame_stack": tower.stack,
            "adapter_hidden_size": tower.adapter_hidden,
            "output_dim": decoder.hidden,
        },
        "text_config": text,
        **token_ids(),
        "support_languages": ["English"],
        "takes_context": False,  # it was not taught to (see "Hot words" in README.md)
        "dtype": "float16",
        "quantization_config": {
            "format": "int-quantized",
            "num_bits": 8,
            "group_size": GROUP,
            "symmetric": True,
            "modules_to_not_convert": list(UNQUANTIZED),
        },
    }


def tiny_config(decoder: DecoderConfig, audio: AudioConfig) -> dict[str, Any]:
    """Return config.json of the tiny model, as the official ones."""
    audio_config = dataclasses.asdict(audio) | {
        "model_type": "qwen3_asr_audio_encoder",
        "num_hidden_layers": audio.encoder_layers,
        "activation_function": "gelu",
        "activation_dropout": 0,
        "attention_dropout": 0,
        "dropout": 0,
        "conv_chunksize": 500,
        "initializer_range": 0.02,
        "max_source_positions": 1500,
        "n_window": 50,
        "n_window_infer": 800,
        "scale_embedding": False,
    }
    return {
        "architectures": ["Qwen3ASRForConditionalGeneration"],
        "dtype": "float16",
        "model_type": "qwen3_asr",
        "support_languages": ["English"],
        "thinker_config": {
            "audio_config": audio_config,
            "text_config": text_config(decoder),
            "initializer_range": 0.02,
            "model_type": "qwen3_asr_thinker",
            **token_ids(),
            "user_token_id": load().encode("user").ids[0],
        },
        "transformers_version": "4.57.6",
    }


def decoder_config(weights: Tensors, rope_theta: float) -> DecoderConfig:
    """Read the decoder's shapes off its weights."""
    first = "model.layers.0."
    vocab, hidden = weights["model.embed_tokens.weight"].shape
    head_dim = len(weights[f"{first}self_attn.q_norm.weight"])
    n_heads, n_kv_heads = (
        len(weights[f"{first}self_attn.{part}_proj.weight"]) // head_dim for part in "qk"
    )
    return DecoderConfig(
        vocab=vocab,
        hidden=hidden,
        intermediate=len(weights[f"{first}mlp.up_proj.weight"]),
        n_layers=1 + max(int(k.split(".")[2]) for k in weights if k.startswith("model.layers.")),
        n_heads=n_heads,
        n_kv_heads=n_kv_heads,
        head_dim=head_dim,
        rope_theta=rope_theta,
    )


def starter_weights(averaged: Tensors) -> tuple[Tensors, list[int]]:
    """Return the starter's tensors without feed-forward parts of zeros, and the layers of these."""
    from .features import load_tower

    tensors = {f"audio_tower.{k}": v for k, v in load_tower().state_dict().items()} | averaged
    last = max(int(k.split(".")[2]) for k in averaged if k.startswith("model.layers."))
    empty = [
        index
        for index in range(last + 1)
        if not averaged[f"model.layers.{index}.mlp.down_proj.weight"].any()
    ]
    absent = tuple(f"model.layers.{index}.mlp." for index in empty)
    return {k: v for k, v in tensors.items() if not k.startswith(absent)}, empty


def to_bytes(weights: Tensors) -> Tensors:
    """Store matrices as signed bytes and their scales; the rest in float16."""
    stored: Tensors = {}
    for name, value in weights.items():
        group = TOWER_GROUP if name.startswith(("audio_tower.", "adapter.fc1")) else GROUP
        fits = value.dim() == 2 and value.shape[1] % group == 0
        if not fits or name.startswith(UNQUANTIZED):
            stored[name] = value.half()
            continue
        groups = value.float().unflatten(1, (-1, group))
        scales = (groups.abs().amax(2) / 127).half()
        levels = groups / scales.float().clamp(min=1e-12)[:, :, None]
        stored[name] = levels.round().clamp(-127, 127).flatten(1).to(torch.int8)
        stored[f"{name}_scale"] = scales
    return stored


def tiny_weights(averaged: Tensors) -> Tensors:
    """Return the tiny model's tensors under the official names."""
    keep = {k: v for k, v in averaged.items() if k.startswith(("model.", "audio_tower."))}
    return {f"thinker.{k}": v.half() for k, v in keep.items()}


def write(folder: Path, config: dict[str, Any], weights: Tensors, n_mels: int) -> None:
    """Write every file of a checkpoint into an empty folder."""

    tensors = {k: v.contiguous() for k, v in weights.items()}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    generation = {
        "do_sample": False,
        "eos_token_id": [special("<|im_end|>"), special("<|endoftext|>")],
        "pad_token_id": special("<|endoftext|>"),
        "transformers_version": "4.57.6",
    }
    for name, content in (
        ("config.json", config),
        ("generation_config.json", generation),
        ("preprocessor_config.json", tokenizer_files.whisper_features(n_mels)),
        ("chat_template.json", {"chat_template": CHAT_TEMPLATE}),
    ):
        tokenizer_files.write_json(folder / name, content)
    for name in ("vocab.json", "merges.txt", "tokenizer_config.json"):
        shutil.copyfile(paths.sub("tokenizer") / name, folder / name)


def main() -> None:
    """Export one model from its run, or a given state."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", choices=("starter", "tiny"))
    parser.add_argument(
        "--state", type=Path, help="state.pt; default: that of the run of the model's name"
    )
    parser.add_argument("--out", type=Path, help="default: checkpoints/<model> beside this module")
    args = parser.parse_args()
    state = args.state or paths.sub("runs", args.model) / "state.pt"
    averaged: Tensors = torch.load(state, weights_only=False, map_location="cpu")["ema"]
    out = args.out or paths.CHECKPOINTS / args.model
    aside = out.with_name(out.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    if args.model == "starter":
        decoder = decoder_config(averaged, transplant.ROPE_THETA)
        weights, attention_only = starter_weights(averaged)
        config = starter_config(decoder, transplant.TOWER, attention_only)
        write(aside, config, to_bytes(weights), 80)
    else:
        decoder = decoder_config(averaged, DecoderConfig.rope_theta)
        write(aside, tiny_config(decoder, AudioConfig()), tiny_weights(averaged), 128)
    paths.replace_folder(out, aside)
    print(out, sum(f.stat().st_size for f in out.iterdir()) / 1e6, "MB")


if __name__ == "__main__":
    main()
