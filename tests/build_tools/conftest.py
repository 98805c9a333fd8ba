"""A launcher with a small program inside: a shell script that tells what it was given."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from build_tools import joining
from build_tools.payload import make_payload
from tests.waiting import PATIENCE_S

PROGRAM = """#!/bin/sh
echo "program $0"
for argument in "$@"; do echo "argument $argument"; done
echo "executable $SONGSHU_EXECUTABLE"
echo "layout $SONGSHU_LAYOUT"
echo "temporary $SONGSHU_TEMPORARY"
echo "here $(dirname "$(readlink -f "$0")")"
if [ "$1" = wait ]; then echo ready; read line; fi
if [ "$1" = fail ]; then exit 7; fi
"""


@dataclass(frozen=True, kw_only=True)
class Small:
    """An executable, and the environment in which it is started."""

    file: Path
    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def cache(self) -> Path:
        return self.home / ".cache" / "songshu"

    @property
    def versions(self) -> list[Path]:
        return sorted(path for path in self.cache.glob("app-*") if path.is_dir())

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.file), *arguments],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start_waiting(self) -> subprocess.Popen[str]:
        """Start it, and come back when the program inside runs; it ends with its input."""
        process = self.start("wait")
        assert process.stdout is not None
        assert "ready\n" in iter(process.stdout.readline, ""), "the program has ended"
        return process

    def run(self, *arguments: str) -> dict[str, str]:
        """Run it to its end; gives its lines by their first word."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, err
        return dict(line.split(" ", 1) for line in out.splitlines())


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("launcher") / "launcher"
    joining.compile_launcher(target)
    return target


def make_program(folder: Path, note: str = "") -> Path:
    """Make what PyInstaller would: a program and files beside it."""
    inside = folder / "_internal" / "包"
    inside.mkdir(parents=True)
    program = folder / "Songshu"
    program.write_text(f"{PROGRAM}# {note}\n")
    program.chmod(0o755)
    (inside / "empty").touch()
    (inside / "large").write_bytes(os.urandom(3 << 20) + bytes(9 << 20))
    (inside / "link").symlink_to("large")
    return folder


def make_small(launcher: Path, folder: Path, program: Path, pack: Path | None = None) -> Small:
    """Join an executable and give it a home of its own."""
    folder.mkdir(exist_ok=True)
    file = folder / "Songshu"
    joining.join(launcher, pack, make_payload(program), file)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "TMPDIR": str(folder)}
    return Small(file=file, home=home, environment=environment)


@pytest.fixture
def small(launcher: Path, tmp_path: Path) -> Small:
    program = make_program(tmp_path / "program")
    return make_small(launcher, tmp_path / "松鼠 and spaces", program)
