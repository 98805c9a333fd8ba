"""Takes the pictures of docs/screens: every page in both themes, both languages, 100 and 150 %.

    python -m tests.desktop.pictures [--output docs/screens] [--only zh_CN-dark-150]

Nothing is painted for the occasion: it is the app on an X server with a window manager, and the
text is what the starter model wrote. Each combination gives one sheet of six pictures, made
smaller; some are also kept in full size.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from app.store.types import ItemState
from tests.desktop.person import Person
from tests.desktop.screen import Screen, open_screen
from tests.gui.bench import STARTER, long_recording
from tests.packs import ROOT
from tests.waiting import wait_for

OUTPUT = ROOT / "docs" / "screens"
SHEET_WIDTH, N_COLUMNS = 1120, 2
SAMPLES = {"squirrel": "Squirrel.wav", "letter": "Letter to Anna.wav", "weather": "Weather.wav"}
TALK, RUNNING = "Team meeting.wav", "Interview, part 2.wav"
READY = {"en": "Ready · starter · CPU", "zh_CN": "就绪 · starter · CPU"}
MODELS = {"en": "Models", "zh_CN": "模型"}
FULL_SIZE = {  # page -> combination that is kept as it is
    "idle": "en-light-100",
    "working": "en-dark-100",
    "done": "en-light-100",
    "export": "en-light-100",
    "models": "zh_CN-light-100",
    "settings": "zh_CN-dark-150",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One combination."""

    language: str
    theme: str
    percent: int

    @property
    def name(self) -> str:
        """Name for files."""
        return f"{self.language}-{self.theme}-{self.percent}"


LOOKS = [
    Look(language=language, theme=theme, percent=percent)
    for language, theme, percent in product(("en", "zh_CN"), ("light", "dark"), (100, 150))
]


def prepare(screen: Screen, folder: Path) -> None:
    """Let the app recognise some recordings, so that there is a history."""
    recordings = folder / "Recordings"
    recordings.mkdir()
    files = [
        Path(shutil.copy(ROOT / "samples" / f"{sample}.wav", recordings / name))
        for sample, name in SAMPLES.items()
    ]
    files.append(long_recording(recordings / TALK, 6))
    long_recording(recordings / RUNNING, 20)
    person = Person(screen, folder)
    person.prepare(n_threads=1, pack=str(STARTER), tour_seen=True)
    person.start(*files)
    for file in files:
        person.wait_for_item(file.name, ItemState.DONE)
    person.screen.key("alt+F4")
    person.wait_until_ended()


def take_all(person: Person, look: Look, folder: Path, recordings: Path) -> dict[str, Path]:
    """Walk through the app and take a picture of every page."""
    pictures = {page: folder / f"{page}.png" for page in FULL_SIZE}
    key = person.screen.key
    person.start()
    person.find(READY[look.language])
    _take_still(person, pictures["idle"])
    person.click(TALK, "ListItem")
    _take_still(person, pictures["done"])
    key("ctrl+e")
    _wait_for_windows(person, 2)
    _take_still(person, pictures["export"])
    key("Escape")
    _wait_for_windows(person, 1)
    key("ctrl+comma")
    _wait_for_windows(person, 2)
    _take_still(person, pictures["settings"])
    person.click(MODELS[look.language], "ListItem")
    _take_still(person, pictures["models"])
    key("Escape")
    _wait_for_windows(person, 1)
    person.open_with(recordings / RUNNING)
    item = person.wait_for_item(RUNNING, ItemState.RUNNING)
    wait_for(lambda: len(person.texts(item)) == 2, "two lines")
    wait_for(lambda: len((_lines(person) + [""] * 3)[2]) > 60, "text that is not settled")
    person.take_picture(pictures["working"])
    person.kill()
    return pictures


def _lines(person: Person) -> list[str]:
    """List the lines that are shown; rows of the list at the left have no time in front."""
    rows = [seen.name for seen in person.look() if seen.role == "ListItem"]
    return [name for name in rows if name[0].isdigit()]


def _wait_for_windows(person: Person, n: int) -> None:
    wait_for(lambda: len(person.titles()) == n, f"{n} windows")


def _take_still(person: Person, file: Path) -> None:
    """Take a picture when nothing moves any more: two in a row are the same."""

    def is_still() -> bool:
        before = file.read_bytes() if file.exists() else b""
        person.take_picture(file)
        return file.read_bytes() == before

    wait_for(is_still, f"a still picture for {file.name}")


def make_sheet(pictures: Sequence[Path], target: Path) -> None:
    """Put pictures side by side, made smaller."""
    images = [QImage(str(picture)) for picture in pictures]
    gap = 12
    width = (SHEET_WIDTH - gap) // N_COLUMNS
    height = round(width * images[0].height() / images[0].width())
    n_rows = -(-len(images) // N_COLUMNS)
    sheet = QImage(SHEET_WIDTH, n_rows * (height + gap) - gap, QImage.Format.Format_RGB888)
    sheet.fill(Qt.GlobalColor.gray)
    painter = QPainter(sheet)
    smooth = Qt.TransformationMode.SmoothTransformation
    for number, image in enumerate(images):
        row, column = divmod(number, N_COLUMNS)
        place = QRect(column * (width + gap), row * (height + gap), width, height)
        painter.drawImage(place, image.scaled(place.size(), mode=smooth))
    painter.end()
    save(sheet, target)


def save(image: QImage, target: Path) -> None:
    """Write a PNG as small as it gets without loss."""
    image.convertToFormat(QImage.Format.Format_RGB888).save(str(target), quality=0)


def main(arguments: Sequence[str]) -> int:
    """Take all pictures, or those of one combination."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    names = [look.name for look in LOOKS]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="COMBINATION")
    parser.add_argument("--all-full-size", action="store_true", help="keep every picture")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, open_screen(Path(name), "1800x1300") as screen:
        base = Path(name) / "base"
        base.mkdir()
        prepare(screen, base)
        for look in LOOKS:
            if look.name in options.only:
                take_look(screen, look, Path(name), options.output, every=options.all_full_size)
    return 0


def take_look(screen: Screen, look: Look, folder: Path, output: Path, *, every: bool) -> None:
    """Take the pictures of one combination into the output folder."""
    own = folder / look.name
    shutil.copytree(folder / "base" / "data", own / "data")
    person = Person(screen, own, scale=look.percent / 100)
    person.prepare(ui_language=look.language, theme=look.theme)
    try:
        pictures = take_all(person, look, own, folder / "base" / "Recordings")
    finally:
        person.kill()
    make_sheet(list(pictures.values()), output / f"sheet-{look.name}.png")
    for page, picture in pictures.items():
        if every or FULL_SIZE[page] == look.name:
            save(QImage(str(picture)), output / f"{page}-{look.name}.png")
    print(look.name, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
