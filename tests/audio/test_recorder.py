"""The recorder on microphones that a test drives: every sample, and a word for all that fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio.microphones import Microphone
from app.audio.notices import (
    DeviceFound,
    DeviceLost,
    Failed,
    Finished,
    NoSound,
    Overflow,
    Paused,
    Resumed,
    SoundAgain,
    Started,
)
from app.audio.recorder import Recorder, State
from app.audio.resample import FloatArray
from app.errors import MicrophoneError, NoMicrophoneError, RecordingWriteError
from tests.audio.fake_microphone import FakeSystem, Session, as_recorded, microphone, noise
from tests.audio.media import tone
from tests.audio.signals import read_clip
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
Sessions = Callable[..., Session]


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    """Make recorders that are running."""
    made: list[Session] = []

    def make(system: FakeSystem | None = None, wanted: Microphone | None = None) -> Session:
        system = system or FakeSystem()
        recorder = Recorder(tmp_path, wanted, system.open, keeps_awake=False)
        made.append(Session(recorder, system))
        recorder.start()
        return made[-1]

    yield make
    for session in made:
        session.finish()


def recorded(session: Session) -> FloatArray:
    assert session.recorder.recording is not None
    return read_clip(session.recorder.recording.path)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("block", [160, 1103])
def test_every_sample_is_recorded(sessions: Sessions, rate: int, channels: int, block: int) -> None:
    samples = noise(rate + 123, channels)
    session = sessions(FakeSystem([microphone(rate=rate, channels=channels)]))
    session.system.stream().give(samples, block=block)
    assert session.finish() == ["Started", "Finished"]
    wanted = as_recorded(samples, rate)
    assert len(recorded(session)) == len(wanted) == round(len(samples) * 16_000 / rate)
    np.testing.assert_allclose(recorded(session), wanted, atol=1.01 / 32768)


@pytest.mark.parametrize("speed", [1, 20])
def test_followed_at_the_pace_of_speech_and_faster(sessions: Sessions, speed: int) -> None:
    samples = noise(round(16_000 * 1.5 * speed))
    session = sessions()
    reader = session.recorder.reader()
    session.system.stream().give_at(samples, speed)
    session.recorder.stop()
    heard = np.concatenate(list(reader.blocks()))
    np.testing.assert_array_equal(heard, as_recorded(samples, 16_000))
    assert reader.lag_s == 0


def test_stop_takes_what_the_driver_still_has(sessions: Sessions) -> None:
    samples = noise(10_000)
    session = sessions()
    stream = session.system.stream()
    stream.give(samples[:6000])
    stream.rest = samples[6000:]
    session.finish()
    np.testing.assert_array_equal(recorded(session), as_recorded(samples, 16_000))


def test_state_is_starting_until_the_first_sound(sessions: Sessions) -> None:
    session = sessions()
    stream = session.system.stream()
    assert session.recorder.state is State.STARTING
    stream.give(noise(10))
    session.wait_for(Started)
    assert session.recorder.state is State.RECORDING
    session.finish()
    assert session.recorder.state is State.FINISHED
    assert session.one(Started) == Started(microphone())


def test_nothing_recorded_leaves_no_file(sessions: Sessions, tmp_path: Path) -> None:
    session = sessions()
    session.system.stream()
    assert session.finish() == ["Finished"]
    assert session.one(Finished) == Finished(None, 0.0)
    assert list(tmp_path.iterdir()) == []


def test_pause_records_nothing_and_loses_nothing(sessions: Sessions) -> None:
    samples = noise(44_100, seed=1)
    session = sessions(FakeSystem([microphone(rate=44_100)]))
    stream = session.system.stream()
    stream.give(samples[:20_000])
    stream.rest = samples[20_000:20_500]
    session.recorder.pause()
    session.wait_for(Paused)
    assert session.recorder.state is State.PAUSED
    assert not stream.is_running, "the microphone's light stays on"
    assert session.recorder.level_db == -100
    session.recorder.resume()
    wait_for(lambda: stream.is_running)
    stream.give(samples[20_500:])
    assert session.finish() == ["Started", "Paused", "Resumed", "Finished"]
    parts = [as_recorded(part, 44_100) for part in (samples[:20_500], samples[20_500:])]
    np.testing.assert_allclose(recorded(session), np.concatenate(parts), atol=1.01 / 32768)
    assert session.one(Resumed).at_s == session.one(Paused).at_s == len(parts[0]) / 16_000


def test_stop_while_paused(sessions: Sessions) -> None:
    session = sessions()
    session.system.stream().give(noise(500))
    session.recorder.pause()
    session.recorder.pause()
    session.wait_for(Paused)
    assert session.finish() == ["Started", "Paused", "Finished"]
    assert len(recorded(session)) == 500


def test_lost_device_falls_back_to_the_default(sessions: Sessions) -> None:
    desk, usb = microphone("desk", 48_000), microphone("usb", 16_000)
    system = FakeSystem([desk, usb])
    session = sessions(system, usb)
    before, after = noise(8000, seed=1), noise(24_000, seed=2)
    stream = system.stream()
    stream.give(before)
    system.plugged = [desk]
    stream.die()
    system.stream(1).give(after)
    assert session.finish() == ["Started", "DeviceLost", "Finished"]
    assert session.one(DeviceLost) == DeviceLost(0.5, usb, desk)
    assert stream.is_closed
    wanted = np.concatenate([as_recorded(before, 16_000), as_recorded(after, 48_000)])
    np.testing.assert_allclose(recorded(session), wanted, atol=1.01 / 32768)


def test_lost_device_that_is_back_at_once_is_taken_again(sessions: Sessions) -> None:
    desk, usb = microphone("desk"), microphone("usb")
    session = sessions(FakeSystem([desk, usb]), usb)
    session.system.stream().give(noise(1600))
    session.system.streams[0].die()
    session.system.stream(1).give(noise(1600))
    session.finish()
    assert session.one(DeviceLost) == DeviceLost(0.1, usb, usb)
    assert len(recorded(session)) == 3200


def test_without_any_device_waits_for_one(sessions: Sessions) -> None:
    system = FakeSystem()
    session = sessions(system)
    system.stream().give(noise(1600))
    system.plugged = []
    system.streams[0].die()
    session.wait_for(DeviceLost)
    assert session.recorder.microphone is None
    system.plugged = [microphone("headset", 8000)]
    system.stream(1).give(noise(800))
    assert session.finish() == ["Started", "DeviceLost", "DeviceFound", "Finished"]
    assert session.one(DeviceLost) == DeviceLost(0.1, microphone(), None)
    assert session.one(DeviceFound) == DeviceFound(0.1, microphone("headset", 8000))
    assert len(recorded(session)) == 3200


def test_stop_without_any_device_keeps_what_there_is(sessions: Sessions) -> None:
    session = sessions()
    session.system.stream().give(noise(1600))
    session.system.plugged = []
    session.system.streams[0].die()
    session.wait_for(DeviceLost)
    session.finish()
    assert len(recorded(session)) == 1600


def test_silent_stream_counts_as_lost(sessions: Sessions) -> None:
    session = sessions()
    session.system.stream().give(noise(1600))
    session.wait_for(DeviceLost)  # nothing comes, and nobody says so
    session.system.stream(1).give(noise(1600))
    session.finish()
    assert len(recorded(session)) == 3200


def test_device_lost_while_paused_is_replaced_on_resume(sessions: Sessions) -> None:
    desk, usb = microphone("desk"), microphone("usb")
    system = FakeSystem([desk, usb])
    session = sessions(system, usb)
    system.stream().give(noise(1600))
    session.recorder.pause()
    session.wait_for(Paused)
    system.plugged, system.refusing = [desk], {"usb"}
    session.recorder.resume()
    system.stream(1).give(noise(1600))
    session.finish()
    assert session.one(DeviceLost) == DeviceLost(0.1, usb, desk)
    assert len(recorded(session)) == 3200


def test_microphone_that_the_system_exchanges_is_told(sessions: Sessions) -> None:
    session = sessions()
    stream = session.system.stream()
    stream.give(noise(1600))
    stream.move(microphone("other"))
    stream.give(noise(1600))
    session.finish()
    assert session.one(DeviceLost) == DeviceLost(0.1, microphone(), microphone("other"))
    assert len(recorded(session)) == 3200


@pytest.mark.parametrize("is_refusing", [True, False])
def test_chosen_microphone_that_is_not_there(sessions: Sessions, is_refusing: bool) -> None:
    desk, usb = microphone("desk"), microphone("usb")
    system = FakeSystem([desk, usb] if is_refusing else [desk], {"usb"})
    session = sessions(system, usb)
    wait_for(lambda: session.recorder.microphone == desk)
    system.streams[-1].give(noise(100))
    session.finish()
    assert session.one(DeviceLost) == DeviceLost(0.0, usb, desk)
    assert session.one(Started) == Started(desk)


def test_no_microphone_fails_and_leaves_no_file(sessions: Sessions, tmp_path: Path) -> None:
    session = sessions(FakeSystem([]))
    assert session.finish() == ["Failed", "Finished"]
    failed: Any = session.one(Failed)
    assert isinstance(failed.error, NoMicrophoneError)
    assert list(tmp_path.iterdir()) == []


def test_refusing_microphone_fails(sessions: Sessions) -> None:
    session = sessions(FakeSystem(refusing={"desk"}))
    assert session.finish() == ["Failed", "Finished"]
    failed: Any = session.one(Failed)
    assert isinstance(failed.error, MicrophoneError)
    assert session.system.streams[0].is_closed


def test_broken_block_ends_the_recording_and_keeps_it(
    sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    session = sessions()
    stream = session.system.stream()
    stream.give(noise(1600))
    stream.give_broken(np.zeros((2, 2, 2, 2), np.float32))
    session.wait_for(Finished)
    assert session.finish() == ["Started", "Failed", "Finished"]
    assert "the recorder failed" in caplog.text
    assert len(recorded(session)) == 1600


def test_samples_that_are_no_numbers_become_silence(sessions: Sessions) -> None:
    samples = noise(1600)
    samples[[3, 5, 7]] = np.array([[np.nan], [np.inf], [1e9]], np.float32)
    session = sessions()
    session.system.stream().give(samples)
    session.finish()
    assert not recorded(session)[[3, 5, 7]].any()
    samples[[3, 5, 7]] = 0
    np.testing.assert_array_equal(recorded(session), as_recorded(samples, 16_000))


def test_overflow_is_told_once_for_many(sessions: Sessions) -> None:
    session = sessions()
    stream = session.system.stream()
    stream.give(noise(1600))
    session.wait_for(Started)
    stream.give(noise(3000), is_after_gap=True)
    session.finish()
    assert session.one(Overflow) == Overflow(0.1, 3)
    assert len(recorded(session)) == 4600


def test_no_sound_is_told_after_two_seconds_and_its_end(sessions: Sessions) -> None:
    rng = np.random.default_rng(0)
    hiss = (10 ** (-55 / 20) * rng.standard_normal((32_000, 1))).astype(np.float32)
    session = sessions()
    stream = session.system.stream()
    stream.give(noise(1600), block=800)
    stream.give(hiss[:31_200], block=800)
    stream.give(noise(1600), block=800)  # 1.95 s: not yet
    stream.give(hiss, block=800)
    stream.give(noise(800), block=800)
    names = session.finish()
    assert names == ["Started", "NoSound", "SoundAgain", "Finished"]
    assert session.one(NoSound) == NoSound(pytest.approx(2.15), is_zero=False)
    assert session.one(SoundAgain) == SoundAgain(pytest.approx(4.2))


def test_muted_microphone_is_known_by_its_zeros(sessions: Sessions) -> None:
    session = sessions()
    session.system.stream().give(np.zeros((40_000, 1), np.float32))
    assert session.finish() == ["Started", "NoSound", "Finished"]
    assert session.one(NoSound) == NoSound(0.0, is_zero=True)


@pytest.mark.parametrize("is_moved", [True, False])
def test_silence_of_the_next_microphone_is_told_again(sessions: Sessions, is_moved: bool) -> None:
    session = sessions(FakeSystem([microphone("desk")]))
    silence = np.zeros((40_000, 1), np.float32)
    session.system.stream().give(silence)
    session.wait_for(NoSound)
    if is_moved:
        session.system.stream().move(microphone("headset"))
    else:
        session.system.stream().die()
    session.wait_for(DeviceLost)
    session.system.stream(0 if is_moved else 1).give(silence)
    assert session.finish() == ["Started", "NoSound", "DeviceLost", "NoSound", "Finished"]


def test_level_follows_the_sound(sessions: Sessions) -> None:
    session = sessions(FakeSystem([microphone(rate=48_000)]))
    assert session.recorder.level_db == -100
    session.system.stream().give(tone(1.0, 48_000)[:, np.newaxis])
    session.wait_recorded(15_000)
    assert session.recorder.level_db == pytest.approx(-9.03, abs=0.05)  # a sine of 0.5


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "none", None, FakeSystem().open)
    with pytest.raises(RecordingWriteError):
        recorder.start()


def test_recording_needs_no_model_and_no_sound_library() -> None:
    code = (
        "import sys, app.audio.recorder, app.audio.recovery\n"
        "bad = {'onnxruntime', 'llama_cpp', 'sounddevice', 'PySide6', 'app.engine'}\n"
        "print(sorted(bad & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
