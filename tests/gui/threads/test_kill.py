"""kill -9 of the whole engine at 20 moments, spread by chance over a job with the real model.

A child process runs queue, engine thread and model as the app does and tells what happens. It is
killed as soon as a certain share of the text was there, plus a moment by chance, so that the kill
falls anywhere: into loading, encoder, prefill, generation or a commit. The next child goes on. In
the end the text is what it is when nobody interrupts.

The model is the starter with short segments, so that there are many of them.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest

from app.audio.chunks import ChunkOptions, split_chunks
from app.audio.decode import open_audio
from app.engine.loading import LoadOptions, load_engine
from app.engine.types import SegmentDone, TranscribeOptions
from app.store.library import Library
from app.store.types import Item, ItemState, JobOptions
from tests.gui.bench import STARTER, long_recording
from tests.packs import ROOT

pytestmark = pytest.mark.only_on("posix")  # kill -9
N_KILLS = 20
SEED = 23
MAX_CHUNK_S = 8.0
DELAY_S = 0.1  # as long as a few tokens, or the encoder, or a part of a prefill
ENGINE = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from app.engine.loading import load_engine
from app.gui.threads.engine import Engine
from app.store.library import Library

class Teller(QObject):
    @Slot(object)
    def on_started(self, event):
        print("started", event.done_s, 0, flush=True)

    @Slot(object)
    def on_live(self, event):
        print("live", event.start_s, len(event.text), flush=True)

    @Slot(object)
    def on_line(self, event):
        print("line", event.line.end_s, 0, flush=True)

    @Slot()
    def on_emptied(self):  # also if the kill before came after the end: then there is no job left
        print("finished", 0, 0, flush=True)

app = QCoreApplication([])
library = Library.open(sys.argv[1])
library.recover()
engine = Engine(library, load_engine)
teller, worker, queued = Teller(), engine.worker, Qt.ConnectionType.QueuedConnection
worker.job_started.connect(teller.on_started, queued)
worker.live_text_changed.connect(teller.on_live, queued)
worker.line_added.connect(teller.on_line, queued)
worker.queue_emptied.connect(teller.on_emptied, queued)
engine.wake()
app.exec()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The job when nobody interrupts.

    Attributes:
        texts: of the lines; ends_s: where each ends.
    """

    texts: tuple[str, ...]
    ends_s: tuple[float, ...]

    @property
    def n_characters(self) -> int:
        """Length of the whole text."""
        return sum(map(len, self.texts))

    def n_before(self, start_s: float) -> int:
        """Count the characters of the lines that end before a position."""
        pairs = zip(self.texts, self.ends_s, strict=True)
        return sum(len(text) for text, end_s in pairs if end_s < start_s + 0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What a child had told when it died.

    Attributes:
        n_lines: stored lines.
        start_s: start of the segment that was being decoded, as far as it was told.
        n_live: characters of its unsettled text.
        finished: whether the job was.
    """

    n_lines: int
    start_s: float
    n_live: int
    finished: bool


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter, whose makers would allow short segments only."""
    folder = tmp_path_factory.mktemp("packs") / "short"
    folder.mkdir()
    for file in STARTER.iterdir():
        (folder / file.name).symlink_to(file)
    manifest = json.loads((STARTER / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").unlink()
    text = json.dumps({**manifest, "max_chunk_s": MAX_CHUNK_S})
    (folder / "manifest.json").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return long_recording(tmp_path_factory.mktemp("audio") / "long.wav", 5)


@pytest.fixture(scope="module")
def whole(pack: Path, recording: Path) -> Whole:
    transcriber = load_engine(LoadOptions(pack=str(pack), n_threads=1, use_gate=True))
    limits = ChunkOptions.for_limit(transcriber.manifest.max_chunk_s)
    with open_audio(recording) as audio:
        events = transcriber.transcribe(split_chunks(audio.blocks(), limits), TranscribeOptions())
        segments = [event.segment for event in events if isinstance(event, SegmentDone)]
    transcriber.close()
    return Whole(
        texts=tuple(segment.text for segment in segments),
        ends_s=tuple(segment.end_s for segment in segments),
    )


def run_and_kill(path: Path, whole: Whole, n_characters: float, delay_s: float) -> Killed:
    """Let a child work until so much text is there, wait, kill it, and hear its last words."""
    child = subprocess.Popen(
        [sys.executable, "-c", ENGINE, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    told: list[list[str]] = []
    assert child.stdout is not None
    with child.stdout:
        for line in child.stdout:
            told.append(line.split())
            if _is_there(told[-1], whole) >= n_characters:
                break
        timer = Timer(delay_s, child.kill)  # SIGKILL: no handler, no clean-up
        timer.start()
        rest = child.stdout.read()  # its last line may be cut off
        told += [line.split() for line in rest[: rest.rfind("\n") + 1].splitlines()]
    timer.join()
    assert child.wait() == -9
    last = next((event for event in reversed(told) if event[0] != "finished"), ["", "0", "0"])
    return Killed(
        n_lines=sum(event[0] == "line" for event in told),
        start_s=float(last[1]),
        n_live=int(last[2]),
        finished=any(event[0] == "finished" for event in told),
    )


def _is_there(event: list[str], whole: Whole) -> int:
    kind, at_s, n_live = event
    if kind == "finished":
        return whole.n_characters + 1  # more than the last line
    return whole.n_before(float(at_s)) + int(n_live)


def test_kill_at_20_moments_loses_at_most_the_segment_and_repeats_nothing(
    tmp_path: Path, pack: Path, recording: Path, whole: Whole
) -> None:
    rng = random.Random(SEED)
    path = tmp_path / "songshu.db"
    with Library.open(path) as library:
        (item,) = library.add_files([recording], JobOptions(pack=str(pack), n_threads=1))
    n_lines, kills = 0, []
    for number in range(N_KILLS):
        share = (number + rng.random()) / N_KILLS
        delay_s = rng.uniform(0, DELAY_S)
        killed = run_and_kill(path, whole, share * whole.n_characters, delay_s)
        n_lines = check(path, item, whole, killed, n_lines)
        kills.append((n_lines, killed.n_live))
    assert len({n for n, _ in kills}) > len(whole.texts) / 2, "they did not fall all over the job"
    assert any(n_live for _, n_live in kills), "none fell into generation"
    run_and_kill(path, whole, whole.n_characters + 1, 0)
    with Library.open(path) as library:
        assert library.item(item.id).state is ItemState.DONE
        assert [line.text for line in library.lines(item.id)] == list(whole.texts)


def check(path: Path, item: Item, whole: Whole, killed: Killed, n_before: int) -> int:
    """Check what a kill has left; returns the number of lines."""
    with Library.open(path) as library:
        assert library.moved_aside is None
        lines, now = library.lines(item.id), library.item(item.id)
    assert tuple(line.text for line in lines) == whole.texts[: len(lines)]
    assert 0 <= len(lines) - n_before - killed.n_lines <= 1  # one may be stored and not yet told
    assert now.done_s >= killed.start_s - 0.01  # whatever came before this segment is kept
    assert now.done_s == pytest.approx(whole.ends_s[len(lines) - 1] if lines else 0, abs=0.01)
    if killed.finished:
        assert now.state is ItemState.DONE
    return len(lines)
