"""End to end: real windows on an X server, a real mouse, a real keyboard, the real model."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from app.store.types import ItemState
from tests.desktop.dragging import DragSource, DropTarget, drop_on, from_browser, from_file_manager
from tests.desktop.person import Person
from tests.desktop.screen import Screen
from tests.gui.bench import CLIP, lines_of, long_recording
from tests.waiting import wait_for

DONE, RUNNING = ItemState.DONE, ItemState.RUNNING
Formats = Callable[..., dict[str, bytes]]


def copy_clip(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(CLIP, target))


def middle_of_window(person: Person) -> tuple[int, int]:
    return person.find("Songshu", "Window").centre


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Several segments of speech."""
    return long_recording(tmp_path_factory.mktemp("audio") / "long.wav", 6)


@pytest.fixture(scope="module")
def whole(recording: Path) -> list[str]:
    """Its lines when nobody interrupts."""
    texts = lines_of(recording)
    assert len(texts) > 2
    return texts


def test_dropped_file_is_read_corrected_and_exported(
    screen: Screen, person: Person, tmp_path: Path
) -> None:
    """The whole way of a newcomer, by mouse and keyboard only."""
    clip = copy_clip(tmp_path / "会议 notes 🐿" / "team meeting.wav")
    person.start()
    assert drop_on(screen, from_file_manager(clip), middle_of_window(person)) == "copy"
    item = person.wait_for_item(clip.name, DONE)
    (text,) = person.texts(item)
    assert "meeting" in text
    person.click(text, "ListItem")
    screen.key("Return")
    person.find("Text of the line", "EditableText")
    screen.key("ctrl+a")
    screen.type("The squirrels meet at nine.")
    screen.key("Return")
    wait_for(lambda: person.texts(item) == ["The squirrels meet at nine."], "the corrected text")
    person.find("The squirrels meet at nine.", "ListItem")

    screen.key("ctrl+e")
    person.find("Will be written as team meeting.txt")
    screen.key("Return")
    file = clip.with_name("team meeting.txt")
    wait_for(file.exists, "the exported file")
    person.find("Exported: team meeting.txt")
    assert "The squirrels meet at nine." in file.read_text("utf-8")
    assert text not in file.read_text("utf-8")


@pytest.mark.parametrize("kind", [from_file_manager, lambda *p: from_browser(*uris(p))])
def test_several_files_and_a_folder_are_dropped_at_once(
    screen: Screen, person: Person, tmp_path: Path, kind: Formats
) -> None:
    loose = [copy_clip(tmp_path / f"{number} #1 é.wav") for number in range(2)]
    folder = tmp_path / "a folder"
    inside = [copy_clip(folder / "sub" / "c.wav"), copy_clip(folder / "d.wav")]
    (folder / "notes.txt").write_text("no recording")
    person.start()
    assert drop_on(screen, kind(*loose, folder), middle_of_window(person)) == "copy"
    person.find("4 files added")
    items = [person.wait_for_item(path.name, DONE) for path in (*loose, *inside)]
    assert len({tuple(person.texts(item)) for item in items}) == 1
    assert sorted(item.path for item in person.items()) == sorted(map(str, (*loose, *inside)))


def uris(paths: tuple[Path, ...]) -> list[str]:
    return [path.as_uri() for path in paths]


def test_words_and_web_addresses_are_refused_and_the_list_at_the_left_takes_files(
    screen: Screen, person: Person, tmp_path: Path
) -> None:
    clip = copy_clip(tmp_path / "a.wav")
    person.start()
    source = DragSource(screen, {"text/plain": b"just words"})
    try:
        source.drag_to(*middle_of_window(person))
        assert source.drop() == "nothing"  # refused while it hovered
    finally:
        source.close()
    drop_on(screen, from_browser("https://example.org/talk.mp3"), middle_of_window(person))
    person.find("Songshu works offline and opens no web addresses. Save the file first.")
    assert person.items() == []
    place = person.find("Your transcripts will be here.").centre
    assert drop_on(screen, from_file_manager(clip), place) == "copy"
    person.wait_for_item("a.wav", DONE)


def test_transcript_is_dragged_onto_another_program(
    screen: Screen, person: Person, tmp_path: Path
) -> None:
    clip = copy_clip(tmp_path / "会议 notes.wav")
    person.start(clip)
    (text,) = person.texts(person.wait_for_item(clip.name, DONE))
    target = DropTarget(screen)
    try:
        (url,) = target.take_from(*person.find(clip.name, "ListItem").centre)
    finally:
        target.close()
    file = Path(url2pathname(urlsplit(url).path))
    assert file.name == "会议 notes.txt"
    assert text in file.read_text("utf-8")


def test_open_with_hands_over_to_the_window_that_is_open(
    screen: Screen, person: Person, tmp_path: Path
) -> None:
    first, second = copy_clip(tmp_path / "a.wav"), copy_clip(tmp_path / "会议 b.wav")
    person.start(first)
    person.wait_for_item("a.wav", DONE)
    assert person.open_with(second) == 0
    person.wait_for_item("会议 b.wav", DONE)
    assert len(screen.windows("^Songshu$")) == 1
    assert person.open_with() == 0  # a second double click only raises the window
    assert person.is_running


def test_closing_during_a_job_asks_and_the_job_goes_on_at_the_next_start(
    screen: Screen, person: Person, recording: Path, whole: list[str]
) -> None:
    person.start(recording)
    item = person.wait_for_item(recording.name, RUNNING)
    wait_for(lambda: person.texts(item), "the first line")
    person.find(person.texts(item)[0], "ListItem")
    screen.key("alt+F4")
    person.find("A recording is still being recognised.")
    screen.key("Return")  # the harmless answer is the default
    wait_for(lambda: "A recording is still" not in names(person), "the question is gone")
    assert person.is_running

    screen.key("alt+F4")
    person.click("Close", "Button")
    assert person.wait_until_ended() == 0
    (item,) = person.items()
    assert item.state is not DONE
    assert person.texts(item) == whole[: len(person.texts(item))]

    person.start()
    item = person.wait_for_item(recording.name, DONE)
    assert person.texts(item) == whole


def names(person: Person) -> str:
    return "\n".join(seen.name for seen in person.look())


def test_killed_app_goes_on_at_the_next_start_by_itself(
    person: Person, recording: Path, whole: list[str]
) -> None:
    person.start(recording)
    item = person.wait_for_item(recording.name, RUNNING)
    wait_for(lambda: len(person.texts(item)) == 2, "the second line")
    person.kill()
    assert person.texts(item) in (whole[:2], whole[:3])
    person.start()
    item = person.wait_for_item(recording.name, DONE)
    assert person.texts(item) == whole
