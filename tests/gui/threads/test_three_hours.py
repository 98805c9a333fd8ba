"""Hours in one file: memory stays where it was after the first minutes.

Mostly silence, with somebody speaking every five minutes, so that it is quick; the file has holes
instead of zeros, so that it takes no space. A child process works on it as the app does, because
the memory of this one has its own history.
"""

from __future__ import annotations

import subprocess
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.store.library import Library
from app.store.types import ItemState, JobOptions
from tests.gui.bench import STARTER
from tests.packs import ROOT

SPEECH = ROOT / "tests" / "data" / "meeting_slt.wav"
RATE, EVERY_S = 16_000, 300
GROWTH_BYTES = 8 << 20  # the samples of half an hour would be 115 MB, the text is some kB
ENGINE = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from app.engine.loading import load_engine
from app.gui.threads.engine import Engine
from app.store.library import Library

class Teller(QObject):
    @Slot(object)
    def on_progressed(self, event):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        print(event.done_s, pages, flush=True)

    @Slot(object)
    def on_finished(self, event):
        engine.close()
        app.quit()

app = QCoreApplication([])
library = Library.open(sys.argv[1])
engine = Engine(library, load_engine)
teller, worker, queued = Teller(), engine.worker, Qt.ConnectionType.QueuedConnection
worker.job_progressed.connect(teller.on_progressed, queued)
worker.job_finished.connect(teller.on_finished, queued)
worker.job_failed.connect(teller.on_finished, queued)
engine.wake()
app.exec()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Resident memory at a place of the recording."""

    at_s: float
    n_bytes: int


def write_long_recording(path: Path, hours: float) -> int:
    """Write the file with holes; returns how often somebody speaks."""
    with wave.open(str(SPEECH)) as source:
        assert (source.getframerate(), source.getnchannels(), source.getsampwidth()) == (RATE, 1, 2)
        speech = source.readframes(source.getnframes())
    n_bytes = round(hours * 3600) * RATE * 2
    with wave.open(str(path), "wb") as head:
        head.setparams((1, 2, RATE, 0, "NONE", ""))
        head.setnframes(n_bytes // 2)
        head.writeframesraw(b"")
    places = range(10, round(hours * 3600) - 30, EVERY_S)
    with path.open("r+b") as file:
        begin = len(file.read())
        file.seek(4)
        file.write((begin - 8 + n_bytes).to_bytes(4, "little"))
        file.seek(begin - 4)
        file.write(n_bytes.to_bytes(4, "little"))
        for at_s in places:
            file.seek(begin + at_s * RATE * 2)
            file.write(speech)
        file.truncate(begin + n_bytes)
    return len(places)


@pytest.mark.only_on("linux")  # reads /proc
@pytest.mark.parametrize(
    ("hours", "settled_s"), [(0.5, 600.0), pytest.param(3, 1800.0, marks=pytest.mark.slow_all)]
)
def test_hours_in_one_file_take_no_more_memory_than_its_beginning(
    tmp_path: Path, hours: float, settled_s: float
) -> None:
    recording, path = tmp_path / "long.wav", tmp_path / "songshu.db"
    n_speeches = write_long_recording(recording, hours)
    with Library.open(path) as library:
        (item,) = library.add_files([recording], JobOptions(pack=str(STARTER), n_threads=1))
    told = subprocess.run(
        [sys.executable, "-c", ENGINE, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    memory = [
        Memory(at_s=float(at_s), n_bytes=int(pages) * 4096)
        for at_s, pages in (line.split() for line in told.splitlines())
    ]
    with Library.open(path) as library:
        item = library.item(item.id)
        assert item.state is ItemState.DONE
        assert item.duration_s == pytest.approx(hours * 3600)
        texts = [line.text for line in library.lines(item.id)]
    assert sum("the meeting starts at nine" in text for text in texts) == n_speeches
    settled = max(m.n_bytes for m in memory if m.at_s <= settled_s)
    at_end = max(m.n_bytes for m in memory)
    print(f"{settled / 1e6:.1f} MB after {settled_s:.0f} s, {at_end / 1e6:.1f} MB after {hours} h")
    assert memory[-1].at_s == pytest.approx(hours * 3600, abs=1)
    assert at_end - settled < GROWTH_BYTES
