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

from models.errors import ConfigError, MissingFileError, TokenizerError
from models.json_file import read_json

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
TOKENIZER_FILE = "tokenizer.json"


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
        MissingFileError: neither pair of files is there, or nothing names the special tokens.
        ConfigError: a file is damaged.
        TokenizerError: ids collide or exceed the matrix, the merges are those of other tokens, or a
            token of the prompt is missing.
    """
    ids, merges = _read_base(folder)
    added = _added_tokens(folder)
    problems = _collisions(ids, added)
    problems += _broken_merges(ids.keys() - {text for text, _ in added.values()}, merges)
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
    """Return the ids that end a generation: generation_config.json's, or the two that Qwen uses.

    Raises:
        ConfigError: the file is damaged, or an id is none of the vocabulary's.
    """
    path = folder / "generation_config.json"
    stated = read_json(path, "the end tokens").get("eos_token_id") if path.is_file() else None
    ids = stated if isinstance(stated, list) else [] if stated is None else [stated]
    known = range(len(vocabulary.tokens))
    wrong = [index for index in ids if type(index) is not int or index not in known]
    if wrong:
        raise ConfigError(path, [f"eos_token_id {index!r} is no token" for index in wrong])
    return tuple(ids) or (vocabulary.prompt_ids["im_end"], vocabulary.prompt_ids["endoftext"])


Added = dict[int, tuple[str, bool]]


def _read_base(folder: Path) -> tuple[dict[str, int], list[str]]:
    """Return token -> id and the merges, each "left right"."""
    vocab, merges, whole = (folder / name for name in ("vocab.json", "merges.txt", TOKENIZER_FILE))
    if vocab.is_file() and merges.is_file():
        ids = read_json(vocab, "the tokenizer")
        _check_ids(vocab, ids)
        return ids, _read_merges(merges)
    if not whole.is_file():
        raise MissingFileError(whole, "the tokenizer (or vocab.json with merges.txt)")
    return _read_whole(whole)


def _read_merges(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as exc:
        raise ConfigError(path, [f"not valid UTF-8 ({exc})"]) from exc
    return [line for line in lines if line and not line.startswith("#version")]


def _read_whole(path: Path) -> tuple[dict[str, int], list[str]]:
    model = read_json(path, "the tokenizer").get("model")
    if not isinstance(model, dict) or model.get("type", "BPE") != "BPE":
        raise ConfigError(path, ["it holds no byte-pair model"])
    ids, merges = model.get("vocab"), model.get("merges")
    if not isinstance(ids, dict) or not isinstance(merges, list):
        raise ConfigError(path, ["its byte-pair model lacks vocab or merges"])
    _check_ids(path, ids)
    return ids, [
        " ".join(map(str, rule)) if isinstance(rule, list) else str(rule) for rule in merges
    ]


def _check_ids(path: Path, ids: dict[str, Any]) -> None:
    wrong = [text for text, index in ids.items() if type(index) is not int or index < 0]
    if wrong:
        raise ConfigError(path, [f"the id of {text!r} is {ids[text]!r}" for text in wrong])


def _added_tokens(folder: Path) -> Added:
    """Return id -> (text, special); of two files that name an id, the one that says more counts.

    added_tokens.json does not say which tokens are special; tokenizer_config.json comes last.

    Raises:
        MissingFileError: no file names any.
        ConfigError: a file is damaged.
    """
    plain, whole, config = (
        folder / name for name in ("added_tokens.json", TOKENIZER_FILE, "tokenizer_config.json")
    )
    added: Added = {}
    if plain.is_file():
        known = read_json(plain, "the added tokens").items()
        added |= _added(
            plain, [{"id": index, "content": text, "special": True} for text, index in known]
        )
    if whole.is_file():
        added |= _added(whole, read_json(whole, "the added tokens").get("added_tokens") or [])
    if config.is_file():
        added |= _added(config, _decoder_entries(config))
    elif not added:
        raise MissingFileError(config, "the special tokens")
    return added


def _decoder_entries(path: Path) -> list[object]:
    """Return the added tokens of tokenizer_config.json, where each stands under its id."""
    entries = read_json(path, "the special tokens").get("added_tokens_decoder") or {}
    if not isinstance(entries, dict):
        raise ConfigError(path, ["added_tokens_decoder is not an object"])
    return [
        {"id": index, **token} if isinstance(token, dict) else token
        for index, token in entries.items()
    ]


def _added(path: Path, tokens: Any) -> Added:
    added: Added = {}
    try:
        for token in tokens:
            index = int(token["id"])
            if index < 0:
                raise ValueError(f"its id is {index}")
            added[index] = str(token["content"]), bool(token.get("special", False))
    except (KeyError, TypeError, ValueError) as exc:
        raise ConfigError(path, [f"an added token lacks its id or its text ({exc})"]) from exc
    return added


def _broken_merges(tokens: set[str], merges: list[str]) -> list[str]:
    """Say which merges do not make a token, and which tokens no merge makes.

    Both lists have to come from one tokenizer and be whole: with a rule too few llama.cpp would cut
    a prompt into other tokens than the model was trained on, without a word.
    """
    pairs = [rule.split(" ") for rule in merges]
    broken = [
        rule
        for rule, pair in zip(merges, pairs, strict=True)
        if len(pair) != 2 or not tokens.issuperset([*pair, "".join(pair)])
    ]
    made = {"".join(pair) for pair in pairs}
    orphans = sorted(text for text in tokens if len(text) > 1 and text not in made)
    problems = []
    if broken:
        problems.append(f"{len(broken)} merges make no token, the first is {broken[0]!r}")
    if orphans:
        problems.append(f"{len(orphans)} tokens are made by no merge, the first is {orphans[0]!r}")
    return problems


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
