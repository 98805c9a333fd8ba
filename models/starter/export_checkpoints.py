# ruff: noqa: E501
"""Turn a training state into a checkpoint folder for the model factory: float16 weights,
configuration, tokenizer.

`starter` gets the layout WhisperQwen3ASRForConditionalGeneration (described in its model card),
`tiny` the layout of the official Qwen3-ASR folders, which qwen_asr loads. Folders are written aside
and then renamed.

Run: python -m models.starter.export_checkpoints starter
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from . import paths
from .nets import DecoderConfig, TowerConfig
from .tiny_nets import AudioConfig
from .tokenizer import load, special

CHAT_TEMPLATE = (
    "{%- macro text_of(content) -%}{%- if content is string -%}{{- content -}}{%- else -%}"
    "{%- for part in content if part.type == 'text' -%}{{- part.text -}}{%- endfor -%}{%- endif -%}{%- endmacro -%}"
    "{{- '<|im_start|>system\\n' -}}"
    "{%- for turn in messages if turn.role == 'system' -%}{{- text_of(turn.content) -}}{%- endfor -%}"
    "{{- '<|im_end|>\\n<|im_start|>user\\n' -}}"
    "{%- for turn in messages if turn.content is not string -%}"
    "{%- for part in turn.content if part.type == 'audio' -%}"
    "{{- '<|audio_start|><|audio_pad|><|audio_end|>' -}}{%- endfor -%}{%- endfor -%}{{- '<|im_end|>\\n' -}}"
    "{%- for turn in messages if turn.role == 'assistant' -%}"
    "{{- '<|im_start|>assistant\\n' + text_of(turn.content) + '<|im_end|>\\n' -}}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
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


def starter_config(decoder: DecoderConfig, tower: TowerConfig) -> dict[str, Any]:
    """Return config.json of the starter."""
    text = text_config(decoder) | {"model_type": "qwen3"}
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
        "dtype": "float16",
    }


def tiny_config(decoder: DecoderConfig, audio: AudioConfig) -> dict[str, Any]:
    """Return config.json of the tiny model, as the official ones."""
    import dataclasses

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


def decoder_config(weights: dict[str, Tensor]) -> DecoderConfig:
    """Read the decoder's shapes off its weights."""
    n_layers = 1 + max(int(k.split(".")[2]) for k in weights if k.startswith("model.layers."))
    vocab, intermediate = (
        weights[f"model.{k}.weight"].shape[0] for k in ("embed_tokens", "layers.0.mlp.up_proj")
    )
    return DecoderConfig(vocab=vocab, n_layers=n_layers, intermediate=intermediate)


def starter_weights(saved: dict[str, Any]) -> dict[str, Tensor]:
    """Return the starter's tensors; the feature normalisation is folded into the adapter's first
    layer.
    """
    from .features import load_tower

    ema = saved["ema"]
    tower = {f"audio_tower.{k}": v for k, v in load_tower(saved.get("tower")).state_dict().items()}
    rest = {k: v for k, v in ema.items() if k.startswith(("model.", "adapter."))}
    weight = ema["adapter.fc1.weight"] / ema["std"]
    rest["adapter.fc1.weight"] = weight
    rest["adapter.fc1.bias"] = ema["adapter.fc1.bias"] - weight @ ema["mean"]
    return tower | rest


def tiny_weights(saved: dict[str, Any]) -> dict[str, Tensor]:
    """Return the tiny model's tensors under the official names."""
    keep = {k: v for k, v in saved["ema"].items() if k.startswith(("model.", "audio_tower."))}
    keep["lm_head.weight"] = keep["model.embed_tokens.weight"].clone()
    return {f"thinker.{k}": v for k, v in keep.items()}


def write(folder: Path, config: dict[str, Any], weights: dict[str, Tensor], n_mels: int) -> None:
    """Write every file of a checkpoint into an empty folder."""

    def dump(name: str, content: dict[str, Any]) -> None:
        (folder / name).write_text(json.dumps(content, indent=2) + "\n")

    tensors = {k: v.to(torch.float16).contiguous() for k, v in weights.items()}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    dump("config.json", config)
    dump(
        "generation_config.json",
        {
            "do_sample": False,
            "eos_token_id": [special("<|im_end|>"), special("<|endoftext|>")],
            "pad_token_id": special("<|endoftext|>"),
            "transformers_version": "4.57.6",
        },
    )
    dump(
        "preprocessor_config.json",
        {
            "chunk_length": 30,
            "dither": 0.0,
            "feature_extractor_type": "WhisperFeatureExtractor",
            "feature_size": n_mels,
            "hop_length": 160,
            "n_fft": 400,
            "n_samples": 480000,
            "nb_max_frames": 3000,
            "padding_side": "right",
            "padding_value": 0.0,
            "processor_class": "Qwen3ASRProcessor",
            "return_attention_mask": True,
            "sampling_rate": 16000,
        },
    )
    dump("chat_template.json", {"chat_template": CHAT_TEMPLATE})
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
    saved = torch.load(
        args.state or paths.sub("runs", args.model) / "state.pt",
        weights_only=False,
        map_location="cpu",
    )
    decoder, out = decoder_config(saved["ema"]), args.out or paths.CHECKPOINTS / args.model
    aside = out.with_name(out.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    if args.model == "starter":
        write(aside, starter_config(decoder, TowerConfig()), starter_weights(saved), 80)
    else:
        write(aside, tiny_config(decoder, AudioConfig()), tiny_weights(saved), 128)
    if (out / "README.md").exists():
        shutil.copyfile(out / "README.md", aside / "README.md")
    shutil.rmtree(out, ignore_errors=True)
    aside.rename(out)
    print(out, sum(f.stat().st_size for f in out.iterdir()) / 1e6, "MB")


if __name__ == "__main__":
    main()
