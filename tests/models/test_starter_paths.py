"""A finished checkpoint takes the place of an older one, whatever an earlier run left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.starter.paths import replace_folder


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A folder with one file."""
    folder = tmp_path / "starter.part"
    folder.mkdir()
    (folder / "new").touch()
    return folder


def make_older(folder: Path) -> None:
    folder.mkdir()
    (folder / "old").touch()
    (folder / "README.md").write_text("written by hand")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_replace_folder_where_there_is_none(finished: Path, tmp_path: Path) -> None:
    replace_folder(tmp_path / "starter", finished)
    assert names(tmp_path) == ["starter"]
    assert names(tmp_path / "starter") == ["new"]


@pytest.mark.parametrize("left_behind", [False, True])
def test_replace_folder_keeps_the_readme_only(
    finished: Path, tmp_path: Path, left_behind: bool
) -> None:
    make_older(tmp_path / "starter")
    if left_behind:
        (tmp_path / "starter.older").mkdir()
        (tmp_path / "starter.older" / "README.md").write_text("of long ago")
    replace_folder(tmp_path / "starter", finished)
    assert names(tmp_path) == ["starter"]
    assert names(tmp_path / "starter") == ["README.md", "new"]
    assert (tmp_path / "starter" / "README.md").read_text() == "written by hand"


def test_replace_folder_after_a_run_that_was_killed_half_way(
    finished: Path, tmp_path: Path
) -> None:
    make_older(tmp_path / "starter.older")
    replace_folder(tmp_path / "starter", finished)
    assert names(tmp_path) == ["starter"]
    assert names(tmp_path / "starter") == ["README.md", "new"]
