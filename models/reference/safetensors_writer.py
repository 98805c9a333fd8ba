"""Write safetensors files tensor by tensor, in one or several shards.

The header needs only names, types and shapes, so it goes first and the values follow one tensor at
a time: memory stays at one tensor (1.2 GB for the embedding of 1.7B), whatever the whole size.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.reference.weights import to_bfloat16

ITEM_BYTES = {"bf16": 2, "f32": 4}
_BLOCK = 1 << 22  # values rounded at once: 16 MB beside the tensor itself
TYPE_NAMES = {"bf16": "BF16", "f32": "F32"}

Draw = Callable[[str, tuple[int, ...]], npt.NDArray[np.float32]]
Shapes = Mapping[str, tuple[int, ...]]


def write_checkpoint(
    folder: Path, shapes: Shapes, draw: Draw, *, dtype: str, max_shard_bytes: int
) -> list[Path]:
    """Write all tensors, as model.safetensors or as numbered shards with an index.

    Args:
        folder: where the files go.
        shapes: every tensor's name and shape, in the order in which they are stored.
        draw: gives the float32 values of one tensor.
        dtype: bf16 or f32.
        max_shard_bytes: a file ends before the tensor that would make it larger.

    Returns:
        The weight files, in order.
    """
    shards = split_shards(shapes, dtype, max_shard_bytes)
    names = ["model.safetensors"]
    if len(shards) > 1:
        names = [f"model-{i + 1:05d}-of-{len(shards):05d}.safetensors" for i in range(len(shards))]
        _write_index(folder, names, shards, dtype)
    for name, shard in zip(names, shards, strict=True):
        _write_file(folder / name, shard, draw, dtype)
    return [folder / name for name in names]


def split_shards(
    shapes: Shapes, dtype: str, max_shard_bytes: int
) -> list[dict[str, tuple[int, ...]]]:
    """Cut the list of tensors into files of at most ``max_shard_bytes``, one tensor at least."""
    shards: list[dict[str, tuple[int, ...]]] = [{}]
    filled = 0
    for name, shape in shapes.items():
        size = _n_bytes(shape, dtype)
        if shards[-1] and filled + size > max_shard_bytes:
            shards.append({})
            filled = 0
        shards[-1][name] = shape
        filled += size
    return shards


def _n_bytes(shape: tuple[int, ...], dtype: str) -> int:
    return int(np.prod(shape)) * ITEM_BYTES[dtype]


def _write_index(
    folder: Path, names: list[str], shards: list[dict[str, tuple[int, ...]]], dtype: str
) -> None:
    """Write the index that tells in which file a tensor is."""
    weight_map = {
        tensor: file for file, shard in zip(names, shards, strict=True) for tensor in shard
    }
    total = sum(_n_bytes(shape, dtype) for shard in shards for shape in shard.values())
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    path = folder / "model.safetensors.index.json"
    path.write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def _write_file(path: Path, shapes: Shapes, draw: Draw, dtype: str) -> None:
    """Write one file: length of the header, header, values."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    position = 0
    for name, shape in shapes.items():
        end = position + _n_bytes(shape, dtype)
        header[name] = {"dtype": TYPE_NAMES[dtype], "shape": shape, "data_offsets": [position, end]}
        position = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # values start at a multiple of 8 bytes
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for name, shape in shapes.items():
            values = draw(name, shape).reshape(-1)
            for start in range(0, values.size, _BLOCK):
                block = values[start : start + _BLOCK]
                file.write((to_bfloat16(block) if dtype == "bf16" else block).data)
