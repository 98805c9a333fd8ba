"""Command line: write one random checkpoint."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.reference import native, official, tokenizer_files, vocabulary, weights
from models.reference.safetensors_writer import Draw, write_checkpoint
from models.reference.sizes import SIZES, ModelSize

MAX_SHARD_BYTES = 2_500_000_000  # 0.6B in one file, 1.7B in two, as published
EMBEDDING = "thinker.model.embed_tokens.weight"


def main(arguments: list[str] | None = None) -> int:
    """Write the checkpoint that the command line asks for."""
    options = _parse(arguments)
    start = time.perf_counter()
    size = SIZES[options.size]
    words = vocabulary.load_qwen(options.cache) if size.real_vocabulary else vocabulary.learn_tiny()
    options.output.mkdir(parents=True, exist_ok=True)
    write = _write_official if options.layout == "official" else _write_native
    files = write(options, size, words)
    total = sum(path.stat().st_size for path in files)
    print(
        f"{options.output}: {options.size}, {options.layout} layout, {options.dtype}, "
        f"{len(files)} weight files, {total / 1e6:.1f} MB, {time.perf_counter() - start:.1f} s"
    )
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.reference", description=__doc__)
    parser.add_argument("output", type=Path, help="folder that becomes the checkpoint")
    parser.add_argument("--size", choices=sorted(SIZES), required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--layout", choices=("official", "native"), default="official")
    parser.add_argument("--dtype", choices=("bf16", "f32"), default="bf16")
    parser.add_argument("--max-shard-bytes", type=int, default=MAX_SHARD_BYTES)
    parser.add_argument("--cache", type=Path, default=_default_cache(), help="for the vocabulary")
    return parser.parse_args(arguments)


def _default_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "songshu" / "sdist"


def _write_official(
    options: argparse.Namespace, size: ModelSize, words: vocabulary.Vocabulary
) -> list[Path]:
    tokenizer_files.write_official(options.output, words)
    official.write_config(options.output, size, words, options.dtype)
    return write_checkpoint(
        options.output,
        official.tensor_shapes(size, words),
        _drawer(options.seed, words, _tied),
        dtype=options.dtype,
        max_shard_bytes=options.max_shard_bytes,
    )


def _drawer(seed: int, words: vocabulary.Vocabulary, official_name: Callable[[str], str]) -> Draw:
    """Return what draws a tensor: the values depend on its official name only."""

    def draw(name: str, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
        values = weights.random_tensor(official_name(name), shape, seed)
        if official_name(name) != EMBEDDING:
            return values
        return weights.quieten(values, words.never_written(shape[0]))

    return draw


def _tied(name: str) -> str:
    """Return the tensor whose values a tensor shares: the output head's are the embedding's."""
    return EMBEDDING if name == "thinker.lm_head.weight" else name


def _write_native(
    options: argparse.Namespace, size: ModelSize, words: vocabulary.Vocabulary
) -> list[Path]:
    """Write the very values of the official layout, under the native names."""
    with tempfile.TemporaryDirectory() as scratch:
        official.write_config(Path(scratch), size, words, options.dtype)
        config = json.loads((Path(scratch) / "config.json").read_text(encoding="utf-8"))
        generation = json.loads((Path(scratch) / "generation_config.json").read_text("utf-8"))
    pad = words.special_id("<|endoftext|>")
    tokenizer_files.write_native(options.output, words)
    config = native.native_config(config, pad_token_id=pad)
    tokenizer_files.write_json(options.output / "config.json", config)
    tokenizer_files.write_json(options.output / "generation_config.json", generation)
    shapes = official.tensor_shapes(size, words)
    names = {native.native_name(name): name for name in shapes if _tied(name) == name}
    return write_checkpoint(
        options.output,
        {new: shapes[old] for new, old in names.items()},
        _drawer(options.seed, words, names.__getitem__),
        dtype=options.dtype,
        max_shard_bytes=options.max_shard_bytes,
    )


if __name__ == "__main__":
    sys.exit(main())
