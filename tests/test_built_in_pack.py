"""The pack inside the executable: found, listed and opened where it lies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app import paths
from app.cli.main import main
from app.engine.pack import ALIGNMENT_BYTES, find_packs, open_pack
from app.engine.pack_choice import choose_pack
from app.engine.pack_library import PackLibrary, PackOrigin, choose_found
from app.errors import PackFormatError
from models.packfile import write_packfile
from tests.packs import PACKS


@pytest.fixture
def executable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the tiny pack in its middle, as the launcher announces it."""
    pack = tmp_path / "tiny.songshu"
    write_packfile(PACKS / "tiny", pack)
    data = pack.read_bytes()
    pack.unlink()
    file = tmp_path / "Songshu"
    file.write_bytes(b"\x7fELF".ljust(ALIGNMENT_BYTES, b"\0") + data + b"the program")
    program = ALIGNMENT_BYTES + len(data)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("SONGSHU_EXECUTABLE", str(file))
    monkeypatch.setenv("SONGSHU_LAYOUT", f"{ALIGNMENT_BYTES}:{len(data)}:{program}:11")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SONGSHU_PACKS", raising=False)
    return file


def test_is_opened_in_place(executable: Path) -> None:
    pack = open_pack(paths.BUILT_IN_PACK)
    pack.verify()
    assert pack.name == "tiny"
    for entry in pack.manifest.files:
        location = pack.locate(entry.path)
        assert location.path == executable
        assert location.offset % ALIGNMENT_BYTES == 0


def test_is_found_last_and_used_by_default(executable: Path) -> None:
    assert list(find_packs(paths.pack_folders())) == [paths.BUILT_IN_PACK]
    assert choose_pack(None) == choose_pack("tiny") == paths.BUILT_IN_PACK
    assert choose_pack(str(paths.BUILT_IN_PACK)) == paths.BUILT_IN_PACK


def test_is_listed_as_built_in(executable: Path) -> None:
    (found,) = PackLibrary().find()
    assert (found.origin, found.name, found.is_usable) == (PackOrigin.BUILT_IN, "tiny", True)
    assert not found.is_removable
    assert choose_found([found], str(paths.BUILT_IN_PACK)) == found


def test_is_listed_on_the_command_line(
    executable: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["packs", "list"]) == 0
    assert capsys.readouterr().out.startswith("tiny\t")


def test_stays_the_same_pack_when_the_executable_is_moved(
    executable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = str(choose_pack(None))
    moved = executable.rename(executable.with_name("Songshu 2"))
    monkeypatch.setenv("SONGSHU_EXECUTABLE", str(moved))
    assert open_pack(choose_pack(wanted)).name == "tiny"


def test_program_lies_behind_it(executable: Path) -> None:
    span = paths.packed_program()
    assert span is not None
    assert executable.read_bytes()[span.offset :][: span.n_bytes] == b"the program"


def test_damage_is_reported(executable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGSHU_LAYOUT", f"{ALIGNMENT_BYTES}:20:0:0")
    with pytest.raises(PackFormatError):
        open_pack(paths.BUILT_IN_PACK)
    assert paths.packed_program() is None


def test_executable_without_a_pack_has_none(
    executable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGSHU_LAYOUT", "0:0:4096:11")
    assert paths.built_in_pack() is None
    assert paths.BUILT_IN_PACK not in paths.pack_folders()


def test_checkout_ignores_the_launchers_variables(
    executable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", False)
    assert paths.built_in_pack() is None
    assert paths.executable() == Path(sys.executable)
