from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app import paths
from app.errors import StoreFolderError
from app.store.folders import library_path, ready_folder, recordings_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("system", "place"),
    [
        ("linux", ".local/share/songshu"),
        ("win32", "AppData/Local/Songshu"),
        ("darwin", "Library/Application Support/Songshu"),
    ],
)
def test_folder_of_each_system(
    home: Path, monkeypatch: pytest.MonkeyPatch, system: str, place: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert paths.user_data_folder() == home / place


@pytest.mark.parametrize(
    ("system", "variable", "name"),
    [("linux", "XDG_DATA_HOME", "songshu"), ("win32", "LOCALAPPDATA", "Songshu")],
)
def test_variable_moves_the_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, system: str, variable: str, name: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv(variable, str(home / "else where"))
    assert paths.user_data_folder() == home / "else where" / name


@pytest.mark.parametrize("marker", ["portable", "portable.txt"])
def test_marker_beside_the_executable_keeps_everything_there(
    home: Path, monkeypatch: pytest.MonkeyPatch, marker: str
) -> None:
    program = home / "stick" / "songshu.exe"
    program.parent.mkdir()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    assert not paths.is_portable()
    (program.parent / marker).touch()
    assert paths.is_portable()
    assert library_path() == program.parent / "data" / "songshu.db"
    assert paths.user_state_folder() == program.parent / "data"
    assert program.parent / "data" / "packs" in paths.pack_folders()


def test_folders_are_made_for_their_owner_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "数据"))
    monkeypatch.setattr(sys, "platform", "linux")
    path = library_path()
    assert path == home / "数据" / "songshu" / "songshu.db"
    assert path.parent.stat().st_mode & 0o077 == 0
    assert recordings_folder(path) == path.parent / "recordings"
    assert list(recordings_folder(path).iterdir()) == []


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreFolderError, match="Make this folder writable"):
        ready_folder(tmp_path / "file" / "songshu")


@pytest.mark.only_on("posix")  # rights of folders are another matter on Windows
def test_folder_that_cannot_be_written(locked_folder: Path) -> None:
    with pytest.raises(StoreFolderError) as caught:
        ready_folder(locked_folder)
    assert caught.value.path == locked_folder
