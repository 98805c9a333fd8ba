"""The real sink on a real sound server: what PulseAudio's null sink recorded is what was played."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import correlate

from tests.audio.media import wav_bytes
from tests.audio.sound_server import RATE, Server, sound_server
from tests.waiting import wait_for

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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with sound_server(tmp_path) as running:
        yield running


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
    player = server.run_python(PLAY, path)
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
    player = server.run_python(PLAY, path)
    assert player.stdout is not None
    assert [player.stdout.readline().strip() for _ in range(2)] == ["Opened", "Started"]
    server.process.kill()
    said, _ = player.communicate(timeout=60)
    assert said.split() == ["Failed", "OutputDeviceLostError"]
