"""Recordings while they are made: a fake microphone, the disk, the real starter, the history."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.audio.notices import Notice, Started
from app.audio.recorder import Recorder
from app.engine.loading import LoadOptions, Transcriber, load_engine
from app.engine.types import FloatArray, TranscribeOptions
from app.errors import SongshuError
from app.gui.recording.recordings import STALLED_S, Level, Recordings
from app.gui.threads.engine import Engine
from app.gui.threads.events import JobProgress, LiveText, UtteranceHeard
from app.gui.threads.live_job import SpeechStream, open_speech_stream
from app.store.library import Library
from app.store.types import ItemKind, ItemState, JobOptions
from tests.audio.fake_microphone import FakeSystem, sound
from tests.gui.bench import CLIP, JOB_MS, SAMPLES, STARTER, long_recording
from tests.gui.bench import Recorder as EngineRecorder
from tests.waiting import PATIENCE_S

OPTIONS = JobOptions(pack=str(STARTER), n_threads=1)
SILENCE = np.zeros((24_000, 1), np.float32)


class Heard:
    """Everything that the recordings tell."""

    def __init__(self, qtbot: QtBot, recordings: Recordings) -> None:
        self._qtbot = qtbot
        self.live: list[LiveText] = []
        self.utterances: list[UtteranceHeard] = []
        self.finished: list[int] = []
        self.recorded: list[int] = []
        self.failed: list[SongshuError] = []
        self.levels: list[Level] = []
        self.notices: list[Notice] = []
        self.changed: list[int] = []
        recordings.live_text_changed.connect(self.live.append)
        recordings.utterance_heard.connect(self.utterances.append)
        recordings.finished.connect(self.finished.append)
        recordings.recorded.connect(self.recorded.append)
        recordings.failed.connect(lambda _session, error: self.failed.append(error))
        recordings.level_changed.connect(self.levels.append)
        recordings.noticed.connect(lambda _session, notice: self.notices.append(notice))
        recordings.item_changed.connect(self.changed.append)

    def wait_live(self) -> None:
        self._qtbot.waitUntil(lambda: bool(self.live), timeout=JOB_MS)

    def wait(self, of: list[int], number: int) -> None:
        self._qtbot.waitUntil(lambda: number in of, timeout=JOB_MS)


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def engine(library: Library) -> Iterator[Engine]:
    engine = Engine(library, load_engine)
    yield engine
    engine.close()


def make_recordings(
    library: Library,
    engine: Engine,
    system: FakeSystem,
    folder: Path,
    stalled_s: float = STALLED_S,
) -> Recordings:
    """Record into a folder with the microphones of a fake system."""
    return Recordings(
        library,
        engine,
        lambda microphone: Recorder(folder, microphone, system.open, keeps_awake=False),
        microphone=lambda: None,
        options=lambda: OPTIONS,
        stalled_s=stalled_s,
    )


@pytest.fixture
def recordings(
    library: Library, engine: Engine, system: FakeSystem, tmp_path: Path
) -> Iterator[Recordings]:
    made = make_recordings(library, engine, system, tmp_path)
    yield made
    made.close()


@pytest.fixture
def heard(qtbot: QtBot, recordings: Recordings) -> Heard:
    return Heard(qtbot, recordings)


def begin(recordings: Recordings, session: int = 1) -> int:
    """Begin a recording; gives its item."""
    recordings.start(session)
    recordings.begin(session)
    item_id = recordings.item_of(session)
    assert item_id is not None
    return item_id


def speak(system: FakeSystem, *parts: FloatArray, number: int = 0) -> None:
    stream = system.stream(number)
    for part in parts:
        stream.give(part)


def test_speech_becomes_lines_of_the_history(
    recordings: Recordings, heard: Heard, system: FakeSystem, library: Library
) -> None:
    recordings.start(1)
    recordings.begin(1)
    assert recordings.recording == 1
    item_id = recordings.item_of(1)
    assert item_id is not None
    assert library.item(item_id).state is ItemState.RUNNING
    whole = np.concatenate([sound(SAMPLES[2]), SILENCE, sound(SAMPLES[1])])
    device = threading.Thread(target=system.stream().give_at, args=(whole, 4.0))
    device.start()
    heard.wait_live()
    device.join()
    recordings.stop(1)
    heard.wait(heard.finished, 1)
    heard.wait(heard.changed, item_id)
    item = library.item(item_id)
    texts = [line.text for line in library.lines(item_id)]
    assert (item.kind, item.state) == (ItemKind.DICTATION, ItemState.DONE)
    assert "raining" in texts[0]
    assert any("Thursday" in text for text in texts[1:])
    assert [one.text for one in heard.utterances] == texts
    assert Path(item.path).suffix == ".wav"
    assert len(sound(Path(item.path))) == round((item.duration_s or 0) * 16_000)
    assert all(live.session == 1 and live.item_id == item_id for live in heard.live)
    assert any(isinstance(notice, Started) for notice in heard.notices)
    assert max(level.level_db for level in heard.levels) > -40
    assert recordings.recording is None


def test_file_makes_way_and_goes_on(
    qtbot: QtBot,
    recordings: Recordings,
    heard: Heard,
    system: FakeSystem,
    library: Library,
    engine: Engine,
    tmp_path: Path,
) -> None:
    (file,) = library.add_files([long_recording(tmp_path / "long.wav")], OPTIONS)
    jobs = EngineRecorder(qtbot, engine.worker)
    engine.wake()
    jobs.wait(JobProgress)
    recordings.start(1)
    recordings.begin(1)
    speak(system, sound(CLIP))
    recordings.stop(1)
    heard.wait(heard.finished, 1)
    assert heard.utterances
    assert library.item(file.id).state is not ItemState.DONE
    qtbot.waitUntil(lambda: library.item(file.id).state is ItemState.DONE, timeout=JOB_MS)
    starts = [line.start_s for line in library.lines(file.id)]
    assert starts == sorted(set(starts))


def test_recording_without_a_model_waits_for_one(
    recordings: Recordings, heard: Heard, system: FakeSystem, library: Library, engine: Engine
) -> None:
    engine.set_ready(False)
    item_id = begin(recordings)
    speak(system, sound(CLIP))
    recordings.stop(1)
    heard.wait(heard.changed, item_id)
    item = library.item(item_id)
    assert item.state is ItemState.WAITING
    assert len(heard.failed) == 1
    assert len(sound(Path(item.path))) == len(sound(CLIP))


def test_recording_that_the_engine_could_not_follow_is_recognised_as_a_file(
    qtbot: QtBot, library: Library, system: FakeSystem, tmp_path: Path
) -> None:
    class Broken:
        lag_s = 0.0

        def __init__(self, stream: SpeechStream) -> None:
            self._stream = stream
            self.close = stream.close

        def feed(self, waveform: FloatArray) -> None:
            self._stream.feed(waveform)

        def step(self, cancel: object = None) -> Iterator[object]:
            raise RuntimeError("lightning")

        finish = step

    def broken(transcriber: object, options: TranscribeOptions) -> SpeechStream:
        return Broken(open_speech_stream(transcriber, options))  # type: ignore[arg-type,return-value]

    engine = Engine(library, load_engine, open_stream=broken)
    recordings = make_recordings(library, engine, system, tmp_path)
    heard = Heard(qtbot, recordings)
    item_id = begin(recordings)
    speak(system, sound(SAMPLES[1]))
    recordings.stop(1)
    qtbot.waitUntil(lambda: library.item(item_id).state is ItemState.DONE, timeout=JOB_MS)
    assert "lightning" in str(heard.failed[0])
    assert "Thursday" in library.lines(item_id)[0].text
    engine.close()


def test_engine_that_does_not_get_on_is_told_and_so_is_its_end(
    qtbot: QtBot, library: Library, system: FakeSystem, tmp_path: Path
) -> None:
    go_on = threading.Event()

    class Stuck:
        lag_s = 0.0

        def __init__(self, stream: SpeechStream) -> None:
            self._stream = stream
            self.feed, self.close = stream.feed, stream.close
            self.finish = stream.finish

        def step(self, cancel: object = None) -> Iterator[object]:
            assert go_on.wait(JOB_MS / 1000)
            yield from self._stream.step()

    def stuck(transcriber: object, options: TranscribeOptions) -> SpeechStream:
        return Stuck(open_speech_stream(transcriber, options))  # type: ignore[arg-type,return-value]

    engine = Engine(library, load_engine, open_stream=stuck)
    recordings = make_recordings(library, engine, system, tmp_path, stalled_s=0.5)
    heard = Heard(qtbot, recordings)
    stalls: list[tuple[int, bool]] = []
    recordings.stalled_changed.connect(lambda session, on: stalls.append((session, on)))
    recordings.start(1)
    recordings.begin(1)
    speak(system, sound(SAMPLES[1]))
    qtbot.waitUntil(lambda: stalls == [(1, True)], timeout=JOB_MS)
    recordings.stop(1)
    go_on.set()
    heard.wait(heard.finished, 1)
    assert "Thursday" in " ".join(one.text for one in heard.utterances)
    qtbot.waitUntil(lambda: stalls[:2] == [(1, True), (1, False)], timeout=JOB_MS)
    engine.close()


def test_loading_of_the_model_is_told(qtbot: QtBot, recordings: Recordings, engine: Engine) -> None:
    loading: list[bool] = []
    recordings.loading_changed.connect(loading.append)
    engine.prepare(OPTIONS)
    qtbot.waitUntil(lambda: loading == [True, False], timeout=JOB_MS)
    assert not recordings.is_loading


def test_tap_leaves_no_trace(
    recordings: Recordings, heard: Heard, system: FakeSystem, library: Library, tmp_path: Path
) -> None:
    begin(recordings)
    speak(system, sound(CLIP)[:3000])
    recordings.cancel(1, was_tap=True)
    heard.wait(heard.recorded, 1)
    heard._qtbot.waitUntil(lambda: not library.items(), timeout=JOB_MS)
    assert not list(tmp_path.glob("*.wav*"))


@pytest.mark.parametrize("trouble", ["deleted", "in use"])
def test_end_is_told_whatever_became_of_the_item(
    recordings: Recordings,
    heard: Heard,
    system: FakeSystem,
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    """Else the bar of the recording would stay for ever."""
    item_id = begin(recordings)
    speak(system, sound(CLIP)[:3000])
    if trouble == "deleted":
        library.purge([item_id])
        recordings.cancel(1)
    else:  # as Windows says while a virus scanner reads the file

        def refuse(_path: Path, missing_ok: bool = False) -> None:
            raise PermissionError(13, "in use")

        monkeypatch.setattr(Path, "unlink", refuse)
        recordings.cancel(1, was_tap=True)
    heard.wait(heard.changed, item_id)
    assert recordings.item_of(1) is None


def test_recording_that_was_given_up_stays_in_the_history(
    recordings: Recordings, heard: Heard, system: FakeSystem, library: Library
) -> None:
    item_id = begin(recordings)
    speak(system, sound(CLIP))
    recordings.cancel(1)
    heard.wait(heard.changed, item_id)
    item = library.item(item_id)
    assert item.state is ItemState.CANCELLED
    assert len(sound(Path(item.path))) == len(sound(CLIP))
    assert not heard.failed


def test_next_recording_begins_while_the_last_is_recognised(
    recordings: Recordings, heard: Heard, system: FakeSystem, library: Library
) -> None:
    for session, sample in ((1, SAMPLES[1]), (2, SAMPLES[2])):
        recordings.start(session)
        recordings.begin(session)
        speak(system, sound(sample), number=session - 1)
        recordings.stop(session)
        heard.wait(heard.recorded, session)
    heard.wait(heard.finished, 2)
    assert heard.finished == [1, 2]
    assert "Thursday" in next(one.text for one in heard.utterances if one.session == 1)
    assert "raining" in next(one.text for one in heard.utterances if one.session == 2)


def test_end_of_the_program_seals_the_recording_for_the_next_start(
    qtbot: QtBot,
    recordings: Recordings,
    system: FakeSystem,
    library: Library,
    engine: Engine,
) -> None:
    item_id = begin(recordings)
    speak(system, sound(SAMPLES[1]))
    engine.close()
    recordings.close()
    item = library.item(item_id)
    assert item.state is ItemState.RUNNING
    assert len(sound(Path(item.path))) == len(sound(SAMPLES[1]))
    library.recover()
    again = Engine(library, load_engine)
    again.wake()
    qtbot.waitUntil(lambda: library.item(item_id).state is ItemState.DONE, timeout=JOB_MS)
    assert "Thursday" in library.lines(item_id)[0].text
    again.close()


def test_closing_tells_of_no_complete_file_twice(
    qtbot: QtBot, library: Library, system: FakeSystem, tmp_path: Path
) -> None:
    """The engine may still have to recognise it."""
    go_on = threading.Event()

    def load(options: LoadOptions) -> Transcriber:
        assert go_on.wait(PATIENCE_S)
        return load_engine(options)

    engine = Engine(library, load)
    recordings = make_recordings(library, engine, system, tmp_path)
    heard = Heard(qtbot, recordings)
    begin(recordings)
    speak(system, sound(CLIP)[:3000])
    recordings.stop(1)
    heard.wait(heard.recorded, 1)
    recordings.close()
    go_on.set()
    engine.close()
    assert heard.recorded == [1]
