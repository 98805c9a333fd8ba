"""Files of the tokenizer and of the processor, as a checkpoint carries them.

vocab.json and merges.txt are the BPE; tokenizer_config.json adds the special tokens with their ids
and names the audio ones; the chat template builds the prompt; preprocessor_config.json says which
mel features the model takes. The template is our own wording of the published prompt: system text,
then the audio of all turns, then the assistant's turn, always in this order.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.reference.vocabulary import SPECIAL_TOKENS, Vocabulary

N_MELS = 128
AUDIO_NAMES = {
    "audio_token": "<|audio_pad|>",
    "audio_bos_token": "<|audio_start|>",
    "audio_eos_token": "<|audio_end|>",
}
# `text_of` joins the text parts of one turn, whose content is a string or a list of parts.
CHAT_TEMPLATE = """\
{%- macro text_of(content) -%}
  {%- if content is string -%}{{- content -}}
  {%- else -%}
    {%- for part in content if part.type == 'text' -%}{{- part.text -}}{%- endfor -%}
  {%- endif -%}
{%- endmacro -%}
{{- '<|im_start|>system\\n' -}}
{%- for turn in messages if turn.role == 'system' -%}{{- text_of(turn.content) -}}{%- endfor -%}
{{- '<|im_end|>\\n<|im_start|>user\\n' -}}
{%- for turn in messages if turn.content is not string -%}
  {%- for part in turn.content if part.type == 'audio' -%}
    {{- '<|audio_start|><|audio_pad|><|audio_end|>' -}}
  {%- endfor -%}
{%- endfor -%}
{{- '<|im_end|>\\n' -}}
{%- for turn in messages if turn.role == 'assistant' -%}
  {{- '<|im_start|>assistant\\n' + text_of(turn.content) + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
"""


def write_official(folder: Path, vocabulary: Vocabulary) -> None:
    """Write the files of the official layout."""
    _write_bpe(folder, vocabulary)
    write_json(folder / "tokenizer_config.json", _tokenizer_config(vocabulary))
    write_json(folder / "chat_template.json", {"chat_template": CHAT_TEMPLATE})
    write_json(folder / "preprocessor_config.json", whisper_features(N_MELS))


def write_native(folder: Path, vocabulary: Vocabulary) -> None:
    """Write the files of the native layout.

    The BPE is inside tokenizer.json, one processor_config.json holds the features, and the template
    is a file of its own.
    """
    _write_bpe(folder, vocabulary)
    write_json(folder / "tokenizer_config.json", _tokenizer_config(vocabulary))
    _join_tokenizer(folder)
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
    processor = {
        "feature_extractor": _native_features(),
        "processor_class": "Qwen3ASRProcessor",
        "timestamp_segment_time": 80,
    }
    write_json(folder / "processor_config.json", processor)


def _join_tokenizer(folder: Path) -> None:
    """Replace vocab.json and merges.txt by the tokenizer.json that the official class makes."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    for name in ("vocab.json", "merges.txt"):
        (folder / name).unlink()


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write indented JSON with a newline at its end, without escaping letters."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _write_bpe(folder: Path, vocabulary: Vocabulary) -> None:
    write_json(folder / "vocab.json", {text: id_ for id_, text in enumerate(vocabulary.tokens)})
    lines = ["#version: 0.2", *vocabulary.merges, ""]
    (folder / "merges.txt").write_text("\n".join(lines), encoding="utf-8")


def _tokenizer_config(vocabulary: Vocabulary) -> dict[str, Any]:
    """Build tokenizer_config.json; ids of special tokens follow the BPE tokens."""
    plain = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    added = {
        str(len(vocabulary.tokens) + index): {"content": token.text, **plain}
        | {"special": token.special}
        for index, token in enumerate(SPECIAL_TOKENS)
    }
    return {
        "add_bos_token": False,
        "add_prefix_space": False,
        "added_tokens_decoder": added,
        "additional_special_tokens": [
            token.text
            for token in SPECIAL_TOKENS
            if token.special and token.text != "<|endoftext|>"
        ],
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "extra_special_tokens": AUDIO_NAMES,
        **AUDIO_NAMES,
        "model_max_length": 131_072,
        "pad_token": "<|endoftext|>",
        "processor_class": "Qwen3ASRProcessor",
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }


def whisper_features(n_mels: int) -> dict[str, Any]:
    """Build preprocessor_config.json: Whisper's log-mel of the clip at its own length."""
    return {
        "chunk_length": 30,
        "dither": 0.0,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": n_mels,
        "hop_length": 160,
        "n_fft": 400,
        "n_samples": 480_000,
        "nb_max_frames": 3000,
        "padding_side": "right",
        "padding_value": 0.0,
        "processor_class": "Qwen3ASRProcessor",
        "return_attention_mask": True,
        "sampling_rate": 16_000,
    }


def _native_features() -> dict[str, Any]:
    """Build the native extractor's settings, with its padding of chunks and of clips < 0.5 s."""
    ours = {"feature_extractor_type": "Qwen3ASRFeatureExtractor", "n_window": 50}
    return {**whisper_features(N_MELS), **ours, "min_length": 8000}
