"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from models.errors import DiskFullError
from models.report import written_aside


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that is there already."""
    path = tmp_path / "file"
    path.write_text("older")
    return path


def test_written_aside_replaces_the_file_at_the_end(target: Path) -> None:
    with written_aside(target) as aside:
        aside.write_text("newer")
        assert target.read_text() == "older"
    assert target.read_text() == "newer"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(
    ("failure", "error"),
    [(OSError(errno.ENOSPC, "full"), DiskFullError), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_written_aside_leaves_the_file_and_nothing_else_after_a_failure(
    target: Path, failure: BaseException, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        write_half(target, failure)
    assert target.read_text() == "older"
    assert list(target.parent.iterdir()) == [target]


def write_half(target: Path, failure: BaseException) -> None:
    with written_aside(target) as aside:
        aside.write_text("half")
        raise failure
