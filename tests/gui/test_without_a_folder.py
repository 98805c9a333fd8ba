"""The program starts also where nothing of a person's can be written, and says what that means."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import StoreFolderError, StoreTooNewError
from app.gui import application
from app.gui.application import _open_library
from app.gui.system.scratch import Scratch
from app.store.folders import LIBRARY_NAME


def test_library_is_temporary_where_no_folder_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Path:
        raise StoreFolderError(Path("/proc/nowhere"), "read-only")

    monkeypatch.setattr(application, "library_path", refuse)
    library, is_kept = _open_library(Scratch(tmp_path / "scratch"))
    library.close()
    assert (library.path, is_kept) == (tmp_path / "scratch" / LIBRARY_NAME, False)


def test_library_of_the_person_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "library_path", lambda: tmp_path / "mine.db")
    library, is_kept = _open_library(Scratch(tmp_path / "scratch"))
    library.close()
    assert (library.path, is_kept) == (tmp_path / "mine.db", True)


def test_library_that_must_not_be_touched_is_no_reason_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Path:
        raise StoreTooNewError(tmp_path / "mine.db", 99, 1)

    monkeypatch.setattr(application, "library_path", refuse)
    with pytest.raises(StoreTooNewError):
        _open_library(Scratch(tmp_path / "scratch"))
