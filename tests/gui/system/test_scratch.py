"""The folder for what need not outlive the program: nothing stays behind, also after a kill."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from app import paths
from app.errors import StoreFolderError
from app.gui.system.scratch import Scratch


def test_nothing_is_made_before_it_is_wanted(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "dragged")
    assert not list(tmp_path.iterdir())
    folder = scratch.folder()
    assert folder.stat().st_mode & 0o077 == 0
    (folder / "text.txt").touch()
    assert scratch.folder() == folder
    scratch.close()
    assert not list(tmp_path.iterdir())


def test_what_a_killed_program_left_is_deleted(tmp_path: Path) -> None:
    left = Scratch(tmp_path / "dragged").folder() / "text.txt"
    left.touch()
    scratch = Scratch(tmp_path / "dragged")
    assert not left.exists()
    assert list(scratch.folder().iterdir()) == []


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "none" / "dragged")
    with pytest.raises(StoreFolderError):
        scratch.folder()


def test_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "songshu-1")
    (tmp_path / "songshu-1").mkdir()
    with pytest.raises(StoreFolderError):
        scratch.folder()


def test_temporary_folder_is_the_one_that_ends_with_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = Path(tempfile.gettempdir())
    monkeypatch.setenv("SONGSHU_TEMPORARY", str(tmp_path))
    assert paths.temporary_folder() == system
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert paths.temporary_folder() == tmp_path
    monkeypatch.setenv("SONGSHU_TEMPORARY", "")
    assert paths.temporary_folder() == system
