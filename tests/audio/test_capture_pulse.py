"""Real sound, end to end: what is played into PulseAudio's null sink is in the recording, whole.

The null sink's monitor stands for a microphone. At 16 kHz nobody resamples, so every sample must be
the same bit by bit; at other rates our resampler is between, and the result must be what it makes
of the clip, to the last bit of 16.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from scipy.signal import correlate, resample_poly

from app.audio.recovery import find_unfinished
from app.audio.resample import FLUSH_S, FloatArray
from tests.audio.fake_microphone import as_recorded
from tests.audio.signals import DATA, read_clip
from tests.audio.sound_server import NULL_SINK, Server, sound_server

RECORD = """
import json, sys, threading
from pathlib import Path
from app.audio.microphones import find_microphone
from app.audio.recorder import Recorder
microphone = find_microphone(sys.argv[2], "PulseAudio") if sys.argv[2] else None
recorder = Recorder(Path(sys.argv[1]), microphone, keeps_awake=False)
def tell():
    while not recorder.wait(0.02):
        say()
    say()
def say():
    for notice in recorder.notices():
        names = {key: getattr(getattr(notice, key, None), "name", None)
                 for key in ("microphone", "fallback")}
        names["at_s"] = getattr(notice, "at_s", None)
        print(json.dumps({"kind": type(notice).__name__, **names}), flush=True)
recorder.start()
teller = threading.Thread(target=tell)
teller.start()
sys.stdin.readline()
recorder.stop()
teller.join()
"""
LIST = """
import json
from app.audio.microphones import default_microphone, find_microphone, list_microphones
print(json.dumps({
    "all": [[m.name, m.rate, m.channels, m.is_loopback, m.title] for m in list_microphones()],
    "default": default_microphone().name,
    "usb": find_microphone("usb", "PulseAudio") is not None,
}), flush=True)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with sound_server(tmp_path) as running:
        yield running


class Session:
    """A recorder in a process of its own.

    What is killed with it is seen by ``kill``.

    Attributes:
        said: the notices so far, as dictionaries with kind, microphone, fallback, at_s.
    """

    def __init__(self, server: Server, folder: Path, source: str = "") -> None:
        folder.mkdir()
        self.folder = folder
        self.said: list[dict[str, Any]] = []
        self._process = server.run_python(RECORD, folder, source)

    def wait_for(self, kind: str) -> dict[str, Any]:
        assert self._process.stdout is not None
        while not self.said or self.said[-1]["kind"] != kind:
            line = self._process.stdout.readline()
            assert line, f"{kind} does not come after {self.said}"
            self.said.append(json.loads(line))
        return self.said[-1]

    def stop(self) -> FloatArray:
        """Stop, and return what is in the file."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.wait_for("Finished")
        self._process.communicate(timeout=30)
        (path,) = self.folder.glob("*.wav")
        return read_clip(path)

    def kill(self) -> None:
        """Kill it, and wait until its children are gone too."""
        children = psutil.Process(self._process.pid).children(recursive=True)
        assert [child.name() for child in children] == ["pactl"]
        self._process.kill()
        self._process.communicate()
        assert psutil.wait_procs(children, timeout=10)[1] == []

    def kinds(self) -> list[str]:
        return [notice["kind"] for notice in self.said if notice["kind"] not in SILENCES]


SAME = 0.9  # likeness: the server's own resampler leaves 0.98, other words have less than 0.5
SILENCES = {"NoSound", "SoundAgain"}  # nothing is played while the test gets ready


def mono_sink(rate: int, name: str) -> str:
    return NULL_SINK.format(rate=rate, name=name).replace("channels=2", "channels=1")


def play(server: Server, samples: FloatArray, rate: int, sink: str) -> None:
    """Play half a second of silence, then samples, and return when the last one was heard.

    The server itself loses up to 300 samples when a stream begins (parec misses the same ones).
    """
    samples = np.concatenate([np.zeros(rate // 2, np.float32), samples])
    options = ["--format=float32le", f"--rate={rate}", "--channels=1", "--latency-msec=2000"]
    subprocess.run(
        ["pacat", "--playback", "-d", sink, "--raw", *options],
        env=server.environment,
        input=samples.astype("<f4").tobytes(),
        check=True,
    )


def clip(name: str = "meeting_slt") -> FloatArray:
    """Return spoken words whose first and last sample are loud, so that neither can be missed."""
    words = read_clip(DATA / f"{name}.wav")
    loud = np.flatnonzero(np.abs(words) > 0.02)
    return words[loud[0] : loud[-1] + 1]


def test_every_sample_that_is_played_is_in_the_recording(server: Server, tmp_path: Path) -> None:
    server.load(mono_sink(16_000, "mic"))
    session = Session(server, tmp_path / "recordings", "mic.monitor")
    session.wait_for("Started")
    played = clip()
    play(server, played, 16_000, "mic")
    recorded = session.stop()
    assert session.kinds() == ["Started", "Finished"]
    at = int(np.argmax(correlate(recorded, played, "valid")))
    np.testing.assert_array_equal(recorded[at : at + len(played)], played)
    assert not recorded[:at].any()
    assert not recorded[at + len(played) :].any()


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_clip_is_whole_at_other_rates(server: Server, tmp_path: Path, rate: int) -> None:
    server.load(mono_sink(rate, "mic"))
    session = Session(server, tmp_path / "recordings", "mic.monitor")
    session.wait_for("Started")
    played = resample_poly(clip("yes_slt"), rate // 100, 160).astype(np.float32)
    play(server, played, rate, "mic")
    recorded = session.stop()
    lead = find_lead(recorded, played, rate)
    wanted = as_recorded(np.concatenate([np.zeros(lead, np.float32), played])[:, None], rate)
    n_both = min(len(wanted), len(recorded))
    assert n_both >= len(wanted) - 1, "the end is missing"
    worst = np.abs(recorded[:n_both] - wanted[:n_both]).max() * 32768
    print(f"{rate} Hz: worst difference {worst:.2f} steps of 16 bits over {n_both / 16_000:.1f} s")
    assert worst <= 1.01


def find_lead(recorded: FloatArray, played: FloatArray, rate: int) -> int:
    """Return after how many samples at the device's rate the clip began, exactly.

    The recording knows it to about one sample at 16 kHz; of the device's samples around it the one
    is taken whose resampled clip fits best.
    """
    expected = as_recorded(played[:, None], rate)
    near = round(int(np.argmax(correlate(recorded, expected, "valid"))) * rate / 16_000)

    def misfit(lead: int) -> float:
        padded = np.concatenate([np.zeros(lead, np.float32), played[: rate // 2]])
        wanted = as_recorded(padded[:, None], rate)[: -16_000 // 50]
        return float(np.square(recorded[: len(wanted)] - wanted).sum())

    return min(range(max(0, near - 6), near + 7), key=misfit)


def test_unplugged_microphone_keeps_all_and_goes_on(server: Server, tmp_path: Path) -> None:
    modules = [server.load(mono_sink(16_000, name)) for name in ("usb", "desk")]
    server.ask("set-default-source", "desk.monitor")
    session = Session(server, tmp_path / "recordings", "usb.monitor")
    session.wait_for("Started")
    played = clip("yes_slt")
    play(server, played, 16_000, "usb")
    server.ask("unload-module", modules[0])
    lost = session.wait_for("DeviceLost")
    assert (lost["microphone"], lost["fallback"]) == ("usb.monitor", "desk.monitor")
    play(server, played, 16_000, "desk")
    recorded = session.stop()
    assert session.kinds() == ["Started", "DeviceLost", "Finished"]
    for part in np.split(recorded, [round(lost["at_s"] * 16_000)]):
        at = int(np.argmax(correlate(part, played, "valid")))
        np.testing.assert_array_equal(part[at : at + len(played)], played)


def test_sound_server_that_dies_and_comes_back(server: Server, tmp_path: Path) -> None:
    session = Session(server, tmp_path / "recordings", "heard.monitor")
    session.wait_for("Started")
    played = clip("yes_slt")
    play(server, played, 16_000, "heard")
    server.restart()
    lost = session.wait_for("DeviceLost")
    assert lost["microphone"] == "heard.monitor"
    if lost["fallback"] is None:  # the new server was not ready at once
        assert session.wait_for("DeviceFound")["microphone"] == "heard.monitor"
    play(server, played, 16_000, "heard")
    recorded = session.stop()
    likeness = correlate(recorded, played, "valid") / np.square(played).sum()
    first = int(np.argmax(likeness))
    likeness[first - len(played) // 2 : first + len(played) // 2] = 0
    assert likeness.max() > SAME, "it is there only once"


def test_killed_recorder_leaves_a_recording_and_no_program(server: Server, tmp_path: Path) -> None:
    session = Session(server, tmp_path / "recordings", "heard.monitor")
    session.wait_for("NoSound")  # after 2 s
    session.kill()
    (unfinished,) = find_unfinished(tmp_path / "recordings")
    assert unfinished.duration_s >= 2 - FLUSH_S  # what the resampler still had


def test_microphones_come_and_go(server: Server) -> None:
    answer = listed(server)
    assert answer["all"] == [["heard.monitor", 48_000, 2, True, "Monitor of Null Output"]]
    assert answer["default"] == "heard.monitor"  # better than nothing
    assert not answer["usb"]
    words = "master=heard.monitor source_name=usb source_properties=device.description=USB-Mic"
    module = server.load(f"module-remap-source {words}")
    answer = listed(server)
    assert ["usb", 48_000, 2, False, "USB-Mic"] in answer["all"]
    assert answer["default"] == "usb"
    assert answer["usb"]
    server.ask("unload-module", module)
    assert not listed(server)["usb"]


def listed(server: Server) -> dict[str, Any]:
    said, _ = server.run_python(LIST).communicate(timeout=60)
    answer: dict[str, Any] = json.loads(said)
    return answer


def test_without_pactl_the_default_is_recorded(server: Server, tmp_path: Path) -> None:
    server.environment["PATH"] = "/nowhere"
    session = Session(server, tmp_path / "recordings")
    assert session.wait_for("Started")["microphone"] in ("default", "pulse")
    del server.environment["PATH"]
    server.environment["PATH"] = "/usr/bin:/bin"
    played = clip("yes_slt")
    play(server, played, 16_000, "heard")
    recorded = session.stop()
    likeness = correlate(recorded, played, "valid") / np.square(played).sum()
    assert likeness.max() > SAME
