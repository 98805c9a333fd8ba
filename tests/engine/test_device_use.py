"""A process that dies while a device computes is noticed by those that come after it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from app.engine.clip import ClipRecognizer
from app.engine.device_use import DeviceUse
from app.engine.growing_clip import GrowingClips, result_of
from app.engine.pack import open_pack
from app.engine.types import TranscribeOptions
from tests.engine.dying import die_computing, start_computing
from tests.packs import PACKS

CARD = "vulkan:0"
OPTIONS = TranscribeOptions(language="English")


def notes(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))


def test_nothing_is_left_of_what_ends(tmp_path: Path) -> None:
    use = DeviceUse(tmp_path / "data")
    with use.computing(CARD):
        assert len(notes(tmp_path / "data")) == 1
        assert use.n_deaths(CARD) == 0
    with pytest.raises(ZeroDivisionError), use.computing(CARD):
        raise ZeroDivisionError
    assert notes(tmp_path / "data") == []


def test_deaths_are_counted_by_device_and_forgotten(tmp_path: Path) -> None:
    use = DeviceUse(tmp_path)
    for device in (CARD, CARD, "vulkan:0+cuda"):
        die_computing(tmp_path, device)
    assert [use.n_deaths(device) for device in (CARD, "vulkan:0+cuda", "cuda")] == [2, 1, 0]
    use.forget(CARD)
    assert [use.n_deaths(device) for device in (CARD, "vulkan:0+cuda")] == [0, 1]


def test_who_still_computes_has_not_died(tmp_path: Path) -> None:
    use = DeviceUse(tmp_path)
    with start_computing(tmp_path, CARD) as other:
        assert use.n_deaths(CARD) == 0
        use.forget(CARD)
        assert len(notes(tmp_path)) == 1
        other.kill()
    assert use.n_deaths(CARD) == 1


def test_death_of_last_month_does_not_count(tmp_path: Path) -> None:
    die_computing(tmp_path, CARD)
    (note,) = tmp_path.iterdir()
    month_ago = note.stat().st_mtime - 30 * 24 * 3600
    os.utime(note, (month_ago, month_ago))
    assert DeviceUse(tmp_path).n_deaths(CARD) == 0
    assert notes(tmp_path) == []


def test_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    use = DeviceUse(tmp_path / "data")
    with use.computing(CARD):
        pass
    assert use.n_deaths(CARD) == 0
    use.forget(CARD)


def test_model_is_watched_whenever_it_computes() -> None:
    entered: list[str] = []

    @contextmanager
    def watch() -> Iterator[None]:
        entered.append("in")
        yield
        entered.append("out")

    pack = open_pack(PACKS / "tiny")
    clips = ClipRecognizer(pack, n_threads=1, watch=watch)
    growing = GrowingClips(clips, pack.manifest)
    silence = np.zeros(16_000, np.float32)
    try:
        result_of(clips.recognize(silence, OPTIONS))
        growing.preview(silence, OPTIONS)
        result_of(growing.recognize(silence, OPTIONS))
    finally:
        growing.close()
        clips.close()
    assert entered == ["in", "out"] * 3
