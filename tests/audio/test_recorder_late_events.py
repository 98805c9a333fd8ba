"""What a driver still tells when nobody expects it any more must end no recording."""

from __future__ import annotations

import queue
from pathlib import Path

from app.audio.capture import Captured, CaptureStream, Ended, OnEvent
from app.audio.microphone_link import MicrophoneLink
from app.audio.microphones import Microphone
from app.audio.notices import DeviceLost, Paused
from app.audio.recorder import Recorder
from app.errors import MicrophoneError
from tests.audio.fake_microphone import FakeStream, FakeSystem, Session, microphone, noise
from tests.audio.signals import read_clip


def record(folder: Path, system: FakeSystem, wanted: Microphone | None = None) -> Session:
    session = Session(Recorder(folder, wanted, system.open, keeps_awake=False), system)
    session.recorder.start()
    return session


def n_recorded(session: Session) -> int:
    assert session.recorder.recording is not None
    return len(read_clip(session.recorder.recording.path))


def test_samples_after_the_pause_are_not_recorded(tmp_path: Path) -> None:
    session = record(tmp_path, FakeSystem())
    stream = session.system.stream()
    stream.give(noise(1600))
    session.recorder.pause()
    session.wait_for(Paused)
    stream.give_broken(noise(1600))  # the driver took its time to stop
    session.recorder.resume()
    session.system.wait_until_running(stream)
    stream.give(noise(800))
    assert session.finish() == ["Started", "Paused", "Resumed", "Finished"]
    assert n_recorded(session) == 2400


class DyingStream(FakeStream):
    """Tells its end and a sample while it refuses to start."""

    def start(self) -> None:
        self.give_broken(noise(100))
        self.die()
        raise MicrophoneError(self.microphone.name, "it is busy")


def test_stream_that_did_not_start_is_not_heard(tmp_path: Path) -> None:
    system = FakeSystem()
    events: queue.SimpleQueue[object] = queue.SimpleQueue()

    def open_dying(_wanted: Microphone | None, on_event: OnEvent) -> CaptureStream:
        return DyingStream(system, microphone(), on_event)

    link = MicrophoneLink(events, open_dying, None)
    assert not link.open_other()
    late = [events.get_nowait() for _ in range(2)]
    assert [type(item.event) for item in late] == [Captured, Ended]  # type: ignore[attr-defined]
    assert not any(link.is_current(item) for item in late)  # type: ignore[arg-type]


def test_chosen_microphone_that_came_back_while_paused_is_taken_again(tmp_path: Path) -> None:
    desk, usb = microphone("desk"), microphone("usb")
    session = record(tmp_path, FakeSystem([desk, usb]), usb)
    stream = session.system.stream()
    stream.give(noise(1600))
    session.recorder.pause()
    session.wait_for(Paused)
    stream.is_stale = True  # pulled out and put in again: it must be opened anew
    session.recorder.resume()
    session.system.stream(1).give(noise(1600))
    session.finish()
    assert session.one(DeviceLost) == DeviceLost(0.1, usb, usb)
    assert n_recorded(session) == 3200
