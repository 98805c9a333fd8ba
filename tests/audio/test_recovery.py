"""After a crash: 50 kills of a recording process, and files that were cut in every way."""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from app.audio.journal import Journal
from app.audio.journal_file import HEADER_BYTES
from app.audio.recorder import Recorder
from app.audio.recovery import Unfinished, discard, find_unfinished, recover
from app.errors import RecordingWriteError
from tests.audio.fake_microphone import FakeSystem, wait_for
from tests.audio.signals import read_clip

N_KILLS = 50
N_AT_ONCE = 25
START = datetime(2026, 11, 25, 17, 20, 5)


def codes(start: int, n_samples: int) -> npt.NDArray[np.int16]:
    """Return a signal in which no stretch occurs twice: a hash of the position."""
    position = np.arange(start, start + n_samples, dtype=np.uint64)
    mixed = position * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(48)).astype(np.uint16).view(np.int16)


def record_until_killed(folder: Path, n_given: Any) -> None:
    """Record at the pace of speech; ``n_given`` counts what the device has given."""
    system = FakeSystem()
    recorder = Recorder(folder, None, system.open, keeps_awake=False)
    recorder.start()
    stream = system.stream()
    begin_s = time.monotonic()
    while True:
        block = codes(n_given.value, 800).astype(np.float32)[:, np.newaxis] / 32768
        stream.give(block, block=800)
        n_given.value += 800
        time.sleep(max(0.0, begin_s + n_given.value / 16_000 - time.monotonic()))


@dataclass
class Victim:
    """A process that records until it is killed.

    Attributes:
        n_given: samples that its device has given.
        kill_at: samples after which it is killed, at once.
    """

    process: ForkServerProcess
    n_given: Any
    folder: Path
    kill_at: int

    def is_killed(self) -> bool:
        """Kill it if its time has come."""
        if self.n_given.value < self.kill_at:
            return False
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -9
        return True


def start_victim(context: ForkServerContext, folder: Path, kill_at: int) -> Victim:
    folder.mkdir()
    n_given = context.Value("q", 0, lock=False)
    process = context.Process(target=record_until_killed, args=(folder, n_given), daemon=True)
    process.start()
    return Victim(process, n_given, folder, kill_at)


def kill_all(victims: list[Victim]) -> bool:
    """Kill those whose time has come; whether none is left."""
    victims[:] = [victim for victim in victims if not victim.is_killed()]
    return not victims


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills whole processes, and starts them fast")
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
        alive = victims.copy()
        wait_for(lambda alive=alive: kill_all(alive))  # type: ignore[misc]
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


def test_discarded_leftover_is_gone(tmp_path: Path) -> None:
    leftover(tmp_path, 300)
    (unfinished,) = find_unfinished(tmp_path)
    discard(unfinished)
    assert list(tmp_path.iterdir()) == []


def test_leftover_that_vanished_cannot_be_recovered(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-25 17.20.05.wav.part"
    with pytest.raises(RecordingWriteError, match="No such file"):
        recover(Unfinished(path=path, started_at=START, n_samples=10))


def test_leftover_that_cannot_be_deleted(tmp_path: Path) -> None:
    path = tmp_path / "folder.wav.part"
    path.mkdir()
    with pytest.raises(RecordingWriteError):
        discard(Unfinished(path=path, started_at=START, n_samples=10))
    assert find_unfinished(tmp_path) == []


def test_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert find_unfinished(tmp_path / "none") == []
