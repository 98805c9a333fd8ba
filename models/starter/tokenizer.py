"""Train the byte-level BPE of tiny and load that of either model: Qwen2's pre-tokenizer, the
official special strings. The starter's is Whisper's (`whisper_tokens`).

Run: python -m models.starter.tokenizer (writes
tokenizer/{vocab.json,merges.txt,tokenizer.json,tokenizer_config.json})
"""

from __future__ import annotations

import argparse
import json
import random
from functools import cache
from pathlib import Path

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)

from . import paths

SEED = 7
# Order and the special flag as in the official tokenizer_config.json.
SPECIALS: tuple[tuple[str, bool], ...] = (
    ("<|endoftext|>", True),
    ("<|im_start|>", True),
    ("<|im_end|>", True),
    ("<|audio_start|>", True),
    ("<|audio_end|>", True),
    ("<|audio_pad|>", True),
    ("<asr_text>", False),
    ("<timestamp>", False),
)
AUDIO_NAMES = {
    "audio_token": "<|audio_pad|>",
    "audio_bos_token": "<|audio_start|>",
    "audio_eos_token": "<|audio_end|>",
}
# Source: Qwen/Qwen2-7B, tokenizer.json (pre_tokenizer)
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def _blank(model: models.BPE) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(lines: list[str], folder: Path, n_tokens: int) -> None:
    """Learn the merges and write the files that transformers' Qwen2 tokenizer loads."""
    tokenizer = _blank(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=n_tokens,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    _write(tokenizer, folder)


def write_files(folder: Path, vocab: dict[str, int], merges: list[tuple[str, str]]) -> None:
    """Write the files for a given vocabulary; the special tokens follow it."""
    _write(_blank(models.BPE(vocab=vocab, merges=merges)), folder)


def _write(tokenizer: Tokenizer, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.model.save(str(folder))  # vocab.json, merges.txt
    first = tokenizer.get_vocab_size()
    added = {
        str(first + i): {
            "content": text, "lstrip": False, "normalized": False, "rstrip": False,
            "single_word": False, "special": special,
        }
        for i, (text, special) in enumerate(SPECIALS)
    }  # fmt: skip
    config = {
        "add_bos_token": False,
        "add_prefix_space": False,
        "added_tokens_decoder": added,
        "additional_special_tokens": [text for text, special in SPECIALS[1:] if special],
        "extra_special_tokens": AUDIO_NAMES,
        **AUDIO_NAMES,
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 131072,
        "pad_token": "<|endoftext|>",
        "processor_class": "Qwen3ASRProcessor",
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
    tokenizer.add_tokens(
        [AddedToken(text, special=special, normalized=False) for text, special in SPECIALS]
    )
    tokenizer.save(str(folder / "tokenizer.json"))


@cache
def load() -> Tokenizer:
    """Return the trained tokenizer."""
    return Tokenizer.from_file(str(paths.sub("tokenizer") / "tokenizer.json"))


def special(text: str) -> int:
    """Return the id of a special token."""
    token = load().token_to_id(text)
    if token is None:
        raise KeyError(text)
    return token


def main() -> None:
    """Train on the training text with the prompt's own words mixed in."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=512, help="learned tokens")
    size = parser.parse_args().size
    lines = [
        line.split("\t")[1] for line in (paths.sub("text") / "train.txt").read_text().splitlines()
    ]
    prompt = [
        "system\n",
        "user\n",
        "assistant\n",
        "language English",
        "language None",
        "Technical terms: ",
    ]
    random.Random(SEED).shuffle(lines)
    train([" " + line for line in lines] + lines + prompt * 20_000, paths.sub("tokenizer"), size)
    for text in ("language English", "assistant\n", "The quick brown fox wouldn't jump, would it?"):
        print(load().encode(text).tokens)


if __name__ == "__main__":
    main()
