"""Everything that people drop, choose and pass on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.items.drops import DropContent, find_files, may_be_dropped, read_mime
from app.gui.window.main_window import MainWindow
from app.store.types import ItemState
from tests.gui.bench import CLIP, Bench, drop, file_mime, make_bench, no_size_hints

pytestmark = no_size_hints


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path / "data")


@pytest.fixture
def window(bench: Bench) -> MainWindow:
    """A window without a model: files are queued, nothing runs."""
    bench.folder.mkdir()
    return bench.start(with_model=False).window


def told(qtbot: QtBot, window: MainWindow) -> str:
    qtbot.waitUntil(lambda: bool(window.undo_bar.text))
    return window.undo_bar.text


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF")
    return path


def test_folder_gives_its_media_by_name_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.mp3", "a.WAV", "notes.txt", "sub/c.mp4", "._d.wav", "cover.jpg"):
        touch(tmp_path / name)
    found = find_files([tmp_path])
    assert [path.name for path in found.files] == ["a.WAV", "b.mp3", "c.mp4"]


def test_named_files_are_sorted_into_media_others_and_missing(tmp_path: Path) -> None:
    odd, text = touch(tmp_path / "recording.xyz"), touch(tmp_path / "notes.txt")
    empty = tmp_path / "empty"
    empty.mkdir()
    found = find_files([odd, text, tmp_path / "gone.wav", empty, odd])
    assert found.files == (odd,)
    assert found.not_media == (text,)
    assert found.missing == (tmp_path / "gone.wav",)
    assert found.empty == (empty,)


def test_names_that_no_system_allows_are_missing_not_fatal(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 5000 + ".wav")
    assert find_files([path]).missing == (path,)


@pytest.mark.parametrize("name", ["会议 记录.wav", "a b.wav", "🐿️.wav", "é" * 60, "#%3F.wav"])
def test_path_survives_the_way_through_a_drag(tmp_path: Path, name: str) -> None:
    path = touch(tmp_path / name)
    assert find_files(read_mime(file_mime(path)).paths).files == (path,)


def test_path_longer_than_260_characters_is_taken(tmp_path: Path) -> None:
    path = touch(tmp_path / ("long " * 20) / ("folder " * 20) / ("n" * 100 + ".wav"))
    assert len(str(path)) > 300
    assert find_files(read_mime(file_mime(path)).paths).files == (path,)


def test_browser_gives_text_with_addresses(qapp: QApplication) -> None:
    mime = QMimeData()
    mime.setText("file:///tmp/a%20b.wav\r\nhttps://example.org/c.mp3\n")
    expected = DropContent(paths=(Path("/tmp/a b.wav"),), remote=("https://example.org/c.mp3",))
    assert read_mime(mime) == expected
    assert may_be_dropped(mime)


def test_plain_text_is_no_drop(qapp: QApplication) -> None:
    mime = QMimeData()
    mime.setText("just words")
    assert not may_be_dropped(mime)


def test_folder_is_dropped_anywhere(qtbot: QtBot, bench: Bench, window: MainWindow) -> None:
    folder = bench.folder / "songs"
    for name in ("1.wav", "2.mp3", "x.txt"):
        touch(folder / name)
    assert drop(window, file_mime(folder))
    assert "2 files added" in told(qtbot, window)
    assert sorted(item.title for item in bench.items()) == ["1.wav", "2.mp3"]


def test_web_address_is_refused_with_the_reason(qtbot: QtBot, window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/talk.mp3")])
    assert drop(window, mime)
    assert "offline" in told(qtbot, window)


def test_vanished_and_foreign_files_are_told(
    qtbot: QtBot, bench: Bench, window: MainWindow
) -> None:
    text = touch(bench.folder / "notes.txt")
    drop(window, file_mime(text, bench.folder / "gone.wav"))
    words = told(qtbot, window)
    assert "notes.txt is no recording" in words
    assert "gone.wav is gone" in words
    assert bench.items() == []


def test_500_files_are_queued_at_once_and_taken_back_at_once(
    qtbot: QtBot, bench: Bench, window: MainWindow
) -> None:
    files = [touch(bench.folder / f"{number:03}.wav") for number in range(500)]
    drop(window, file_mime(*files))
    assert "500 files added" in told(qtbot, window)
    queue = bench.library.queue()
    assert [item.title for item in queue] == [file.name for file in files]
    assert "500 in the queue" in window.status.text
    assert window.sidebar.model.n_open == 500
    window.actions_on_items.take_back([item.id for item in queue])
    assert bench.library.queue() == []
    assert window.sidebar.model.rowCount() == 0


def test_file_in_the_queue_is_not_added_twice(
    qtbot: QtBot, bench: Bench, window: MainWindow
) -> None:
    file = touch(bench.folder / "a.wav")
    drop(window, file_mime(file))
    told(qtbot, window)
    window.undo_bar.hide()
    drop(window, file_mime(file, file))
    assert "1 already in the list" in told(qtbot, window)
    assert len(bench.items()) == 1


def test_file_that_was_recognised_is_shown_and_done_again_only_on_demand(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.folder.mkdir()
    clip = bench.folder / "clip.wav"
    shutil.copy(CLIP, clip)
    window = bench.start().window
    window.add_paths([clip])
    first = bench.wait_for("clip.wav", ItemState.DONE)
    window.show_idle()
    window.undo_bar.hide()
    drop(window, file_mime(clip))
    assert "recognised before" in told(qtbot, window)
    assert window.page.item is not None
    assert window.page.item.id == first.id
    assert len(bench.items()) == 1
    window.undo_bar.on_undo_clicked()
    qtbot.waitUntil(lambda: len(bench.items()) == 2)


def test_undo_takes_the_added_files_back(qtbot: QtBot, bench: Bench, window: MainWindow) -> None:
    drop(window, file_mime(touch(bench.folder / "a.wav"), touch(bench.folder / "b.wav")))
    told(qtbot, window)
    window.actions_on_items.take_back([item.id for item in bench.items()])
    assert bench.items() == []
    assert window.pages.currentWidget() is window.idle
