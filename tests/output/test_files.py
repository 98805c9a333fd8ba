"""Files: whole or not there, and never over another one unasked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.errors import OutputWriteError
from app.output.files import check_folder, write_text


def test_write_makes_the_folder(tmp_path: Path) -> None:
    path = write_text(tmp_path / "new" / "folder", "talk.txt", "Grüße 你好\n")
    assert path == tmp_path / "new" / "folder" / "talk.txt"
    assert path.read_bytes() == "Grüße 你好\n".encode()


def test_write_never_overwrites_unasked(tmp_path: Path) -> None:
    names = [write_text(tmp_path, "talk.txt", str(i)).name for i in range(3)]
    assert names == ["talk.txt", "talk (2).txt", "talk (3).txt"]
    assert (tmp_path / "talk.txt").read_text() == "0"


def test_write_overwrites_when_asked(tmp_path: Path) -> None:
    for text in ("old", "new"):
        path = write_text(tmp_path, "talk.txt", text, overwrite=True)
    assert path.read_text() == "new"
    assert [item.name for item in tmp_path.iterdir()] == ["talk.txt"]


def test_check_folder_makes_it_and_leaves_nothing(tmp_path: Path) -> None:
    check_folder(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_check_folder_that_takes_no_files(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputWriteError, match="file"):
        check_folder(tmp_path / "file" / "below")
    with pytest.raises(OutputWriteError, match="it is a file"):
        check_folder(tmp_path / "file")


def test_write_leaves_nothing_aside(tmp_path: Path) -> None:
    write_text(tmp_path, "talk.txt", "x")
    assert [item.name for item in tmp_path.iterdir()] == ["talk.txt"]


def test_write_has_ordinary_permissions(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    path = write_text(tmp_path, "talk.txt", "x")
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_write_into_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputWriteError, match=r"talk\.txt") as caught:
        write_text(tmp_path / "file", "talk.txt", "x")
    assert caught.value.path == tmp_path / "file" / "talk.txt"


@pytest.mark.parametrize("overwrite", [True, False])
def test_failed_rename_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool
) -> None:
    def fail(*_args: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputWriteError, match="No space left"):
        write_text(tmp_path, "talk.txt", "x", overwrite=overwrite)
    assert list(tmp_path.iterdir()) == []


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    if sys.platform == "linux":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
        try:
            with pytest.raises(OutputWriteError, match="too large"):
                write_text(tmp_path, "talk.txt", "x" * 1_000_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_write_replaces_what_utf8_cannot_say(tmp_path: Path) -> None:
    assert write_text(tmp_path, "talk.txt", "a\udcffb").read_text(encoding="utf-8") == "a?b"
