"""A tiny random checkpoint in the official layout, and the pack that the factory makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.export import Request, export
from models.manifest import Recipe
from tests.models.checkpoints import Spec, write_checkpoint

# Wide enough for llama.cpp's 4-bit blocks of 256 values, and nothing more.
TEXT = {"hidden_size": 256, "intermediate_size": 512}
AUDIO = {"output_dim": 256}


@pytest.fixture(scope="session")
def checkpoint_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("bench") / "ckpt", Spec(text=TEXT, audio=AUDIO))


@pytest.fixture(scope="session")
def pack_folder(checkpoint_folder: Path) -> Path:
    output = checkpoint_folder.parent / "pack"
    recipe = Recipe(
        name="tiny", encoder="fp32", decoder="q4_k_m", attention="windowed", license="none",
        description="",
    )  # fmt: skip
    export(Request(checkpoint=checkpoint_folder, output=output, recipe=recipe))
    return output
