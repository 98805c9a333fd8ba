"""The file of a recording: what is in it at any moment, and what becomes of it."""

from __future__ import annotations

import shutil
import struct
import threading
import wave
from collections import namedtuple
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from app.audio import journal_file
from app.audio.decode import open_audio
from app.audio.journal import PENDING_BYTES, Journal, to_pcm
from app.audio.journal_file import HEADER_BYTES
from app.audio.journal_reader import JournalReader
from app.audio.notices import DiskFree, DiskFull, Failed, Finished, NoticeBox
from app.audio.recorder import Recorder
from app.audio.resample import FloatArray
from app.audio.tape import Tape
from app.errors import RecordingFullError, RecordingWriteError
from tests.audio.fake_microphone import FakeSystem, Session, noise
from tests.audio.signals import read_clip

START = datetime(2026, 11, 25, 17, 20, 5, 250_000)


def voice(n_samples: int, seed: int = 0) -> FloatArray:
    return noise(n_samples, seed=seed)[:, 0]


def exact(n_samples: int, seed: int = 0) -> FloatArray:
    """Return a signal that 16 bits hold exactly, with both ends of their range."""
    values = np.random.default_rng(seed).integers(-32768, 32768, n_samples)
    values[:2] = -32768, 32767
    return (values / 32768).astype(np.float32)


def test_what_16_bits_hold_comes_back_exactly(tmp_path: Path) -> None:
    journal = Journal(tmp_path, START)
    waveform = exact(20_000)
    for start in range(0, 20_000, 777):
        journal.append(waveform[start : start + 777])
    recording = journal.finish()
    assert recording is not None
    assert recording.path == tmp_path / "2026-11-25 17.20.05.wav"
    assert (recording.started_at, recording.duration_s) == (START, 1.25)
    np.testing.assert_array_equal(read_clip(recording.path), waveform)
    assert list(tmp_path.iterdir()) == [recording.path]


def test_beyond_full_scale_is_cut_off() -> None:
    pcm = np.frombuffer(to_pcm(np.array([1, 2, -1, -2, 0.5], np.float32)), "<i2")
    assert pcm.tolist() == [32767, 32767, -32768, -32768, 16384]


def test_other_programs_read_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(voice(1234))
    recording = journal.finish()
    assert recording is not None
    with wave.open(str(recording.path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        assert file.getnframes() == 1234


def test_unfinished_file_can_be_played(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(exact(5000))
    with open_audio(journal.path) as audio:
        np.testing.assert_array_equal(np.concatenate(list(audio.blocks())), exact(5000))
    journal.finish()


def test_every_append_is_in_the_file_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for n_blocks in range(1, 4):
        journal.append(voice(100))
        assert journal.path.stat().st_size == HEADER_BYTES + 200 * n_blocks
    journal.finish()


def test_recordings_of_one_second_have_different_names(tmp_path: Path) -> None:
    journals = [Journal(tmp_path, START) for _ in range(2)]
    for journal in journals:
        journal.append(voice(10))
        journal.finish()
    third = Journal(tmp_path, START)
    third.append(voice(10))
    third.finish()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"2026-11-25 17.20.05{tail}.wav" for tail in (" 2", " 3", "")]


def test_long_file_has_64_bit_lengths(tmp_path: Path) -> None:
    n_samples = (5 << 30) // 2
    path = tmp_path / "long.wav"
    with path.open("wb", buffering=0) as file:
        file.truncate(HEADER_BYTES + 2 * n_samples)  # sparse: takes no room
        journal_file.seal(file, n_samples, START)
    with open_audio(path) as audio:
        assert audio.info.duration_s == pytest.approx(n_samples / 16_000)
    with path.open("rb") as file:
        assert file.read(4) == b"RF64"


def test_header_says_the_start() -> None:
    for n_samples in (None, 0, 1, 1 << 33):
        head = journal_file.header(START, n_samples)
        assert len(head) == HEADER_BYTES
        assert journal_file.read_start(head) == START
    assert journal_file.read_start(head[:-1]) is None
    assert journal_file.read_start(bytes(HEADER_BYTES)) is None
    absurd = head[:80] + struct.pack("<d", 1e300) + head[88:]
    assert journal_file.read_start(absurd) is None


# Reading while it grows.


@pytest.mark.parametrize(
    ("start", "n_samples"), [(0, 0), (0, 1), (0, 1000), (999, 1), (999, 5), (1000, 1), (2000, 9)]
)
def test_read_gives_any_span(tmp_path: Path, start: int, n_samples: int) -> None:
    journal = Journal(tmp_path)
    journal.append(exact(1000))
    wanted = exact(1000)[start : start + n_samples]
    np.testing.assert_array_equal(journal.read(start, n_samples), wanted)
    journal.finish()
    np.testing.assert_array_equal(journal.read(start, n_samples), wanted)


def test_read_of_a_file_that_is_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(exact(1000))
    journal.finish()
    journal.path.unlink()
    with pytest.raises(RecordingWriteError):
        journal.read(0, 10)


def test_reader_of_a_file_that_somebody_cut_is_told(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(np.ones(16_000, np.float32))
    with journal.path.open("r+b") as file:
        file.truncate(HEADER_BYTES + 100)
    with pytest.raises(RecordingWriteError, match="has cut the file"):
        JournalReader(journal).read()
    journal.finish()


def test_reader_waits_gives_all_and_ends(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    reader = JournalReader(journal, block_s=0.5, least_s=0.2)
    empty = reader.read(timeout_s=0.0)
    assert empty is not None
    assert not len(empty)
    waveform = exact(30_000)
    heard: list[FloatArray] = []
    thread = threading.Thread(target=lambda: heard.extend(reader.blocks()))
    thread.start()
    for start in range(0, 30_000, 100):
        journal.append(waveform[start : start + 100])
    journal.finish()
    thread.join()
    np.testing.assert_array_equal(np.concatenate(heard), waveform)
    sizes = [len(block) for block in heard]
    assert all(3200 <= size <= 8000 for size in sizes[:-1])
    assert reader.read() is None
    assert reader.position_s == 1.875


def test_reader_says_how_far_it_is_behind(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    reader = JournalReader(journal)
    journal.append(voice(48_000))
    assert reader.lag_s == 3.0
    reader.read()
    assert reader.lag_s == 2.0
    journal.finish()
    assert len(list(reader.blocks())) == 2
    assert reader.lag_s == 0.0


def test_closed_reader_ends_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    reader = JournalReader(journal)
    heard: list[FloatArray] = []
    thread = threading.Thread(target=lambda: heard.extend(reader.blocks()))
    thread.start()
    reader.close()
    thread.join(10)
    assert not thread.is_alive()
    assert heard == []
    journal.finish()


def test_reader_refuses_blocks_that_cannot_be(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(ValueError, match="cannot be read"):
        JournalReader(journal, block_s=0.1, least_s=0.2)
    journal.finish()


# The disk.


@pytest.fixture
def limit_files() -> Iterator[type[Limit]]:
    """Let no file of this process grow beyond a size, which is what a full disk does to it."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield Limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Limit:
    """Sets the largest size of a file; the error is EFBIG instead of ENOSPC."""

    def __init__(self, n_bytes: int | None) -> None:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        soft = hard if n_bytes is None else n_bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


N_FULL = 1_000_000  # samples; beyond what pytest's own files need


@pytest.mark.only_on("posix")
def test_full_disk_keeps_the_rest_in_memory(tmp_path: Path, limit_files: type[Limit]) -> None:
    waveform = exact(N_FULL + 70_000)
    journal = Journal(tmp_path)
    limit_files(HEADER_BYTES + 2 * N_FULL + 1)  # in the middle of a sample
    for start in range(0, len(waveform), 10_000):
        journal.append(waveform[start : start + 10_000])
    assert isinstance(journal.problem, RecordingFullError)
    heard = np.concatenate(list(blocks_of(journal)))
    np.testing.assert_array_equal(heard, waveform)
    limit_files(None)
    journal.append(voice(0))
    assert journal.problem is None
    recording = journal.finish()
    assert recording is not None
    np.testing.assert_array_equal(read_clip(recording.path), waveform)


def blocks_of(journal: Journal) -> Iterator[FloatArray]:
    for start in range(0, journal.n_samples, 7000):
        yield journal.read(start, 7000)


@pytest.mark.only_on("posix")
def test_disk_that_stays_full_keeps_what_was_written(
    tmp_path: Path, limit_files: type[Limit]
) -> None:
    journal = Journal(tmp_path)
    limit_files(HEADER_BYTES + 2 * N_FULL + 1)
    waveform = exact(N_FULL + 1000)
    journal.append(waveform)
    recording = journal.finish()
    assert recording is not None
    assert journal.n_samples == N_FULL
    np.testing.assert_array_equal(read_clip(recording.path), waveform[:N_FULL])


@pytest.mark.only_on("posix")
def test_disk_that_is_full_for_ten_minutes_ends_the_recording(
    tmp_path: Path, limit_files: type[Limit]
) -> None:
    journal = Journal(tmp_path)
    limit_files(HEADER_BYTES + 2 * N_FULL)
    journal.append(np.zeros(N_FULL + PENDING_BYTES // 2, np.float32))
    with pytest.raises(RecordingFullError):
        journal.append(voice(1))
    journal.finish()
    assert journal.n_samples == N_FULL


@pytest.mark.only_on("posix")
def test_tape_tells_full_and_free(tmp_path: Path, limit_files: type[Limit]) -> None:
    box = NoticeBox()
    journal = Journal(tmp_path)
    tape = Tape(journal, box)
    limit_files(HEADER_BYTES + 2 * N_FULL)
    tape._append(voice(N_FULL + 1))
    tape._append(voice(1))
    (full,) = box.take()
    assert isinstance(full, DiskFull)
    assert isinstance(full.error, RecordingFullError)
    limit_files(None)
    tape._append(voice(1))
    assert box.take() == [DiskFree((N_FULL + 3) / 16_000)]
    journal.finish()


@pytest.mark.only_on("posix")
def test_recorder_says_what_a_full_disk_cost(tmp_path: Path, limit_files: type[Limit]) -> None:
    system = FakeSystem()
    recorder = Recorder(tmp_path, None, system.open, keeps_awake=False)
    session = Session(recorder, system)
    limit_files(HEADER_BYTES + 2 * N_FULL)
    recorder.start()
    system.stream().give(noise(N_FULL + 16_000), block=50_000)
    assert session.finish() == ["Started", "DiskFull", "Finished"]
    finished = session.one(Finished)
    assert isinstance(finished, Finished)
    assert finished.lost_s == 1.0
    assert finished.recording is not None
    assert finished.recording.duration_s == N_FULL / 16_000
    limit_files(None)
    assert len(read_clip(finished.recording.path)) == N_FULL


@pytest.mark.only_on("posix")
def test_recording_ends_when_memory_is_full_too(tmp_path: Path, limit_files: type[Limit]) -> None:
    system = FakeSystem()
    recorder = Recorder(tmp_path, None, system.open, keeps_awake=False)
    session = Session(recorder, system)
    limit_files(HEADER_BYTES + 2 * N_FULL)
    recorder.start()
    zeros = np.zeros((N_FULL + PENDING_BYTES // 2 + 2_000_000, 1), np.float32)
    system.stream().give(zeros, block=1_000_000)
    session.wait_for(Finished)
    failed = session.one(Failed)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, RecordingFullError)
    assert recorder.recorded_s == N_FULL / 16_000


def test_no_room_is_told_before_anything_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 1000))
    with pytest.raises(RecordingFullError) as raised:
        Journal(tmp_path)
    assert str(tmp_path) in str(raised.value)
    assert list(tmp_path.iterdir()) == []
