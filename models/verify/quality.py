"""Write the measured quality into the manifest of a pack, so that it is seen with the pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.manifest import APPLICATION, change_quality
from models.verify.errors import NothingToVerifyError
from models.verify.judgement import Judgement
from models.verify.report import ARRAY_STAGES, judged, rates_by_reference


def write_quality(judgement: Judgement, pack_folder: Path) -> None:
    """Replace ``quality`` in manifest.json, but for what the application itself measured.

    Raises:
        NothingToVerifyError: the pack is not a folder.
    """
    check_writable(pack_folder)
    found = describe_quality(judgement)
    change_quality(
        pack_folder,
        lambda old: found | {key: old[key] for key in (APPLICATION,) if key in old},
    )


def check_writable(pack_folder: Path) -> None:
    """Make sure that figures can be written into a pack.

    Raises:
        NothingToVerifyError: it is not a folder.
    """
    if not pack_folder.is_dir():
        raise NothingToVerifyError(f"{pack_folder} is a pack file; only a folder can be changed")


def describe_quality(judgement: Judgement) -> dict[str, Any]:
    """Return the figures that stand for a pack: smallest cosines, and error rates on real words."""
    quality: dict[str, Any] = {"passed": judgement.passed, "audio": judgement.audio}
    for reference, rates in rates_by_reference(judgement).items():
        figures: dict[str, Any] = {
            "versions": judgement.versions[reference],
            "cosine": _smallest_cosines(judgement, reference),
            "wer_to_official": round(rates.wer, 4),
        }
        if rates.n_spoken:
            figures["wer"] = round(rates.truth_wer, 4)
            figures["cer"] = round(rates.truth_cer, 4)
            figures["n_clips"] = rates.n_spoken
        quality[reference] = figures
    return quality


def _smallest_cosines(judgement: Judgement, reference: str) -> dict[str, float]:
    smallest = {}
    for stage in ARRAY_STAGES:
        differences = [item.difference for item in judged(judgement, reference, stage)]
        cosines = [item.cosine for item in differences if item is not None]
        smallest[stage] = round(min(cosines, default=-1.0), 9)
    return smallest
