"""Other programs, and Songshu itself, started from the executable."""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
from multiprocessing import context, reduction
from pathlib import Path

from app.licences import read_licences
from build_tools.environments import ROOT, RUNTIME
from tests.frozen.conftest import RUN_S, Frozen

SPY = """#!/bin/sh
env > "$SPY_FILE"
ls -l /proc/$$/fd >> "$SPY_FILE"
"""


def test_programs_of_the_system_get_the_systems_libraries(frozen: Frozen, place: Path) -> None:
    """``integrate`` has the menus made anew; a spy stands in for the program that does it."""
    programs = place / "programs"
    programs.mkdir()
    spy = programs / "update-desktop-database"
    spy.write_text(SPY)
    spy.chmod(0o755)
    told = frozen.home / "told"
    search = f"{programs}:{os.environ['PATH']}"
    frozen.run("integrate", PATH=search, SPY_FILE=str(told), LD_LIBRARY_PATH="/opt/mine")
    lines = told.read_text().splitlines()
    assert "LD_LIBRARY_PATH=/opt/mine" in lines
    assert not [line for line in lines if line.startswith("SONGSHU_KEPT")]
    assert not [line for line in lines if line.endswith(".use")]  # the launcher's locks


def in_a_pipe(process: multiprocessing.Process) -> bytes:
    """Write what a parent sends to a child that it spawns."""
    stream = io.BytesIO()
    context.set_spawning_popen(object())  # only then may a process be pickled
    try:
        reduction.dump({}, stream)
        reduction.dump(process, stream)
    finally:
        context.set_spawning_popen(None)
    return stream.getvalue()


def test_child_of_multiprocessing_does_its_work_and_opens_no_window(used: Frozen) -> None:
    child = multiprocessing.get_context("spawn").Process(target=print, args=("from a child",))
    read, write = os.pipe()
    os.set_inheritable(read, True)
    with os.fdopen(write, "wb") as pipe:
        pipe.write(in_a_pipe(child))
    try:
        result = subprocess.run(
            used.command("--multiprocessing-fork", f"tracker_fd={read}", f"pipe_handle={read}"),
            env=used.environment(),
            pass_fds=[read],
            capture_output=True,
            text=True,
            timeout=RUN_S,
            check=False,
        )
    finally:
        os.close(read)
    assert (result.returncode, result.stdout) == (0, "from a child\n"), result.stderr


def plain(name: str) -> str:
    """Write a package's name as pip compares it."""
    return name.lower().replace("_", "-")


def test_list_of_licences_names_what_is_inside_with_its_version(used: Frozen) -> None:
    listed = read_licences(used.program / "_internal" / "THIRD-PARTY.json")
    assert listed.whole == "Apache-2.0"
    versions = {plain(entry.name): entry.version for entry in listed.entries}
    for line in (ROOT / RUNTIME.files[0]).read_text("utf-8").splitlines():
        requirement = line.partition("#")[0].partition(";")[0].strip()
        if requirement:
            name, _, version = requirement.partition("==")
            assert versions[plain(name)] == version
    assert {"llama.cpp", "ggml", "ffmpeg", "portaudio", "qt", "python"} <= set(versions)
    assert not [entry.title for entry in listed.entries if "Sleepycat" in entry.licence]
    assert all(entry.text for entry in listed.entries)
