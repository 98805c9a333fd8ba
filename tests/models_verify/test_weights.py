"""Packs and checkpoints that do not belong together are told apart before anything is compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import PackFormatError
from models.export import Request, export
from models.manifest import MANIFEST, Recipe
from models.packfile import write_packfile
from models.verify.__main__ import main
from models.verify.errors import NothingToVerifyError
from models.verify.sweep import PACKS, export_packs
from models.verify.weights import checked_weights
from tests.models.checkpoints import Spec, write_checkpoint


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack; its checkpoint lies beside it."""
    folder = tmp_path_factory.mktemp("weights")
    checkpoint = write_checkpoint(folder / "checkpoint")
    export(Request(checkpoint=checkpoint, output=folder / "pack", recipe=Recipe(name="tiny")))
    return folder / "pack"


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkpoint of the same shape and other weights."""
    return write_checkpoint(tmp_path_factory.mktemp("stranger"), Spec(seed=2))


@pytest.mark.parametrize("as_file", [False, True])
def test_checked_weights_refuses_a_pack_of_others(
    pack: Path, stranger: Path, tmp_path: Path, as_file: bool
) -> None:
    path = pack
    if as_file:
        path = tmp_path / "tiny.songshu"
        write_packfile(pack, path)
    assert len(checked_weights(pack.parent / "checkpoint", path)) == 64
    with pytest.raises(NothingToVerifyError, match="other weights"):
        checked_weights(stranger, path)


def test_verify_refuses_a_pack_of_others_before_it_runs_anything(
    pack: Path, stranger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(pack), "--against", str(stranger), "--output", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: There is nothing to compare")
    assert "clips in" not in said  # what each implementation says when it is through


def test_verify_says_first_that_figures_cannot_be_written(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tiny.songshu"
    write_packfile(pack, path)
    arguments = ["--against", str(pack.parent / "checkpoint"), "--output", str(tmp_path)]
    assert main([str(path), *arguments, "--write-quality"]) == 1
    said = capsys.readouterr().err
    assert "only a folder can be changed" in said
    assert "clips in" not in said


def test_export_packs_refuses_packs_of_another_checkpoint(stranger: Path, tmp_path: Path) -> None:
    checkpoint = write_checkpoint(tmp_path / "checkpoint")
    recipe = PACKS[0]
    export(Request(checkpoint=checkpoint, output=tmp_path / recipe.name, recipe=recipe))
    with pytest.raises(NothingToVerifyError, match="other weights"):
        export_packs(stranger, tmp_path)


def test_export_packs_names_a_pack_that_is_damaged(stranger: Path, tmp_path: Path) -> None:
    damaged = tmp_path / PACKS[1].name
    damaged.mkdir()
    (damaged / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(PackFormatError) as caught:
        export_packs(stranger, tmp_path)
    assert str(damaged) in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [damaged.name]
