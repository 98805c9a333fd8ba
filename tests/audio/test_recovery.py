"""After a crash: 50 kills of a recording process, and files that were cut in every way."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from app.audio.journal import Journal
from app.audio.journal_file import HEADER_BYTES
from app.audio.recorder import Recorder
from app.audio.recovery import Unfinished, find_unfinished, recover
from app.errors import RecordingWriteError
from tests.audio.fake_microphone import FakeSystem
from tests.audio.signals import read_clip
from tests.waiting import PATIENCE_S, wait_for

N_KILLS = 50
N_AT_ONCE = 25
N_SAMPLES = 60 * 16_000  # that a device has: all are killed long before the end
START = datetime(2026, 11, 25, 17, 20, 5)


def codes(start: int, n_samples: int) -> npt.NDArray[np.int16]:
    """Return a signal in which no stretch occurs twice: a hash of the position."""
    position = np.arange(start, start + n_samples, dtype=np.uint64)
    mixed = position * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(48)).astype(np.uint16).view(np.int16)


def record_until_killed(folder: Path, n_given: Any, kill_at: int, due: Connection) -> None:
    """Record at the pace of speech; ask to be killed when enough is given, and go on until then.

    Many of these start at once on few cores: before anything is recorded none has its time.
    """

    def on_given(n_samples: int) -> None:
        n_given.value = n_samples
        if n_samples >= kill_at and recorder.recorded_s > 0 and not due.closed:
            due.close()  # wakes the test

    system = FakeSystem()
    recorder = Recorder(folder, None, system.open, keeps_awake=False)
    recorder.start()
    sound = codes(0, N_SAMPLES).astype(np.float32)[:, np.newaxis] / 32768
    system.stream().give_at(sound, 1.0, on_given)


@dataclass
class Victim:
    """A process that records until it is killed.

    Attributes:
        n_given: samples that its device has given.
        due: ends when it is to be killed, at once.
    """

    process: ForkServerProcess
    n_given: Any
    folder: Path
    due: Connection

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.due.close()
        assert self.process.exitcode == -9


def start_victim(context: ForkServerContext, folder: Path, kill_at: int) -> Victim:
    folder.mkdir()
    n_given = context.Value("q", 0, lock=False)
    due, its_due = context.Pipe(duplex=False)
    arguments = (folder, n_given, kill_at, its_due)
    process = context.Process(target=record_until_killed, args=arguments, daemon=True)
    process.start()
    its_due.close()  # the process has the only other one
    return Victim(process, n_given, folder, due)


def kill_in_time(victims: list[Victim]) -> None:
    """Kill each as soon as its time has come."""
    alive = {victim.due: victim for victim in victims}
    while alive:
        due = wait(list(alive), PATIENCE_S)
        assert due, "they do not record"
        for connection in due:
            assert isinstance(connection, Connection)
            alive.pop(connection).kill()


@pytest.mark.only_on("posix")  # kills whole processes, and starts them fast
def test_fifty_kills_lose_less_than_a_second(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.audio.test_recovery"])
    rng = np.random.default_rng(0)
    lost_s = []
    for first in range(0, N_KILLS, N_AT_ONCE):
        victims = [
            start_victim(context, tmp_path / str(number), int(rng.integers(16_000, 60_000)))
            for number in range(first, first + N_AT_ONCE)
        ]
        kill_in_time(victims)
        lost_s += [(item.n_given.value - check_leftover(item.folder)) / 16_000 for item in victims]
    assert len(lost_s) == N_KILLS
    print(f"lost in {N_KILLS} kills: worst {max(lost_s):.3f} s, mean {np.mean(lost_s):.4f} s")
    assert max(lost_s) <= 1.0


def check_leftover(folder: Path) -> int:
    """Recover what a kill left, compare it with what was given; returns its samples."""
    (unfinished,) = find_unfinished(folder)
    recording = recover(unfinished)
    kept = np.rint(read_clip(recording.path) * 32768).astype(np.int16)
    np.testing.assert_array_equal(kept, codes(0, len(kept)))
    assert find_unfinished(folder) == []
    assert recording.duration_s == len(kept) / 16_000
    return len(kept)


def leftover(folder: Path, n_bytes: int) -> Path:
    """Leave a file that was cut after so many bytes."""
    journal = Journal(folder, START)
    journal.append(codes(0, 1000).astype(np.float32) / 32768)
    data = journal.path.read_bytes()
    path = journal.path
    journal.finish()
    for file in folder.iterdir():
        file.unlink()
    path.write_bytes(data[:n_bytes])
    return path


@pytest.mark.parametrize("n_bytes", [0, 1, 50, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 1])
def test_file_without_a_sample_is_cleared_away(tmp_path: Path, n_bytes: int) -> None:
    leftover(tmp_path, n_bytes)
    assert find_unfinished(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("n_samples", [1, 2, 999, 1000])
@pytest.mark.parametrize("n_odd", [0, 1])
def test_file_cut_anywhere_is_recovered(tmp_path: Path, n_samples: int, n_odd: int) -> None:
    n_kept = min(n_samples, 1000)
    path = leftover(tmp_path, HEADER_BYTES + 2 * n_samples + n_odd)
    (unfinished,) = find_unfinished(tmp_path)
    assert unfinished == Unfinished(path=path, started_at=START, n_samples=n_kept)
    recording = recover(unfinished)
    assert recording.path == tmp_path / "2026-11-25 17.20.05.wav"
    assert recording.started_at == START
    np.testing.assert_array_equal(read_clip(recording.path) * 32768, codes(0, n_kept))
    assert list(tmp_path.iterdir()) == [recording.path]


def test_header_that_never_reached_the_disk(tmp_path: Path) -> None:
    path = leftover(tmp_path, 5000)
    path.write_bytes(bytes(HEADER_BYTES) + path.read_bytes()[HEADER_BYTES:])
    os.utime(path, (START.timestamp(), START.timestamp()))
    (unfinished,) = find_unfinished(tmp_path)
    assert unfinished.started_at == START
    recording = recover(unfinished)
    np.testing.assert_array_equal(read_clip(recording.path) * 32768, codes(0, 1000))


def test_file_of_another_program_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "download.wav.part"
    path.write_bytes(b"RIFF" + bytes(500))
    assert find_unfinished(tmp_path) == []
    assert path.exists()
    assert "no recording of ours" in caplog.text


def test_recording_that_still_goes_on_is_left_alone(tmp_path: Path) -> None:
    system = FakeSystem()
    recorder = Recorder(tmp_path, None, system.open, keeps_awake=False)
    recorder.start()
    system.stream().give(np.ones((1000, 1), np.float32))
    wait_for(lambda: recorder.recorded_s > 0)
    assert find_unfinished(tmp_path) == []
    (path,) = tmp_path.iterdir()
    with pytest.raises(RecordingWriteError, match="another program"):
        recover(Unfinished(path=path, started_at=START, n_samples=10))
    recorder.stop()
    assert recorder.wait(30)
    assert recorder.recording is not None
    assert len(read_clip(recorder.recording.path)) == 1000


def test_finished_recording_of_that_name_is_not_replaced(tmp_path: Path) -> None:
    leftover(tmp_path, 300)
    (tmp_path / "2026-11-25 17.20.05.wav").write_bytes(b"precious")
    (unfinished,) = find_unfinished(tmp_path)
    assert recover(unfinished).path == tmp_path / "2026-11-25 17.20.05 2.wav"
    assert (tmp_path / "2026-11-25 17.20.05.wav").read_bytes() == b"precious"


def test_oldest_comes_first(tmp_path: Path) -> None:
    for day in (3, 1, 2):
        start = datetime(2026, 1, day)
        journal = Journal(tmp_path, start)
        journal.append(np.zeros(100, np.float32))
        data, path = journal.path.read_bytes(), journal.path
        finished = journal.finish()
        assert finished is not None
        finished.path.unlink()
        path.write_bytes(data)
    assert [unfinished.started_at.day for unfinished in find_unfinished(tmp_path)] == [1, 2, 3]


def test_leftover_that_vanished_cannot_be_recovered(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-25 17.20.05.wav.part"
    with pytest.raises(RecordingWriteError, match="No such file"):
        recover(Unfinished(path=path, started_at=START, n_samples=10))


def test_folder_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "folder.wav.part").mkdir()
    assert find_unfinished(tmp_path) == []
    assert (tmp_path / "folder.wav.part").is_dir()


def test_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert find_unfinished(tmp_path / "none") == []
