"""Where no window can be opened, as over SSH: a word of advice, not an abort inside Qt."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import lacks_display
from tests.packs import ROOT

pytestmark = pytest.mark.only_on("linux")  # a display is never missing elsewhere
NAMES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR")


@pytest.mark.parametrize("name", NAMES[:3])
def test_one_of_three_names_is_enough(name: str) -> None:
    assert not lacks_display({name: "x"})
    assert lacks_display({name: ""})


def test_wayland_has_a_socket_that_need_not_be_named(tmp_path: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    assert lacks_display(environment)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        assert not lacks_display(environment)


@pytest.mark.parametrize("arguments", [[], ["talk.wav"], ["--toggle"]])
def test_window_is_refused_with_advice(arguments: list[str], tmp_path: Path) -> None:
    environment = {name: text for name, text in os.environ.items() if name not in NAMES}
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env=environment | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "transcribe FILE" in done.stderr
    assert done.stdout == ""
