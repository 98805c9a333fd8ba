"""The whole desktop app with the real starter model, in a folder of the test's own."""

from __future__ import annotations

import os
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QUrl,
    Slot,
)
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.audio.chunks import ChunkOptions, split_chunks
from app.audio.decode import open_audio
from app.engine.loading import Loader, LoadOptions, load_engine
from app.engine.pack_library import PackLibrary, PackOrigin
from app.engine.types import SegmentDone, TranscribeOptions
from app.errors import KeyboardError
from app.gui.desktop import Desktop
from app.gui.dictation.service import Doors
from app.gui.threads.background import BackgroundTask
from app.gui.threads.worker import EngineWorker
from app.store.library import Library
from app.store.types import Item, ItemState, Line
from tests.audio.fake_microphone import FakeSystem
from tests.audio.fake_sink import FakeSink
from tests.packs import PACKS, ROOT

STARTER = PACKS / "starter"
CLIP = ROOT / "tests" / "data" / "meeting_slt.wav"
SAMPLES = [ROOT / "samples" / f"{name}.wav" for name in ("letter", "meeting", "weather")]
T = TypeVar("T")
JOB_MS = 180_000  # longest wait for a job; reached only when something is broken


def no_keyboard(*_: object) -> NoReturn:
    """Tests without a screen have no other programs."""
    raise KeyboardError("there is no screen")


class Bench:
    """Starts, ends and restarts the app over one library."""

    def __init__(self, qtbot: QtBot, folder: Path, load: Loader = load_engine) -> None:
        self._qtbot = qtbot
        self._load = load
        self._others: set[QWidget] = set()
        self.folder = folder
        self.desktop: Desktop | None = None
        self.system_is_dark = False
        self.with_tour = False
        self.sink = FakeSink()
        self.microphones = FakeSystem()

    def start(self, *, with_model: bool = True) -> Desktop:
        """Open the window."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._others = set(app.topLevelWidgets())
        places = [(PACKS, PackOrigin.BUILT_IN)] if with_model else []
        packs = PackLibrary(self.folder / "packs", places)
        library = Library.open(self.folder / "songshu.db")
        self.desktop = Desktop(
            app,
            library,
            self._load,
            packs=packs,
            is_dark=lambda _app: self.system_is_dark,
            sink=self.sink,
            open_stream=self.microphones.open,
            doors=Doors(keys=no_keyboard, typist=no_keyboard),
        )
        settings = self.desktop.settings.settings
        settings = replace(settings, n_threads=1, pack=str(STARTER))
        if not self.with_tour:
            settings = replace(settings, tour_seen=True)
        self.desktop.settings.change(settings if with_model else replace(settings, pack=None))
        self.desktop.open()
        self._qtbot.waitExposed(self.desktop.window)
        return self.desktop

    def stop(self) -> None:
        """End the app as its last step does."""
        if self.desktop is not None:
            window = self.desktop.window
            self.desktop.close()
            tasks = [
                *window.findChildren(BackgroundTask),
                *self.desktop.findChildren(BackgroundTask),
            ]
            assert all(task._thread is None for task in tasks), "a thread outlives the program"
            window.hide()
            self.desktop.deleteLater()
            self.desktop = None
            self._destroy_widgets()

    def _destroy_widgets(self) -> None:
        """Destroy what was opened: the next app gives its style to each widget that is there."""
        for widget in set(QApplication.topLevelWidgets()) - self._others:
            widget.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    @property
    def library(self) -> Library:
        assert self.desktop is not None
        return self.desktop._library

    def items(self) -> list[Item]:
        return self.library.items()

    def item(self, title: str) -> Item:
        return next(item for item in self.items() if item.title == title)

    def lines(self, title: str) -> list[Line]:
        return self.library.lines(self.item(title).id)

    def wait_for(self, title: str, state: ItemState) -> Item:
        """Wait until an item is in a state."""

        def reached() -> bool:
            return any(i.title == title and i.state is state for i in self.items())

        self._qtbot.waitUntil(reached, timeout=JOB_MS)
        return self.item(title)


class Recorder(QObject):
    """Keeps everything that an engine thread tells, in the order in which the GUI thread hears it.

    ``qtbot.waitSignal`` would stop its own timer in the thread that emits.
    """

    def __init__(self, qtbot: QtBot, worker: EngineWorker) -> None:
        super().__init__()
        self._qtbot = qtbot
        self.events: list[object] = []
        self.n_emptied = 0
        for signal in (
            worker.engine_changed,
            worker.job_started,
            worker.job_progressed,
            worker.live_text_changed,
            worker.line_added,
            worker.job_finished,
            worker.job_stopped,
            worker.job_failed,
            worker.line_recognized,
            worker.line_failed,
        ):
            signal.connect(self.on_event, Qt.ConnectionType.QueuedConnection)
        worker.queue_emptied.connect(self.on_emptied, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def on_event(self, event: object) -> None:
        self.events.append(event)

    @Slot()
    def on_emptied(self) -> None:
        self.n_emptied += 1

    def all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    def wait(self, kind: type[T], n: int = 1) -> T:
        """Wait for the n-th event of a kind."""
        self._qtbot.waitUntil(lambda: len(self.all(kind)) >= n, timeout=JOB_MS)
        return self.all(kind)[n - 1]

    def wait_until_empty(self) -> None:
        self._qtbot.waitUntil(lambda: self.n_emptied > 0, timeout=JOB_MS)


def make_bench(qtbot: QtBot, folder: Path, load: Loader = load_engine) -> Iterator[Bench]:
    """Give a bench, and end what it started."""
    bench = Bench(qtbot, folder, load)
    yield bench
    bench.stop()


def home_in(folder: Path) -> dict[str, str]:
    """Give the environment of an app of its own process: no screen, all it keeps in a folder."""
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder / "state"),
    }


def drop(widget: QWidget, mime: QMimeData) -> bool:
    """Drop something on a widget as the system would; returns whether it was taken."""
    where, buttons, keys = widget.rect().center(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    enter = QDragEnterEvent(QPoint(where), actions, mime, buttons, keys.NoModifier)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(where), actions, mime, buttons, keys.NoModifier)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def file_mime(*paths: Path) -> QMimeData:
    """Make what a file manager drags."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def long_recording(path: Path, n_rounds: int = 4) -> Path:
    """Write the samples one after the other, several times: 12 s of speech a round."""
    frames = b""
    for sample in SAMPLES:
        with wave.open(str(sample)) as source:
            parameters = source.getparams()
            frames += source.readframes(source.getnframes())
    with wave.open(str(path), "wb") as target:
        target.setparams(parameters)
        target.writeframes(frames * n_rounds)
    return path


def lines_of(recording: Path) -> list[str]:
    """Recognise a recording with the starter model and nobody who interrupts; gives its lines."""
    transcriber = load_engine(LoadOptions(pack=str(STARTER), n_threads=1, use_gate=True))
    limits = ChunkOptions.for_limit(transcriber.manifest.max_chunk_s)
    with open_audio(recording) as audio:
        events = transcriber.transcribe(split_chunks(audio.blocks(), limits), TranscribeOptions())
        texts = [event.segment.text for event in events if isinstance(event, SegmentDone)]
    transcriber.close()
    return texts


no_size_hints = pytest.mark.qt_log_ignore(
    "propagateSizeHints",
    "does not support raise",
    "requestActivate",
    "systemTrayWindowChanged",
)
