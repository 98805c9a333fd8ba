"""Speaking to the real app: a null sink is the microphone, other programs get the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.types import Item, ItemKind, ItemState
from tests.audio.sound_server import Server, speaking_server
from tests.desktop.person import Person
from tests.desktop.screen import Screen
from tests.gui.bench import SAMPLES, STARTER
from tests.gui.dictation.rig_user import Clipboard, OtherProgram, entry, focus, terminal
from tests.waiting import wait_for

HOLD = ("ctrl", "alt", "space")
MEETING, WEATHER = SAMPLES[1], SAMPLES[2]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with speaking_server(tmp_path_factory.mktemp("sound")) as server:
        yield server


@pytest.fixture
def person(screen: Screen, server: Server, tmp_path: Path) -> Iterator[Person]:
    """An installation that nobody has used yet, with a microphone."""
    folder = tmp_path / "installation"
    folder.mkdir()
    person = Person(screen, folder, server.sound)
    person.prepare(n_threads=1, pack=str(STARTER), ui_language="en", theme="light", tour_seen=True)
    yield person
    person.kill()


@pytest.fixture
def field(screen: Screen, tmp_path: Path) -> Iterator[OtherProgram]:
    with entry(screen, tmp_path) as program:
        yield program


def is_recorded(person: Person) -> bool:
    """Whether sound has reached the disk."""
    parts = list((person.database.parent / "recordings").glob("*.part"))
    return any(path.stat().st_size > 1000 for path in parts)


def dictation(person: Person, state: ItemState) -> Item:
    """Wait until the only item is in a state."""

    def reached() -> Item | None:
        items = person.items()
        return items[0] if items and items[0].state is state else None

    found = wait_for(reached, f"a dictation that is {state}")
    assert found.kind is ItemKind.DICTATION
    return found


def test_held_key_writes_into_another_program(
    person: Person, screen: Screen, server: Server, field: OtherProgram
) -> None:
    clipboard = Clipboard(screen)
    clipboard.put("what was copied before")
    person.start()
    screen.xdotool("windowactivate", "--sync", field.window)
    for key in HOLD:
        screen.xdotool("keydown", key)
    wait_for(lambda: is_recorded(person), "the recording")
    server.say(MEETING)
    assert focus(screen) == field.window  # the pill does not take it
    for key in reversed(HOLD):
        screen.xdotool("keyup", key)
    wait_for(lambda: "Thursday" in field.text, "the text in the other program")
    item = dictation(person, ItemState.DONE)
    assert field.text.strip() == " ".join(person.texts(item))
    assert "pencil" in field.text
    wait_for(lambda: clipboard.get() == "what was copied before", "the old clipboard")
    wait_for(lambda: Path(person.items()[0].path).suffix == ".wav", "the recording, complete")


def test_terminal_gets_the_text_of_the_toggle_command(
    person: Person, screen: Screen, server: Server, tmp_path: Path
) -> None:
    person.start()
    shell = terminal(screen, tmp_path)
    assert person.open_with(Path("--toggle")) == 0
    wait_for(lambda: is_recorded(person), "the recording")
    server.say(WEATHER)
    assert person.open_with(Path("--toggle")) == 0
    item = dictation(person, ItemState.DONE)
    wait_for(lambda: not is_recorded(person), "the end of the recording")
    screen.key("Return")
    wait_for(lambda: "raining" in shell.text, "the text in the terminal")
    assert shell.text.strip() == " ".join(person.texts(item))
    shell.close()


def test_record_button_shows_the_text_while_one_speaks(
    person: Person, screen: Screen, server: Server
) -> None:
    person.start()
    person.click("Record")
    wait_for(lambda: is_recorded(person), "the recording")
    server.say(WEATHER)
    item = dictation(person, ItemState.RUNNING)
    wait_for(lambda: any("raining" in text for text in person.texts(item)), "the first line")
    person.click("Stop")
    dictation(person, ItemState.DONE)
    person.find("Play")
    assert dictation(person, ItemState.DONE).duration_s


def test_recording_survives_a_kill(person: Person, screen: Screen, server: Server) -> None:
    person.start()
    screen.key("ctrl+r")
    wait_for(lambda: is_recorded(person), "the recording")
    server.say(MEETING)
    person.kill()
    person.start()
    item = dictation(person, ItemState.DONE)
    assert "Thursday" in " ".join(person.texts(item))
    assert item.duration_s is not None
    assert item.duration_s > 4.0
    assert Path(item.path).exists()
