"""Make sure that a pack was made of a checkpoint, before hours go into comparing the two."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from app.engine.manifest import MANIFEST_NAME
from app.engine.pack import open_pack
from models.checkpoint import open_checkpoint
from models.verify.errors import NothingToVerifyError


def checked_weights(checkpoint: Path, *packs: Path) -> str:
    """Return the checksum of a checkpoint's weights.

    Args:
        checkpoint: its folder.
        packs: folders or files of packs that have to be exported from it.

    Raises:
        CheckpointError: the checkpoint cannot be read.
        PackError: a pack cannot be opened.
        NothingToVerifyError: a manifest names other weights.
    """
    found = open_checkpoint(checkpoint).weights_sha256()
    for pack in packs:
        open_pack(pack)
        if _manifest(pack).get("source", {}).get("weights_sha256", found) != found:
            raise NothingToVerifyError(f"{pack} was exported from other weights than {checkpoint}")
    return found


def _manifest(pack: Path) -> dict[str, Any]:
    """Read the manifest of a pack that the engine has opened."""
    if pack.is_dir():
        text = (pack / MANIFEST_NAME).read_bytes()
    else:
        with zipfile.ZipFile(pack) as archive:
            text = archive.read(MANIFEST_NAME)
    data: dict[str, Any] = json.loads(text)
    return data
