"""Read one safetensors file tensor by tensor, without loading it.

A file flows in, float32 arrays flow out, one at a time: the file is memory-mapped, so converting a
4 GB checkpoint needs the memory of its largest tensor. The safetensors package is not used because
its NumPy side knows no bfloat16 and because a damaged file must be named in our own words.

Format: 8 bytes little-endian header length, JSON header {name: {dtype, shape, data_offsets}}, data.
A matrix "X" of signed bytes (I8) is multiplied by "X_scale", one number for each group of
neighbours in a row, as compressed-tensors stores "int-quantized" weights.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from models.errors import TensorValueError, TruncatedFileError

HEADER_LENGTH_BYTES = 8
# The header of the largest published checkpoint has 0.1 MB; the format allows 100 MB.
MAX_HEADER_BYTES = 100_000_000
# What git leaves in place of a large file when its LFS extension is not installed.
LFS_POINTER = b"version "

# safetensors name -> what the bytes are read as; BF16 is the upper half of a float32.
DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
    "F64": np.dtype("<f8"),
    "I8": np.dtype("<i1"),
}
SCALE_SUFFIX = "_scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorEntry:
    """Where one tensor lies: file, dtype name, shape, first byte and size in bytes.

    ``scale`` belongs to an 8-bit matrix [n_rows, n_columns]: [n_rows, n_groups].
    """

    path: Path
    dtype: str
    shape: tuple[int, ...]
    offset: int
    n_bytes: int
    scale: TensorEntry | None = None

    def read(self) -> npt.NDArray[np.float32]:
        """Return the tensor as float32 of its own shape."""
        dtype = DTYPES[self.dtype]
        n_items = math.prod(self.shape)
        raw = np.memmap(self.path, dtype=dtype, mode="r", offset=self.offset, shape=(n_items,))
        if self.dtype == "BF16":
            widened = raw.astype(np.uint32)
            widened <<= np.uint32(16)  # in place: the largest tensor has 1.2 GB
            return widened.view(np.float32).reshape(self.shape)
        values = np.asarray(raw, dtype=np.float32).reshape(self.shape)
        if self.scale is None:
            return values
        scales = self.scale.read()
        return values * np.repeat(scales, self.shape[1] // scales.shape[1], axis=1)


def read_header(path: Path) -> dict[str, TensorEntry]:
    """Return the tensors of a file by name.

    Raises:
        TruncatedFileError: the header is damaged or the data ends too early.
        TensorValueError: a tensor has a type that holds no weights.
    """
    n_bytes = path.stat().st_size
    with path.open("rb") as file:
        length = file.read(HEADER_LENGTH_BYTES)
        if length == LFS_POINTER:
            raise TruncatedFileError(path, n_bytes, None, "it is Git LFS's pointer to the weights")
        header_bytes = int.from_bytes(length, "little")
        start = HEADER_LENGTH_BYTES + header_bytes
        if n_bytes < HEADER_LENGTH_BYTES or header_bytes > MAX_HEADER_BYTES or start > n_bytes:
            raise TruncatedFileError(path, n_bytes, None, "it ends before its table of tensors")
        header = _parse(path, file.read(header_bytes), n_bytes)
    entries = {name: _entry(path, name, item, start) for name, item in header.items()}
    end = max((entry.offset + entry.n_bytes for entry in entries.values()), default=start)
    if end > n_bytes:
        raise TruncatedFileError(path, n_bytes, end, "it was cut off")
    return _with_scales(entries)


def _with_scales(entries: dict[str, TensorEntry]) -> dict[str, TensorEntry]:
    """Give every 8-bit matrix its scales, which are no tensors of their own any more.

    Raises:
        TensorValueError: a matrix of bytes has no scales, or they do not fit it.
    """
    scales = {}
    for name, entry in entries.items():
        if entry.dtype != "I8":
            continue
        scale = entries.get(name + SCALE_SUFFIX)
        if scale is None or scale.dtype == "I8":
            raise TensorValueError(entry.path, name, f"holds bytes without {name}{SCALE_SUFFIX}")
        fits = len(entry.shape) == len(scale.shape) == 2 and entry.shape[0] == scale.shape[0]
        if not fits or not scale.shape[1] or entry.shape[1] % scale.shape[1]:
            problem = f"has scales of shape {scale.shape}, which do not fit {entry.shape}"
            raise TensorValueError(entry.path, name, problem)
        scales[name] = scale
    taken = {name + SCALE_SUFFIX for name in scales}
    return {
        name: replace(entry, scale=scales.get(name))
        for name, entry in entries.items()
        if name not in taken
    }


def _parse(path: Path, data: bytes, n_bytes: int) -> dict[str, Any]:
    damaged = TruncatedFileError(path, n_bytes, None, "its table of tensors is damaged")
    try:
        header = json.loads(data)
    except ValueError as exc:
        raise damaged from exc
    if not isinstance(header, dict):
        raise damaged
    header.pop("__metadata__", None)
    if not all(_is_entry(item) for item in header.values()):
        raise damaged
    return header


def _is_entry(item: object) -> bool:
    """Tell whether an entry has a type, a shape and two places, each of the right kind."""
    if not isinstance(item, dict) or not isinstance(item.get("dtype"), str):
        return False
    shape, places = item.get("shape"), item.get("data_offsets")
    return _are_counts(shape) and _are_counts(places) and len(places) == 2


def _are_counts(values: object) -> TypeGuard[list[int]]:
    return isinstance(values, list) and all(type(value) is int and value >= 0 for value in values)


def _entry(path: Path, name: str, item: dict[str, Any], start: int) -> TensorEntry:
    first, last = item["data_offsets"]
    if item["dtype"] not in DTYPES:
        known = ", ".join(DTYPES)
        raise TensorValueError(path, name, f"has the type {item['dtype']}; known are {known}")
    expected = math.prod(item["shape"]) * DTYPES[item["dtype"]].itemsize
    if last - first != expected:
        raise TensorValueError(path, name, f"has {last - first} bytes instead of {expected}")
    return TensorEntry(
        path=path,
        dtype=item["dtype"],
        shape=tuple(item["shape"]),
        offset=start + first,
        n_bytes=last - first,
    )
