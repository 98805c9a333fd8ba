"""Names, shapes and config.json of a checkpoint, from the official classes of qwen-asr.

The model is built on torch's meta device: no memory, but every parameter with its name and shape.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

from models.reference.sizes import ModelSize
from models.reference.vocabulary import Vocabulary


def import_backend() -> Any:
    """Import qwen_asr's transformers backend.

    The package imports its forced aligner with it, and that one the Japanese word splitter nagisa,
    which is an old source package. Nothing here splits Japanese, so an empty module stands in.
    """
    sys.modules.setdefault("nagisa", types.ModuleType("nagisa"))
    from qwen_asr.core import transformers_backend

    return transformers_backend


def write_config(folder: Path, size: ModelSize, vocabulary: Vocabulary, dtype: str) -> None:
    """Write config.json and generation_config.json."""
    config = build_config(size, vocabulary)
    config.architectures = ["Qwen3ASRForConditionalGeneration"]
    config.dtype = {"bf16": "bfloat16", "f32": "float32"}[dtype]
    config.save_pretrained(folder)
    from transformers import GenerationConfig

    GenerationConfig(
        do_sample=False,
        eos_token_id=end_tokens(vocabulary),
        pad_token_id=vocabulary.special_id("<|endoftext|>"),
    ).save_pretrained(folder)


def end_tokens(vocabulary: Vocabulary) -> list[int]:
    """Return the ids that end an answer, in the official order."""
    return [vocabulary.special_id("<|im_end|>"), vocabulary.special_id("<|endoftext|>")]


def build_config(size: ModelSize, vocabulary: Vocabulary) -> Any:
    """Build the official configuration object for a size."""
    thinker = {
        "audio_config": _audio_config(size),
        "text_config": _text_config(size),
        "audio_token_id": vocabulary.special_id("<|audio_pad|>"),
        "audio_start_token_id": vocabulary.special_id("<|audio_start|>"),
        "audio_end_token_id": vocabulary.special_id("<|audio_end|>"),
    }
    return import_backend().Qwen3ASRConfig(thinker_config=thinker, support_languages=_languages())


def _languages() -> list[str]:
    """Return the languages that the official package lists, in its order."""
    from qwen_asr.inference.utils import SUPPORTED_LANGUAGES

    return list(SUPPORTED_LANGUAGES)


def _audio_config(size: ModelSize) -> dict[str, Any]:
    return {
        "num_mel_bins": 128,
        "encoder_layers": size.encoder_layers,
        "encoder_attention_heads": size.encoder_heads,
        "encoder_ffn_dim": size.encoder_ffn,
        "d_model": size.encoder_d_model,
        "output_dim": size.hidden_size,
        "downsample_hidden_size": size.conv_channels,
        "max_source_positions": 1500,
        "n_window": 50,
        "n_window_infer": 800,
        "conv_chunksize": 500,
    }


def _text_config(size: ModelSize) -> dict[str, Any]:
    return {
        "vocab_size": size.vocab_size,
        "hidden_size": size.hidden_size,
        "intermediate_size": size.intermediate_size,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "num_key_value_heads": size.kv_heads,
        "head_dim": size.head_dim,
        "max_position_embeddings": 65_536,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1_000_000,
        "rope_scaling": {
            "interleaved": True,
            "mrope_interleaved": True,
            "mrope_section": list(size.mrope_section),
            "rope_type": "default",
            "type": "default",
        },
        "tie_word_embeddings": True,
    }


def tensor_shapes(size: ModelSize, vocabulary: Vocabulary) -> dict[str, tuple[int, ...]]:
    """Return name and shape of every tensor that a published checkpoint holds.

    The output head is tied to the embedding; the published files hold it a second time, so it is
    listed here too.
    """
    import torch

    backend = import_backend()
    with torch.device("meta"):
        model = backend.Qwen3ASRForConditionalGeneration(build_config(size, vocabulary))
    return {name: tuple(value.shape) for name, value in model.state_dict().items()}
