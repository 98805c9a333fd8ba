"""Packs as one file: aligned, readable by any zip tool, at any offset of another file."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from app.engine.pack import open_pack
from models.errors import ConfigError, MissingFileError, OutputExistsError
from models.export import Request, export
from models.manifest import FILES, MANIFEST, Recipe
from models.packfile import ALIGNMENT_BYTES, main, write_packfile
from tests.models.checkpoints import write_checkpoint


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack folder."""
    root = tmp_path_factory.mktemp("packs")
    request = Request(
        checkpoint=write_checkpoint(root / "checkpoint"),
        output=root / "pack",
        recipe=Recipe(name="tiny"),
    )
    export(request)
    return request.output


def test_packfile_is_a_zip_with_the_same_files(pack: Path, tmp_path: Path) -> None:
    write_packfile(pack, tmp_path / "tiny.songshu")
    with zipfile.ZipFile(tmp_path / "tiny.songshu") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [MANIFEST, *FILES]
        for name in archive.namelist():
            assert archive.read(name) == (pack / name).read_bytes()


def test_packfile_starts_every_member_at_a_page(pack: Path, tmp_path: Path) -> None:
    target = tmp_path / "tiny.songshu"
    write_packfile(pack, target)
    data = target.read_bytes()
    for name in FILES:
        location = open_pack(target).locate(name)
        assert location.offset % ALIGNMENT_BYTES == 0
        content = (pack / name).read_bytes()
        assert data[location.offset : location.offset + location.n_bytes] == content


@pytest.mark.parametrize("offset", [0, 1, 12345])
def test_packfile_opens_inside_another_file(pack: Path, tmp_path: Path, offset: int) -> None:
    write_packfile(pack, tmp_path / "tiny.songshu")
    carrier = tmp_path / "carrier"
    content = (tmp_path / "tiny.songshu").read_bytes()
    carrier.write_bytes(b"x" * offset + content + b"tail")
    open_pack(carrier, offset=offset, n_bytes=len(content)).verify()


@pytest.mark.parametrize("n_bytes", [0, 1, 4000, 4030, 4060, 4090, 4096, 5000])
def test_packfile_aligns_after_members_of_any_size(
    pack: Path, tmp_path: Path, n_bytes: int
) -> None:
    folder = shutil.copytree(pack, tmp_path / "pack")
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    (folder / MANIFEST).write_text(text + " " * n_bytes, encoding="utf-8")
    write_packfile(folder, tmp_path / "tiny.songshu")
    found = open_pack(tmp_path / "tiny.songshu")
    assert {found.locate(name).offset % ALIGNMENT_BYTES for name in FILES} == {0}


def test_packfile_is_reproducible(pack: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_packfile(pack, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_packfile_refuses_to_overwrite(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    with pytest.raises(OutputExistsError):
        write_packfile(pack, tmp_path / "there")


def test_packfile_names_a_missing_member_and_leaves_nothing(pack: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(pack, tmp_path / "pack")
    (folder / "decoder.gguf").unlink()
    with pytest.raises(MissingFileError, match=r"decoder\.gguf"):
        write_packfile(folder, tmp_path / "out" / "tiny.songshu")
    assert not (tmp_path / "out").exists()


def test_packfile_refuses_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"manifest\.json"):
        write_packfile(tmp_path, tmp_path / "tiny.songshu")


@pytest.mark.parametrize("text", ['{"name": "app"}', '{"files": [1]}', '{"files": null}'])
def test_packfile_refuses_the_manifest_of_something_else(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="no pack"):
        write_packfile(tmp_path, tmp_path / "tiny.songshu")


def test_command_writes_the_file(pack: Path, tmp_path: Path) -> None:
    assert main([str(pack), str(tmp_path / "tiny.songshu")]) == 0
    assert main([str(pack), str(tmp_path / "tiny.songshu")]) == 1
