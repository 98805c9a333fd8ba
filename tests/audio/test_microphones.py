"""Which microphones there are, by name and API, and how they are opened: PortAudio's side.

PulseAudio's side is tested on a real server in ``test_capture_pulse``.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.audio import portaudio, pulse
from app.audio.capture import (
    Captured,
    CaptureEvent,
    Ended,
    SoundDeviceStream,
    open_microphone,
)
from app.audio.microphones import (
    Microphone,
    default_microphone,
    find_microphone,
    list_microphones,
)
from app.errors import MicrophoneError, NoMicrophoneError
from tests.audio.fake_portaudio import FakePortAudio, Maker

MME, WASAPI, WDM = "MME", "Windows WASAPI", "Windows WDM-KS"
WINDOWS = [
    ("Headset (a very long name that i", MME, 2, 44_100.0),
    ("Headset (a very long name that is cut)", WASAPI, 1, 16_000.0),
    ("Loudspeaker", WASAPI, 0, 48_000.0),
    ("Loudspeaker [Loopback]", WASAPI, 2, 48_000.0),
    ("Array", WASAPI, 4, 48_000.0),
    ("Array", WDM, 4, 48_000.0),
]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    """Put a fake in place of the sound library, on a system without sound server."""
    monkeypatch.setenv("PATH", "")

    def put(devices: list[tuple[str, str, int, float]], **default: str) -> FakePortAudio:
        apis = list(dict.fromkeys(device[1] for device in devices)) or ["ALSA"]
        names = {api: default.get(api.replace(" ", "_"), "") for api in apis}
        fake = FakePortAudio(devices, apis, names)
        monkeypatch.setitem(sys.modules, "sounddevice", fake)  # type: ignore[arg-type]
        made.append(fake)
        return fake

    made: list[FakePortAudio] = []
    yield put
    for fake in made:
        assert not any(stream.is_open for stream in fake.streams), "a stream was left open"


def windows(install: Maker) -> FakePortAudio:
    return install(WINDOWS.copy(), Windows_WASAPI="Array")


def test_windows_lists_each_device_once_with_its_whole_name(install: Maker) -> None:
    windows(install)
    found = [(item.name, item.api, item.channels, item.rate) for item in list_microphones()]
    assert found == [
        ("Array", WASAPI, 4, 48_000),
        ("Headset (a very long name that is cut)", WASAPI, 1, 16_000),
        ("Loudspeaker [Loopback]", WASAPI, 2, 48_000),
    ]
    assert [item.is_loopback for item in list_microphones()] == [False, False, True]


@pytest.mark.parametrize(
    "name", ["Stereo Mix (Realtek)", "立体声混音 (Realtek)", "BlackHole 2ch", "What U Hear"]
)
def test_system_audio_is_known_by_name(install: Maker, name: str) -> None:
    install([(name, "Core Audio", 2, 48_000.0), ("Microphone", "Core Audio", 1, 48_000.0)])
    assert [item.is_loopback for item in list_microphones()] == [False, True]


def test_channels_of_a_plugin_are_not_believed(install: Maker) -> None:
    install([("default", "ALSA", 32, 44_100.0)], ALSA="default")
    assert default_microphone() == Microphone(name="default", api="ALSA", channels=2, rate=44_100)


def test_default_is_the_systems(install: Maker) -> None:
    windows(install)
    assert default_microphone().name == "Array"


def test_default_is_no_loopback_while_there_is_a_microphone(install: Maker) -> None:
    install(WINDOWS.copy(), Windows_WASAPI="Loudspeaker [Loopback]")
    assert not default_microphone().is_loopback


def test_no_device_no_default(install: Maker) -> None:
    install([])
    assert list_microphones() == []
    with pytest.raises(NoMicrophoneError, match="no device that records"):
        default_microphone()


def test_no_portaudio_is_no_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert list_microphones() == []
    with pytest.raises(NoMicrophoneError, match="PortAudio cannot be loaded"):
        default_microphone()
    array = Microphone(name="Array", api=WASAPI, channels=1, rate=16_000)
    with pytest.raises(NoMicrophoneError):
        SoundDeviceStream(array, lambda _: None)
    with pytest.raises(portaudio.PortAudioMissingError):
        portaudio.refresh()


def test_found_by_name_and_api_whatever_its_number(install: Maker) -> None:
    fake = windows(install)
    array = find_microphone("Array", WASAPI)
    assert array is not None
    fake.plugged.insert(0, ("New one", WASAPI, 1, 8000.0))
    assert find_microphone("Array", WASAPI) == array
    stream = open_microphone(array, lambda _: None)
    assert fake.streams[0].options["device"] == 5
    stream.close()
    assert find_microphone("Array", "PulseAudio") == array, "another API is better than nothing"
    assert find_microphone("Arra", WASAPI) is None


def test_list_is_fresh_at_each_call(install: Maker) -> None:
    fake = windows(install)
    fake.plugged[:] = WINDOWS[:2]
    assert [item.name for item in list_microphones()] == [WINDOWS[1][0]]
    fake.plugged.append(("USB", WASAPI, 1, 48_000.0))
    assert len(list_microphones()) == 2


def test_open_stream_survives_a_look_for_devices(install: Maker) -> None:
    fake = windows(install)
    stream = open_microphone(None, lambda _: None)
    fake.plugged.append(("USB", WASAPI, 1, 48_000.0))
    assert not portaudio.refresh()
    assert find_microphone("USB", WASAPI) is None
    assert fake.streams[0].is_open, "PortAudio was ended under a stream"
    stream.close()
    assert portaudio.refresh()
    assert find_microphone("USB", WASAPI) is not None


def test_library_that_failed_before_is_tried_again(install: Maker) -> None:
    fake = windows(install)
    fake._terminate()
    assert portaudio.refresh()
    assert len(list_microphones()) == 3


def test_library_that_fails_while_it_is_loaded_is_no_microphone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "sounddevice.py").write_text("raise Exception('Error initializing PortAudio')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    assert list_microphones() == []
    with pytest.raises(NoMicrophoneError, match="Error initializing PortAudio"):
        default_microphone()


def test_library_that_does_not_come_back_is_no_microphone(install: Maker) -> None:
    fake = windows(install)
    fake.refusal = "Error initializing PortAudio"
    assert list_microphones() == []
    with pytest.raises(NoMicrophoneError, match="PortAudio not initialized"):
        default_microphone()
    fake.refusal = ""
    assert default_microphone().name == "Array"


def test_list_is_not_renewed_while_it_is_read(install: Maker) -> None:
    fake = windows(install)
    could_renew = []

    def look() -> None:
        if got := portaudio._lock.acquire(blocking=False):
            portaudio._lock.release()
        could_renew.append(got)

    def watch() -> None:
        other = threading.Thread(target=look)
        other.start()
        other.join()

    fake.on_read = watch
    list_microphones()
    default_microphone()
    assert could_renew
    assert not any(could_renew), "PortAudio frees its list when it is initialised again"


def test_no_sound_server_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert pulse.sources() == []
    assert pulse.default_name() == ""
    watcher = pulse.Watcher(lambda: None)
    watcher.close()


def test_device_that_is_not_there(install: Maker) -> None:
    fake = windows(install)
    gone = Microphone(name="Gone", api=WASAPI, channels=1, rate=16_000)
    with pytest.raises(MicrophoneError, match='"Gone" cannot be used: it is not connected'):
        open_microphone(gone, lambda _: None)
    with pytest.raises(MicrophoneError, match="not connected"):
        SoundDeviceStream(gone, lambda _: None)
    assert fake.streams == []


def test_device_that_refuses(install: Maker) -> None:
    fake = windows(install)
    stream = open_microphone(None, lambda _: None)
    fake.refusal = "Device unavailable."
    with pytest.raises(MicrophoneError, match="Device unavailable"):
        stream.start()
    with pytest.raises(MicrophoneError, match="Device unavailable"):
        open_microphone(None, lambda _: None)
    stream.close()


def test_stream_copies_what_the_driver_gives(install: Maker) -> None:
    fake = windows(install)
    heard: list[CaptureEvent] = []
    stream = open_microphone(None, heard.append)
    assert fake.streams[0].options["samplerate"] == stream.rate == 48_000
    assert fake.streams[0].options["channels"] == 4
    stream.start()
    samples = np.full((100, 4), 0.25, np.float32)
    fake.streams[0].capture(samples, 100.0)
    fake.streams[0].capture(samples, 100.1, overflow=True)
    for event, is_after_gap in zip(heard, (False, True), strict=True):
        assert isinstance(event, Captured)
        assert event.is_after_gap is is_after_gap
        np.testing.assert_array_equal(event.samples, samples)
    stream.close()
    assert len(heard) == 2, "closing is not losing"


def test_device_that_ends_by_itself_is_told(install: Maker) -> None:
    fake = windows(install)
    heard: list[CaptureEvent] = []
    stream = open_microphone(None, heard.append)
    stream.start()
    fake.streams[0].end()
    assert heard == [Ended()]
    stream.close()


def test_stop_waits_for_what_was_said_before_it(install: Maker) -> None:
    fake = windows(install)
    heard: list[CaptureEvent] = []
    stream = open_microphone(None, heard.append)
    stream.start()
    device = fake.streams[0]
    device.clock_s = 101.0  # the moment of the call
    block = np.zeros((4800, 4), np.float32)  # 0.1 s
    stopping = threading.Thread(target=stream.stop)
    stopping.start()
    assert device.was_asked_time.wait(10)
    for captured_at_s in (100.7, 100.8, 100.9):
        assert device.active, "stopped although the last word is still in the driver"
        device.capture(block, captured_at_s)
    stopping.join(10)
    assert not device.active
    assert len(heard) == 3
    stream.close()


def test_stop_of_a_device_that_is_gone(install: Maker) -> None:
    fake = windows(install)
    stream = open_microphone(None, lambda _: None)
    stream.start()
    fake.streams[0].is_gone = True
    stream.stop()
    stream.close()


def test_stop_does_not_wait_for_a_dead_driver(install: Maker) -> None:
    fake = windows(install)
    stream = open_microphone(None, lambda _: None)
    stream.start()
    stream.stop()  # nothing comes, and it returns nevertheless
    assert not fake.streams[0].active
    stream.close()
