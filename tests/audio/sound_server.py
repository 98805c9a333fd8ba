"""A PulseAudio server of our own, in a folder of its own, for tests with real sound.

A null sink named "heard" is the only output; what is played into it comes out of the source
"heard.monitor".
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.programs import need
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
RATE = 48_000
NULL_SINK = "module-null-sink rate={rate} format=float32le channels=2 sink_name={name}"


@dataclass
class Server:
    """A running server.

    Attributes:
        environment: for programs that shall play or record through it.
    """

    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def run_python(self, code: str, *words: str | Path) -> subprocess.Popen[str]:
        """Start Python code of ours; it is killed by nobody but the test."""
        return subprocess.Popen(
            [sys.executable, "-c", code, *words],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def restart(self) -> None:
        """Kill the server, and start it anew."""
        command = self.process.args
        self.process.kill()
        self.process.wait()
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, env=self.environment, stdout=quiet, stderr=quiet)
        wait_for(lambda: _succeeds(["pactl", "info"], self.environment), "PulseAudio")

    @property
    def sound(self) -> dict[str, str]:
        """What another environment needs to play and record here."""
        names = ("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH")
        return {name: self.environment[name] for name in names}

    def say(self, clip: Path) -> None:
        """Speak a clip to its end into "mouth"; see ``speaking_server``."""
        command = ["paplay", "--device=mouth", str(clip)]
        subprocess.run(command, env=self.environment, check=True, timeout=60)

    def ask(self, *words: str) -> str:
        """Ask pactl, and return its answer."""
        return subprocess.run(
            ["pactl", *words], env=self.environment, capture_output=True, check=True, text=True
        ).stdout

    def load(self, module: str) -> str:
        """Load a module, and return its number."""
        return self.ask("load-module", *module.split()).strip()


@contextmanager
def sound_server(folder: Path) -> Iterator[Server]:
    """Run a server."""
    need("pulseaudio", "pactl", "parec", "pacat")
    (folder / "run").mkdir(mode=0o700)
    (folder / ".asoundrc").write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "PULSE_RUNTIME_PATH": str(folder / "run" / "pulse"),
    }
    for name in ("PULSE_SERVER", "PULSE_SOURCE", "DBUS_SESSION_BUS_ADDRESS"):
        environment.pop(name, None)
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    output = NULL_SINK.format(rate=RATE, name="heard")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "-L", output, "-L", "module-native-protocol-unix"],
            env=environment,
            stdout=log,
            stderr=log,
        )
    server = Server(environment, process)
    try:
        wait_for(lambda: _succeeds(["pactl", "info"], environment), "PulseAudio")
        probe = "import sounddevice; sounddevice.check_output_settings(samplerate=48000)"
        if not _succeeds([sys.executable, "-c", probe], environment):
            pytest.fail("PortAudio does not reach PulseAudio: libasound2-plugins is missing.")
        yield server
    finally:
        server.process.kill()
        server.process.wait()


@contextmanager
def speaking_server(folder: Path) -> Iterator[Server]:
    """Run a server whose only microphone hears what is played into "mouth"."""
    with sound_server(folder) as server:
        server.load(NULL_SINK.format(rate=RATE, name="mouth"))
        server.load("module-remap-source master=mouth.monitor source_name=microphone")
        server.ask("set-default-source", "microphone")
        yield server


def _succeeds(command: list[str], environment: dict[str, str]) -> bool:
    result = subprocess.run(command, env=environment, capture_output=True, check=False)
    return not result.returncode
