"""The executable's window, used by a person: files dropped and handed over, dictation, export."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.types import Item, ItemKind, ItemState
from tests.audio.sound_server import Server, speaking_server
from tests.desktop.dragging import drop_on, from_file_manager
from tests.desktop.person import Person
from tests.desktop.screen import Screen
from tests.gui.bench import CLIP, SAMPLES
from tests.waiting import PATIENCE_S, wait_for

WEATHER = SAMPLES[2]


class Owner(Person):
    """Uses the executable instead of the checkout; sees what is on the disk, not on the screen."""

    def __init__(self, file: Path, screen: Screen, folder: Path, env: dict[str, str]) -> None:
        super().__init__(screen, folder, {**env, "XDG_CACHE_HOME": str(folder / "cache")})
        self._file = file

    def start(self, *files: Path) -> None:
        with (self.folder / "app.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._file), *map(str, files)], cwd="/", env=self.env, stdout=log, stderr=log
            )
        wait_for(lambda: not self.is_running or self.screen.windows("^Songshu$"), "the window")
        assert self.is_running, self.log()

    def open_with(self, *files: Path) -> int:
        command = [str(self._file), *map(str, files)]
        return subprocess.run(
            command, cwd="/", env=self.env, timeout=PATIENCE_S, check=False
        ).returncode

    def middle(self) -> tuple[int, int]:
        """The middle of the window on the screen."""
        window = self.screen.window("^Songshu$")
        words = self.screen.xdotool("getwindowgeometry", "--shell", window).split()
        place = {name: int(value) for name, value in (word.split("=") for word in words)}
        return place["X"] + place["WIDTH"] // 2, place["Y"] + place["HEIGHT"] // 2

    def dictation(self) -> Item | None:
        """The dictation that is finished, if there is one."""
        for item in self.items():
            if item.kind is ItemKind.DICTATION and item.state is ItemState.DONE:
                return item
        return None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with speaking_server(tmp_path_factory.mktemp("sound")) as server:
        yield server


@pytest.fixture
def owner(built: Path, screen: Screen, server: Server, tmp_path: Path) -> Iterator[Owner]:
    folder = tmp_path / "installation 松鼠"
    folder.mkdir()
    owner = Owner(built, screen, folder, server.sound)
    owner.prepare(n_threads=1, ui_language="en", theme="light", tour_seen=True)
    yield owner
    owner.kill()


def copy_clip(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(CLIP.read_bytes())
    return target


def test_dropped_file_is_read_and_exported(owner: Owner, screen: Screen, tmp_path: Path) -> None:
    clip = copy_clip(tmp_path / "会议 notes" / "team meeting.wav")
    owner.start()
    assert drop_on(screen, from_file_manager(clip), owner.middle()) == "copy"
    item = owner.wait_for_item(clip.name, ItemState.DONE)
    (text,) = owner.texts(item)
    assert "meeting" in text
    assert item.pack == "starter"
    file = clip.with_name("team meeting.txt")

    def exported() -> bool:
        screen.key("ctrl+e")  # opens the sheet; again, it does nothing
        screen.key("Return")
        return file.exists()

    wait_for(exported, "the exported file")
    assert text in file.read_text("utf-8")


def test_second_start_hands_its_file_over(owner: Owner, tmp_path: Path) -> None:
    owner.start()
    clip = copy_clip(tmp_path / "second start.wav")
    assert owner.open_with(clip) == 0
    item = owner.wait_for_item(clip.name, ItemState.DONE)
    assert "meeting" in owner.texts(item)[0]


def test_dictates_from_a_microphone(owner: Owner, server: Server) -> None:
    owner.start()
    assert owner.open_with(Path("--toggle")) == 0
    recordings = owner.database.parent / "recordings"
    wait_for(
        lambda: any(part.stat().st_size > 1000 for part in recordings.glob("*.part")),
        lambda: f"the recording\n{owner.log()}",
    )
    server.say(WEATHER)
    assert owner.open_with(Path("--toggle")) == 0
    item = wait_for(owner.dictation, lambda: f"a dictation\n{owner.log()}")
    assert "raining" in " ".join(owner.texts(item))


def test_kill_leaves_only_the_cache(owner: Owner, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    owner.env["TMPDIR"] = str(temporary)
    owner.start()
    owner.kill()
    assert [path for path in temporary.iterdir() if path.is_dir()] == []
    (folder,) = (owner.folder / "cache" / "songshu").glob("app-*/Songshu")
    assert folder.is_file()
    assert not list((owner.folder / "cache" / "songshu").glob("*.part"))
