"""The native layout of transformers 5 (published as ``…-hf``) from the official one.

Only names and configuration differ; values, vocabulary and prompt are the same. The audio tower's
two last projections become a projector, the text model loses its MRoPE entries (the three positions
are equal, so plain rotary positions are the same numbers), and a tied output head is left out. A
configuration that does not say whether the head is tied means no, as in the official class.
Source of the mapping: huggingface/transformers, models/qwen3_asr/convert_qwen3_asr_to_hf.py.
"""

from __future__ import annotations

from typing import Any

PREFIXES = (
    ("thinker.audio_tower.proj1.", "model.multi_modal_projector.linear_1."),
    ("thinker.audio_tower.proj2.", "model.multi_modal_projector.linear_2."),
    ("thinker.audio_tower.", "model.audio_tower."),
    ("thinker.model.", "model.language_model."),
    ("thinker.lm_head.", "lm_head."),
)
AUDIO_ENTRIES = [
    "num_mel_bins",
    "encoder_layers",
    "encoder_attention_heads",
    "encoder_ffn_dim",
    "d_model",
    "output_dim",
    "downsample_hidden_size",
    "n_window",
    "n_window_infer",
    "activation_function",
    "scale_embedding",
]
TEXT_ENTRIES = [
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "hidden_act",
    "max_position_embeddings",
    "rms_norm_eps",
    "rope_theta",
    "attention_bias",
]
CHUNK_TOKENS = 13  # positions restart in every 100-frame chunk, so 13 of them exist


def native_name(name: str) -> str:
    """Translate an official tensor name."""
    for official, native in PREFIXES:
        if name.startswith(official):
            return native + name.removeprefix(official)
    raise ValueError(f"{name} is not the name of an official tensor")


def native_config(official: dict[str, Any], *, pad_token_id: int) -> dict[str, Any]:
    """Translate an official config.json.

    Args:
        official: the parsed config.json.
        pad_token_id: of the tokenizer; the official file does not say it.
    """
    thinker = official["thinker_config"]
    audio = {key: thinker["audio_config"][key] for key in AUDIO_ENTRIES}
    text = {key: thinker["text_config"][key] for key in TEXT_ENTRIES}
    audio.update(model_type="qwen3_asr_encoder", max_position_embeddings=CHUNK_TOKENS)
    text["tie_word_embeddings"] = thinker["text_config"].get("tie_word_embeddings", False)
    rope = {"rope_theta": text.pop("rope_theta"), "rope_type": "default"}
    text.update(model_type="qwen3", rope_parameters=rope)
    return {
        "architectures": ["Qwen3ASRForConditionalGeneration"],
        "model_type": "qwen3_asr",
        "dtype": official.get("dtype", "bfloat16"),
        "audio_config": audio,
        "text_config": text,
        "audio_token_id": thinker["audio_token_id"],
        "pad_token_id": pad_token_id,
        "tie_word_embeddings": text["tie_word_embeddings"],
    }
