"""Open a checkpoint folder: its configuration, and its tensors under our names.

A folder flows in (one or several safetensors shards in any of the three layouts), a ``Checkpoint``
flows out whose tensors are read one at a time as float32. Everything that could be wrong with the
weights is found here, before the first file of a pack is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeGuard

import numpy as np
import numpy.typing as npt

from models.config import Layout, ModelConfig, read_config
from models.errors import ConfigError, MissingFileError, TensorMismatchError, TensorValueError
from models.json_file import read_json
from models.safetensors_file import TensorEntry, read_header
from models.tensors import canonical_name, expected_shapes, is_computed

SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
HASH_BLOCK_BYTES = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A checked checkpoint: every tensor that the export needs is there with the right shape."""

    folder: Path
    config: ModelConfig
    entries: Mapping[str, TensorEntry]
    weight_files: tuple[Path, ...]

    def tensor(self, name: str) -> npt.NDArray[np.float32]:
        """Return one tensor by our name.

        Raises:
            TensorValueError: it holds NaN or infinity.
        """
        values = self.entries[name].read()
        if not np.isfinite(values).all():
            raise TensorValueError(self.entries[name].path, name, "holds NaN or infinity")
        return values

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def weights_sha256(self) -> str:
        """Return one SHA-256 over the weight files in order."""
        digest = hashlib.sha256()
        for path in self.weight_files:
            with path.open("rb") as file:
                while block := file.read(HASH_BLOCK_BYTES):
                    digest.update(block)
        return digest.hexdigest()


def open_checkpoint(folder: Path) -> Checkpoint:
    """Read the configuration and the tables of tensors of a checkpoint folder and compare them.

    Raises:
        MissingFileError: the folder, config.json or a weight file is missing.
        ConfigError: a JSON file is damaged or incomplete.
        UnsupportedModelError: the folder holds another model.
        TruncatedFileError: a weight file was cut off.
        TensorMismatchError: tensors are missing, left over or misshapen; it lists all of them.
    """
    if not folder.is_dir():
        raise MissingFileError(folder, "the export (a checkpoint is a folder)")
    config = read_config(folder)
    files = find_weight_files(folder)
    entries: dict[str, TensorEntry] = {}
    for path in files:
        entries |= _renamed(config.layout, read_header(path))
    if not config.tie_stated:
        text = replace(config.text, tied="lm_head.weight" not in entries)
        config = replace(config, text=text)
    _check(folder, config, entries)
    return Checkpoint(folder=folder, config=config, entries=entries, weight_files=files)


def find_weight_files(folder: Path) -> tuple[Path, ...]:
    """Return the shards in the order of their names.

    Raises:
        MissingFileError: there are no weights, or the index names shards that are not there.
        ConfigError: the index is damaged.
    """
    index = folder / INDEX_FILE
    if not index.is_file():
        single = folder / SINGLE_FILE
        if not single.is_file():
            raise MissingFileError(single, f"the weights (and there is no {INDEX_FILE})")
        return (single,)
    weight_map = read_json(index, "the list of shards").get("weight_map")
    if not _is_map(weight_map):
        raise ConfigError(index, ["weight_map does not tell which file holds a tensor"])
    files = tuple(folder / name for name in sorted(set(weight_map.values())))
    missing = [path for path in files if not path.is_file()]
    if missing:
        needed_for = f"the weights ({INDEX_FILE} names it)"
        if others := ", ".join(path.name for path in missing[1:]):
            needed_for += f"; missing, too: {others}"
        raise MissingFileError(missing[0], needed_for)
    return files


def _is_map(value: object) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and bool(value) and all(type(v) is str for v in value.values())


def _renamed(layout: Layout, header: Mapping[str, TensorEntry]) -> dict[str, TensorEntry]:
    return {
        canonical_name(layout, name): entry
        for name, entry in header.items()
        if not is_computed(name)
    }


def _check(folder: Path, config: ModelConfig, entries: Mapping[str, TensorEntry]) -> None:
    expected = expected_shapes(config)
    # Tied embeddings may be saved twice; the second copy is not read.
    allowed = expected.keys() | ({"lm_head.weight"} if config.text.tied else set())
    missing = sorted(expected.keys() - entries.keys())
    extra = sorted(entries.keys() - allowed)
    misshapen = {
        name: (entries[name].shape, shape)
        for name, shape in expected.items()
        if name in entries and entries[name].shape != shape
    }
    if missing or extra or misshapen:
        raise TensorMismatchError(folder, missing, extra, misshapen)
