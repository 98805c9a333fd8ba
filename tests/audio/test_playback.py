"""The player on a device that a test drives: what is heard, where it is, and what fails."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from app.audio.feed import Feed, FeedOptions
from app.audio.playback import Ended, Failed, Opened
from app.audio.resample import FloatArray
from app.audio.sink import SoundDeviceSink
from app.errors import (
    AudioNotFoundError,
    AudioReadError,
    NoOutputDeviceError,
    OutputDeviceLostError,
    UnsupportedAudioError,
)
from tests.audio.fake_sink import FakeSink, Rig
from tests.audio.media import tone, wav_bytes

RATE = 48_000


def ramp(duration_s: float) -> FloatArray:
    """Return a signal whose value says where it is: 0 … 0.9, float32 [n_samples]."""
    n_samples = round(duration_s * RATE)
    return np.linspace(0, 0.9, n_samples, endpoint=False).astype(np.float32)


def write_wav(path: Path, samples: FloatArray) -> Path:
    path.write_bytes(wav_bytes(samples, RATE, format_tag=3))
    return path


def loudest_hz(samples: FloatArray) -> float:
    windowed = samples * np.hanning(len(samples))
    return float(np.argmax(np.abs(np.fft.rfft(windowed))) * RATE / len(samples))


@pytest.fixture
def rigs() -> Iterator[Callable[..., Rig]]:
    made: list[Rig] = []

    def make(source: Path | io.RawIOBase | None = None, **options: float) -> Rig:
        made.append(Rig(FakeSink(RATE), **options))
        if source is not None:
            made[-1].player.open(source)  # type: ignore[arg-type]
            made[-1].settle()
        return made[-1]

    yield make
    for rig in made:
        rig.player.close()


@pytest.fixture
def ten_s(tmp_path: Path) -> Path:
    """Give ten seconds whose every sample tells its position."""
    return write_wav(tmp_path / "ramp.wav", ramp(10))


def test_open_tells_the_length_and_is_silent(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    assert rig.events == [Opened(10.0)]
    assert not rig.sink.is_running


def test_play_gives_every_sample_once(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.play()
    heard = rig.play_s(10)
    np.testing.assert_array_equal(heard, ramp(10))
    assert rig.events[-1] == Ended(pytest.approx(10.0))
    assert rig.sink.n_finished == 1
    assert rig.player.position_s == pytest.approx(10.0)


def test_play_after_the_end_begins_at_the_start(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.seek(9.5)
    rig.player.play()
    rig.play_s(1)
    rig.player.play()
    np.testing.assert_array_equal(rig.play_s(1), ramp(10)[:RATE])


def test_seek_is_exact_to_the_sample(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.play()
    rig.play_s(0.5)
    rig.player.seek(7.25)
    assert rig.player.position_s == 7.25  # at once, before anything was decoded
    heard = rig.play_s(0.5)
    np.testing.assert_array_equal(heard, ramp(10)[round(7.25 * RATE) :][: len(heard)])
    assert rig.player.position_s == pytest.approx(7.75)


def test_seek_beyond_the_end_ends(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.seek(50)
    rig.player.play()
    rig.settle()
    assert rig.kinds() == ["Opened", "Started", "Ended"]


def test_pause_is_silent_at_once_and_loses_nothing(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.play()
    rig.play_s(1)
    rig.sink.latency_s = 0.25  # a quarter of a second was taken but never heard
    rig.player.pause()
    assert not rig.sink.take(100).any()
    rig.settle()
    rig.sink.latency_s = 0.0
    assert rig.player.position_s == pytest.approx(0.75)
    rig.player.play()
    np.testing.assert_array_equal(rig.play_s(0.5), ramp(10)[round(0.75 * RATE) :][: RATE // 2])


@pytest.mark.parametrize("speed", [0.5, 1.0, 1.5, 2.0])
def test_position_is_what_is_heard(rigs: Callable[..., Rig], ten_s: Path, speed: float) -> None:
    rig = rigs(ten_s)
    rig.player.set_speed(speed)
    rig.player.play()
    rig.play_s(2)
    rig.sink.latency_s = 0.5
    assert rig.player.position_s == pytest.approx(1.5 * speed, abs=0.001)


def test_recording_that_is_opened_while_another_begins_has_the_speed(
    rigs: Callable[..., Rig], ten_s: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are to begin at 0 with the same options: the first must not count for the second."""
    rig = rigs(ten_s)
    begin = Feed.begin

    def begin_and_be_overtaken(feed: Feed, position_s: float, options: FeedOptions) -> None:
        begin(feed, position_s, options)
        monkeypatch.setattr(Feed, "begin", begin)
        rig.player.open(ten_s)

    monkeypatch.setattr(Feed, "begin", begin_and_be_overtaken)
    rig.player.set_speed(2.0)
    rig.settle()
    rig.player.play()
    rig.play_s(1)
    assert rig.player.position_s == pytest.approx(2.0, abs=0.001)


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.25, 2.0])
def test_speed_keeps_the_pitch(rigs: Callable[..., Rig], tmp_path: Path, speed: float) -> None:
    rig = rigs(write_wav(tmp_path / "tone.wav", tone(8, RATE, 440)))
    rig.player.set_speed(speed)
    rig.player.play()
    heard = rig.play_s(8 / speed + 0.5)
    assert loudest_hz(heard[RATE : 2 * RATE]) == pytest.approx(440, abs=2)
    assert np.count_nonzero(heard) / RATE == pytest.approx(8 / speed, abs=0.1)
    assert rig.kinds()[-1] == "Ended"


def test_speed_changes_where_it_is(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.play()
    rig.play_s(3)
    rig.player.set_speed(2.0)
    assert rig.player.position_s == pytest.approx(3.0)
    rig.play_s(1)
    assert rig.player.position_s == pytest.approx(5.0, abs=0.001)


def test_impossible_speed_is_our_own_bug(rigs: Callable[..., Rig]) -> None:
    with pytest.raises(ValueError, match="speed"):
        rigs().player.set_speed(3.0)


def test_loop_repeats_the_span_to_the_sample(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.set_loop((2.0, 2.5))
    rig.player.play()
    heard = rig.play_s(1.6)
    span, n_fade = ramp(10)[2 * RATE :][: RATE // 2], round(0.003 * RATE)
    for start in (0, RATE // 2, RATE):
        middle = heard[start : start + RATE // 2][n_fade:-n_fade]
        np.testing.assert_array_equal(middle, span[n_fade:-n_fade])
    assert rig.player.position_s == pytest.approx(2.1)


def test_loop_that_ends_goes_on_where_it_is(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.set_loop((2.0, 2.5))
    rig.player.play()
    rig.play_s(0.7)
    rig.player.set_loop(None)
    np.testing.assert_array_equal(rig.play_s(1), ramp(10)[round(2.2 * RATE) :][:RATE])


def test_loop_after_the_end_just_ends(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.set_loop((20.0, 21.0))
    rig.player.play()
    rig.settle()
    assert rig.kinds()[-1] == "Ended"


def with_pause() -> FloatArray:
    """Return 2 s of tone, 3 s of faint noise, 2 s of tone."""
    noise = np.random.default_rng(0).normal(0, 1e-3, 3 * RATE).astype(np.float32)
    return np.concatenate([tone(2, RATE), noise, tone(2, RATE)])


@pytest.mark.parametrize("speed", [1.0, 2.0])
def test_silence_is_shortened(rigs: Callable[..., Rig], tmp_path: Path, speed: float) -> None:
    rig = rigs(write_wav(tmp_path / "pause.wav", with_pause()))
    rig.player.set_skips_silence(True)
    rig.player.set_speed(speed)
    rig.player.play()
    heard = rig.play_s(5)
    assert np.count_nonzero(heard) / RATE == pytest.approx(4.15 / speed, abs=0.06)


def test_position_jumps_over_skipped_silence(rigs: Callable[..., Rig], tmp_path: Path) -> None:
    rig = rigs(write_wav(tmp_path / "pause.wav", with_pause()))
    rig.player.set_skips_silence(True)
    rig.player.play()
    rig.play_s(2)
    assert rig.player.position_s == pytest.approx(2.0, abs=0.001)
    rig.play_s(1.15)
    assert rig.player.position_s == pytest.approx(6.0, abs=0.02)


def test_loop_of_silence_is_heard_although_silence_is_skipped(
    rigs: Callable[..., Rig], tmp_path: Path
) -> None:
    rig = rigs(write_wav(tmp_path / "pause.wav", with_pause()))
    rig.player.set_skips_silence(True)
    rig.player.set_loop((3.0, 4.0))
    rig.player.play()
    assert np.count_nonzero(rig.play_s(2)) > 1.5 * RATE


def test_volume_follows_the_square_of_the_knob(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.seek(5)
    rig.player.set_volume(0.5)
    rig.player.play()
    np.testing.assert_allclose(rig.play_s(0.1), ramp(10)[5 * RATE :][: RATE // 10] / 4, rtol=1e-6)


def test_missing_file_fails_and_the_next_one_plays(
    rigs: Callable[..., Rig], tmp_path: Path, ten_s: Path
) -> None:
    rig = rigs(tmp_path / "nowhere.wav")
    assert isinstance(rig.events[-1], Failed)
    assert isinstance(rig.events[-1].error, AudioNotFoundError)
    rig.player.play()
    rig.settle()
    assert not rig.player.is_playing
    rig.player.open(ten_s)
    rig.player.play()
    np.testing.assert_array_equal(rig.play_s(1), ramp(10)[:RATE])


def test_file_that_is_no_audio_fails(rigs: Callable[..., Rig], tmp_path: Path) -> None:
    path = tmp_path / "bytes.dat"
    path.write_bytes(np.random.default_rng(0).bytes(5000))
    event = rigs(path).events[-1]
    assert isinstance(event, Failed)
    assert isinstance(event.error, UnsupportedAudioError)


def test_no_device_fails_and_works_once_there_is_one(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.sink.is_missing = True
    rig.player.play()
    rig.settle()
    assert isinstance(rig.events[-1], Failed)
    assert isinstance(rig.events[-1].error, NoOutputDeviceError)
    assert not rig.player.is_playing
    rig.sink.is_missing = False
    rig.player.play()
    np.testing.assert_array_equal(rig.play_s(1), ramp(10)[:RATE])


def test_lost_device_keeps_the_position(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s)
    rig.player.play()
    rig.play_s(2)
    rig.sink.lose()
    rig.settle()
    assert isinstance(rig.events[-1], Failed)
    assert isinstance(rig.events[-1].error, OutputDeviceLostError)
    assert rig.events[-1].error.position_s == pytest.approx(2.0)
    rig.player.play()
    np.testing.assert_array_equal(rig.play_s(1), ramp(10)[2 * RATE :][:RATE])


def test_device_that_takes_nothing_is_lost(rigs: Callable[..., Rig], ten_s: Path) -> None:
    rig = rigs(ten_s, stall_s=0.02)
    rig.player.play()
    with rig.player._changed:
        assert rig.player._changed.wait_for(lambda: not rig.player.is_playing, 10)
    rig.settle()
    assert isinstance(rig.events[-1], Failed)
    assert isinstance(rig.events[-1].error, OutputDeviceLostError)


class BreakingFile(io.BytesIO):
    """A file on a drive that is pulled out."""

    is_broken = False

    def read(self, size: int | None = -1, /) -> bytes:
        if self.is_broken:
            raise OSError(5, "Input/output error")
        return super().read(size)


def test_drive_that_goes_away_fails_and_can_come_back(rigs: Callable[..., Rig]) -> None:
    drive = BreakingFile(wav_bytes(ramp(10), RATE, format_tag=3))
    rig = rigs(drive)
    drive.is_broken = True
    rig.player.play()
    rig.play_s(9)
    assert isinstance(rig.events[-1], Failed)
    assert isinstance(rig.events[-1].error, AudioReadError)
    broken_s = rig.player.position_s
    assert 0 < broken_s < 9
    drive.is_broken = False
    rig.player.play()
    heard = rig.play_s(0.5)
    np.testing.assert_array_equal(heard, ramp(10)[round(broken_s * RATE) :][: len(heard)])


def test_reader_that_breaks_is_told_once_and_the_next_file_plays(
    rigs: Callable[..., Rig], ten_s: Path
) -> None:
    closed = io.BytesIO(wav_bytes(ramp(10), RATE, format_tag=3))
    rig = rigs(closed)
    closed.close()  # somebody else's mistake: reading raises ValueError
    rig.player.seek(5)
    rig.settle()
    assert rig.kinds() == ["Opened", "Failed"]
    assert rig.player.position_s == 5
    rig.player.play()  # tries again
    rig.settle()
    assert rig.kinds() == ["Opened", "Failed", "Failed"]
    assert not rig.player.is_playing
    rig.player.open(ten_s)
    rig.player.play()
    np.testing.assert_array_equal(rig.play_s(1), ramp(10)[:RATE])


def test_seek_while_the_end_is_heard_goes_on_there(
    rigs: Callable[..., Rig], ten_s: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = rigs(ten_s)
    rig.player.seek(9.9)
    rig.player.play()

    def finish() -> None:  # the device plays its last 0.1 s, and meanwhile somebody clicks
        rig.player.seek(3)
        rig.sink.is_running = False

    monkeypatch.setattr(rig.sink, "finish", finish)
    rig.play_s(0.1)
    assert rig.player.is_playing
    assert rig.sink.is_running
    assert "Ended" not in rig.kinds()
    np.testing.assert_array_equal(rig.play_s(1), ramp(10)[3 * RATE :][:RATE])


def test_file_deleted_while_it_plays_is_played_or_named(
    rigs: Callable[..., Rig], ten_s: Path
) -> None:
    rig = rigs(ten_s)
    rig.player.play()
    rig.play_s(1)
    ten_s.unlink(missing_ok=True)
    np.testing.assert_array_equal(rig.play_s(1), ramp(10)[RATE:][:RATE])  # it is still open
    rig.player.open(ten_s)
    rig.settle()
    assert isinstance(rig.events[-1], Failed)
    assert isinstance(rig.events[-1].error, AudioNotFoundError)


def test_another_file_replaces_the_first(
    rigs: Callable[..., Rig], tmp_path: Path, ten_s: Path
) -> None:
    rig = rigs(write_wav(tmp_path / "tone.wav", tone(3, RATE)))
    rig.player.set_loop((0, 1))
    rig.player.play()
    rig.play_s(1)
    rig.player.open(ten_s, position_s=4)
    rig.settle()
    assert not rig.player.is_playing
    assert rig.player.position_s == 4
    rig.player.play()
    np.testing.assert_array_equal(rig.play_s(2), ramp(10)[4 * RATE :][: 2 * RATE])


def test_closing_lets_go_of_the_device(ten_s: Path) -> None:
    rig = Rig(FakeSink(RATE))
    rig.player.open(ten_s)
    rig.player.play()
    rig.play_s(0.1)
    rig.player.close()
    assert rig.sink.is_closed


def test_real_sink_without_a_device_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import sounddevice  # looks for PortAudio

    def refuse(**options: object) -> None:
        raise sounddevice.PortAudioError("Error querying device -1")

    monkeypatch.setattr(sounddevice, "OutputStream", refuse)
    with pytest.raises(NoOutputDeviceError, match="querying device"):
        SoundDeviceSink().start(lambda out: None, lambda: None)
