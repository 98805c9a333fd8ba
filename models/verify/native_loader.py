"""Load a checkpoint of either layout into the native classes of transformers 5.

An official-layout folder is translated in memory: configuration and names of the tensors by
``models.reference.native``, the processor from its vocabulary and chat template.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import AutoProcessor, Qwen3ASRConfig, Qwen3ASRForConditionalGeneration

from models.reference.native import native_config, native_name

OUTPUT_HEAD = "thinker.lm_head.weight"


def load_native(checkpoint: Path) -> tuple[Any, Any]:
    """Return model (float32, eval) and processor."""
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    if "thinker_config" not in config:
        processor = AutoProcessor.from_pretrained(checkpoint)
        model = Qwen3ASRForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32)
        return model.eval(), processor
    processor = _official_processor(checkpoint)
    pad_token_id = processor.tokenizer.pad_token_id
    translated = Qwen3ASRConfig(**native_config(config, pad_token_id=pad_token_id))
    weights = _translated_weights(checkpoint, tied=translated.tie_word_embeddings)
    model = Qwen3ASRForConditionalGeneration.from_pretrained(
        None, config=translated, state_dict=weights, dtype=torch.float32
    )
    return model.eval(), processor


def _translated_weights(checkpoint: Path, *, tied: bool) -> dict[str, Any]:
    """Return all tensors under their native names; a tied head follows the embedding."""
    weights: dict[str, Any] = {}
    for path in sorted(checkpoint.glob("*.safetensors")):
        weights.update(load_file(path))
    return {
        native_name(name): value.float()
        for name, value in weights.items()
        if name != OUTPUT_HEAD or not tied
    }


def _official_processor(checkpoint: Path) -> Any:
    """Build the native processor from the files of the official layout."""
    from transformers import Qwen2Tokenizer, Qwen3ASRFeatureExtractor, Qwen3ASRProcessor

    template = json.loads((checkpoint / "chat_template.json").read_text(encoding="utf-8"))
    return Qwen3ASRProcessor(
        feature_extractor=Qwen3ASRFeatureExtractor(),
        tokenizer=Qwen2Tokenizer.from_pretrained(checkpoint),
        chat_template=template["chat_template"],
    )
