"""The file of a recording while another process looks for leftovers: whose is it?"""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

import pytest

from app.audio import journal_file
from app.audio.recovery import find_unfinished

START = datetime(2026, 11, 25, 17, 20, 5)
Locked = Callable[[int], None]


@pytest.fixture
def before_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Locked], None]:
    """Call a function with the number of each lock, from 1, before the system is asked for it."""
    flock = fcntl.flock

    def put(call: Locked) -> None:
        numbers = iter(range(1, 1000))

        def lock(descriptor: int, operation: int) -> None:
            call(next(numbers))
            flock(descriptor, operation)

        monkeypatch.setattr(fcntl, "flock", lock)

    return put


def test_file_that_is_looked_at_while_it_is_made_is_not_taken(
    tmp_path: Path, before_lock: Callable[[Locked], None]
) -> None:
    looked_at: list[IO[bytes]] = []

    def look(number: int) -> None:
        if number == 1:  # we have made the file; another process is first to lock it
            (path,) = tmp_path.iterdir()
            looked_at.append(path.open("rb"))
            assert journal_file.lock(looked_at[0])

    before_lock(look)
    path, file = journal_file.create(tmp_path, START)
    with file, looked_at[0]:
        assert path.name == "2026-11-25 17.20.05 2.wav.part"
        assert journal_file.is_in_use(path)


def test_file_that_is_deleted_while_it_is_made_is_not_taken(
    tmp_path: Path, before_lock: Callable[[Locked], None]
) -> None:
    def delete(number: int) -> None:
        if number == 1:
            (path,) = tmp_path.iterdir()
            path.unlink()

    before_lock(delete)
    path, file = journal_file.create(tmp_path, START)
    with file:
        assert list(tmp_path.iterdir()) == [path]


def test_file_that_is_taken_after_it_was_looked_at_is_not_deleted(
    tmp_path: Path, before_lock: Callable[[Locked], None]
) -> None:
    path = tmp_path / "2026-11-25 17.20.05.wav.part"
    path.touch()
    recorder = path.open("r+b")

    def take(number: int) -> None:
        if number == 2:  # looked at, and found to be nobody's
            assert journal_file.lock(recorder)

    before_lock(take)
    with recorder:
        assert find_unfinished(tmp_path) == []
        assert path.exists()
    assert find_unfinished(tmp_path) == []
    assert not path.exists()
