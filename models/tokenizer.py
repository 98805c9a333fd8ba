"""Read the tokenizer of a checkpoint into the table that a GGUF file carries.

vocab.json + merges.txt, or tokenizer.json, flow in together with the added tokens of
tokenizer_config.json; out flow one string and one type per row of the embedding matrix. The types
decide how llama.cpp treats a token: CONTROL tokens are found in a prompt only on request and are
hidden when text is written; USER_DEFINED ones are found and written always (``<asr_text>`` is such
a token: Qwen publishes it as not special, so that it stays in the decoded text); UNUSED rows are
padding up to the size of the matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from models.config import read_json
from models.errors import ConfigError, MissingFileError, TokenizerError

# What the prompt of the engine is built from; every pack's manifest states their ids.
PROMPT_TOKENS = {
    "im_start": "<|im_start|>",
    "im_end": "<|im_end|>",
    "endoftext": "<|endoftext|>",
    "audio_start": "<|audio_start|>",
    "audio_end": "<|audio_end|>",
    "audio_pad": "<|audio_pad|>",
    "asr_text": "<asr_text>",
}


class TokenType(IntEnum):
    """Token types of GGUF (llama.cpp's llama_token_type)."""

    NORMAL = 1
    CONTROL = 3
    USER_DEFINED = 4
    UNUSED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Tokens and types by id, and the byte-pair merges in order of priority."""

    tokens: tuple[str, ...]
    types: tuple[TokenType, ...]
    merges: tuple[str, ...]
    prompt_ids: dict[str, int]


def read_vocabulary(folder: Path, n_vocab: int) -> Vocabulary:
    """Read the tokenizer and pad it to the rows of the embedding matrix.

    Raises:
        MissingFileError: neither pair of files is there.
        ConfigError: a file is damaged.
        TokenizerError: ids collide, exceed the matrix, or a token of the prompt is missing.
    """
    ids, merges, added = _read_base(folder)
    added |= _added_tokens(folder)
    problems = _collisions(ids, added)
    rows = {index: (text, TokenType.NORMAL) for text, index in ids.items()} | {
        index: (text, TokenType.CONTROL if special else TokenType.USER_DEFINED)
        for index, (text, special) in added.items()
    }
    top = max(rows, default=-1)
    if top >= n_vocab:
        problems.append(f"token id {top} lies outside the {n_vocab} rows of the embeddings")
    by_text = {text: index for index, (text, _) in rows.items()}
    problems += [f"no {text} token" for text in PROMPT_TOKENS.values() if text not in by_text]
    if problems:
        raise TokenizerError(folder, problems)
    padded = [rows.get(index, (f"[PAD{index}]", TokenType.UNUSED)) for index in range(n_vocab)]
    return Vocabulary(
        tokens=tuple(text for text, _ in padded),
        types=tuple(kind for _, kind in padded),
        merges=tuple(merges),
        prompt_ids={name: by_text[text] for name, text in PROMPT_TOKENS.items()},
    )


def read_eos_ids(folder: Path, vocabulary: Vocabulary) -> tuple[int, ...]:
    """Return the ids that end a generation: generation_config.json's, or the two that Qwen uses."""
    path = folder / "generation_config.json"
    stated = read_json(path, "the end tokens").get("eos_token_id") if path.is_file() else None
    if stated is None:
        return vocabulary.prompt_ids["im_end"], vocabulary.prompt_ids["endoftext"]
    return tuple(stated) if isinstance(stated, list) else (int(stated),)


Added = dict[int, tuple[str, bool]]


def _read_base(folder: Path) -> tuple[dict[str, int], list[str], Added]:
    """Return token -> id, merges "left right", and the added tokens that tokenizer.json names."""
    vocab, merges, whole = (
        folder / name for name in ("vocab.json", "merges.txt", "tokenizer.json")
    )
    if vocab.is_file() and merges.is_file():
        lines = merges.read_text(encoding="utf-8").split("\n")
        rules = [line for line in lines if line and not line.startswith("#version")]
        return read_json(vocab, "the tokenizer"), rules, {}
    if not whole.is_file():
        raise MissingFileError(whole, "the tokenizer (or vocab.json with merges.txt)")
    return _read_whole(whole)


def _read_whole(path: Path) -> tuple[dict[str, int], list[str], Added]:
    data = read_json(path, "the tokenizer")
    model = data.get("model", {})
    if model.get("type", "BPE") != "BPE" or "vocab" not in model or "merges" not in model:
        raise ConfigError(path, ["it holds no byte-pair model"])
    merges = [rule if isinstance(rule, str) else " ".join(rule) for rule in model["merges"]]
    return dict(model["vocab"]), merges, _added(data.get("added_tokens", []))


def _added_tokens(folder: Path) -> Added:
    """Return id -> (text, special) from tokenizer_config.json and added_tokens.json."""
    path = folder / "tokenizer_config.json"
    plain = folder / "added_tokens.json"
    added: Added = {}
    if plain.is_file():
        known = read_json(plain, "the added tokens")
        added |= {int(index): (text, True) for text, index in known.items()}
    if path.is_file():
        decoder = read_json(path, "the special tokens").get("added_tokens_decoder", {})
        added |= _added([{"id": index, **token} for index, token in decoder.items()])
    return added


def _added(tokens: list[dict[str, Any]]) -> Added:
    return {
        int(token["id"]): (str(token["content"]), bool(token.get("special", False)))
        for token in tokens
    }


def _collisions(ids: dict[str, int], added: Added) -> list[str]:
    problems = []
    by_id: dict[int, str] = {}
    for text, index in ids.items():
        if index in by_id:
            problems.append(f"{by_id[index]!r} and {text!r} share the id {index}")
        by_id[index] = text
    for index, (text, _) in added.items():
        if by_id.get(index, text) != text:
            problems.append(f"added token {text!r} has the id {index} of {by_id[index]!r}")
    return problems
