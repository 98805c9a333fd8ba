"""Packs in single files are found beside the executable and in the user's folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from app import paths
from app.engine.loading import LoadOptions, load_engine
from app.engine.pack import find_packs
from app.engine.pack_choice import choose_pack
from app.engine.pack_library import PackLibrary, PackOrigin, is_there, pack_mark
from models.packfile import write_packfile
from tests.engine.test_pack import folder_pack
from tests.packs import PACKS


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an executable that carries no pack."""
    folder = tmp_path / "程序 folder"
    folder.mkdir()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "unpacked"), raising=False)
    monkeypatch.setenv("SONGSHU_EXECUTABLE", str(folder / "songshu"))
    monkeypatch.setenv("SONGSHU_LAYOUT", "0:0:0:0")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("SONGSHU_PACKS", raising=False)
    return folder


def put(path: Path) -> Path:
    """Write the tiny model as one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_packfile(PACKS / "tiny", path)
    return path


@pytest.mark.parametrize("name", ["tiny.songshu", "packs/tiny.songshu", "大 MODEL.SONGSHU"])
def test_file_beside_the_executable_is_found_and_works(program: Path, name: str) -> None:
    file = put(program / name)
    (found,) = PackLibrary().find()
    assert (found.path, found.origin, found.name) == (file, PackOrigin.BESIDE, "tiny")
    assert found.is_usable
    assert not found.is_removable
    assert choose_pack(None) == choose_pack("tiny") == file
    model = load_engine(LoadOptions(pack=str(found.path), n_threads=1, use_gate=False))
    assert model.manifest.name == "tiny"
    model.close()


@pytest.mark.parametrize("name", ["tiny.songshu", "packs/tiny.songshu"])
def test_file_in_the_users_folder_is_found_and_can_be_removed(program: Path, name: str) -> None:
    file = put(paths.user_data_folder() / name)
    (paths.user_data_folder() / "songshu.db").write_bytes(b"history")
    library = PackLibrary()
    (found,) = library.find()
    assert (found.origin, found.is_usable) == (PackOrigin.USER, True)
    library.remove(found)
    assert not file.exists()
    assert (paths.user_data_folder() / "songshu.db").exists()


def test_broken_file_is_listed_with_its_problem(program: Path) -> None:
    (program / "half.songshu").write_bytes(put(program / "a.tmp").read_bytes()[:20_000])
    (found,) = PackLibrary().find()
    assert not found.is_usable
    assert found.name == "half"


def test_half_copies_are_no_packs(program: Path) -> None:
    put(program / ".tiny.songshu")
    assert list(find_packs([program])) == []


def test_folder_that_may_not_be_read_hides_nothing_else(
    program: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_pack(paths.user_data_folder() / "packs" / "mine")
    real = Path.iterdir

    def refuse(self: Path) -> object:
        if self == program:
            raise PermissionError(13, "Permission denied")
        return real(self)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert [pack.path.name for pack in PackLibrary().find()] == ["mine"]
    assert str(program) in caplog.text


def test_mark_changes_with_the_file(tmp_path: Path) -> None:
    file = put(tmp_path / "a.songshu")
    before = pack_mark(file)
    assert before == pack_mark(file) != ""
    os.utime(file, ns=(1, 1))
    assert pack_mark(file) != before
    folder = folder_pack(tmp_path / "folder")
    before = pack_mark(folder)
    (folder / "decoder.gguf").write_bytes(b"other")
    assert pack_mark(folder) != before
    assert pack_mark(tmp_path / "gone") == ""


def test_pack_inside_the_executable_is_there_and_marked_by_it(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable = put(program / "songshu")
    assert not is_there(paths.BUILT_IN_PACK)
    monkeypatch.setenv("SONGSHU_LAYOUT", f"0:{executable.stat().st_size}:0:0")
    assert is_there(paths.BUILT_IN_PACK)
    assert pack_mark(paths.BUILT_IN_PACK) == pack_mark(executable)
    assert is_there(executable)
    assert not is_there(program / "gone")
