"""The real sink on a real sound server: what PulseAudio's null sink recorded is what was played.

Skipped where there is no PulseAudio; the server is our own, in a folder of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import correlate

from tests.audio.media import wav_bytes

ROOT = Path(__file__).resolve().parents[2]
RATE = 48_000
PLAY = """
import sys, threading
from pathlib import Path
from app.audio.playback import Ended, Failed, Player
ended = threading.Event()
def note(event):
    print(type(event).__name__, flush=True)
    if isinstance(event, Failed):
        print(type(event.error).__name__, flush=True)
    if isinstance(event, (Ended, Failed)):
        ended.set()
player = Player(note)
player.open(Path(sys.argv[1]))
player.play()
ended.wait(60)
player.close()
"""


@dataclass
class Server:
    """A sound server whose only output records."""

    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def start_player(self, path: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PLAY, path],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


def wait_for(condition: Callable[[], object], timeout_s: float = 20.0) -> None:
    end_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end_s, "it does not come"
        time.sleep(0.02)  # between two questions to another process, which cannot call back


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    if not all(map(shutil.which, ("pulseaudio", "pactl", "parec"))):
        pytest.skip("there is no PulseAudio")
    (tmp_path / "run").mkdir(mode=0o700)
    (tmp_path / ".asoundrc").write_text(
        "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
    )
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "PULSE_RUNTIME_PATH": str(tmp_path / "run" / "pulse"),
    }
    for name in ("PULSE_SERVER", "DBUS_SESSION_BUS_ADDRESS"):
        environment.pop(name, None)
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    output = f"module-null-sink sink_name=heard rate={RATE} format=float32le channels=2"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "-L", output, "-L", "module-native-protocol-unix"],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        ask = ["pactl", "info"]
        quiet = subprocess.DEVNULL
        wait_for(
            lambda: (
                not subprocess.run(
                    ask, env=environment, stdout=quiet, stderr=quiet, check=False
                ).returncode
            )
        )
        probe = (
            "import sounddevice; sounddevice.check_output_settings(samplerate=48000, channels=2)"
        )
        found = subprocess.run(
            [sys.executable, "-c", probe], env=environment, capture_output=True, check=False
        )
        if found.returncode:
            pytest.skip("PortAudio does not reach PulseAudio")
        yield Server(environment, process)
    finally:
        process.kill()
        process.wait()


def test_recorded_sound_is_the_recording(server: Server, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = (rng.uniform(-0.3, 0.3, 3 * RATE)).astype(np.float32)
    path = tmp_path / "noise.wav"
    path.write_bytes(wav_bytes(noise, RATE, format_tag=3))
    heard_path = tmp_path / "heard.raw"
    options = ["-d", "heard.monitor", "--format=float32le", f"--rate={RATE}", "--channels=1"]
    with heard_path.open("wb") as file:
        recorder = subprocess.Popen(
            ["parec", "--latency-msec=20", *options], env=server.environment, stdout=file
        )
    wait_for(lambda: heard_path.stat().st_size)
    player = server.start_player(path)
    said, _ = player.communicate(timeout=60)
    assert said.split() == ["Opened", "Started", "Ended"]
    n_wanted = heard_path.stat().st_size + 4 * RATE // 2  # what is still under way
    wait_for(lambda: heard_path.stat().st_size > n_wanted)
    recorder.terminate()
    recorder.wait()
    heard = np.fromfile(heard_path, "<f4")
    middle = noise[RATE // 2 : 5 * RATE // 2]
    likeness = correlate(heard, middle, "valid")
    at = int(np.argmax(likeness))
    np.testing.assert_allclose(heard[at : at + len(middle)], middle, atol=1e-4)


def test_server_that_dies_is_a_lost_device(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "noise.wav"
    path.write_bytes(wav_bytes(np.full(60 * RATE, 0.1, np.float32), RATE, format_tag=3))
    player = server.start_player(path)
    assert player.stdout is not None
    assert [player.stdout.readline().strip() for _ in range(2)] == ["Opened", "Started"]
    server.process.kill()
    said, _ = player.communicate(timeout=60)
    assert said.split() == ["Failed", "OutputDeviceLostError"]
