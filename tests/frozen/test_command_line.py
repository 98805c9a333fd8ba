"""The executable as a command: other people's accounts, no network, no home, no terminal."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from pathlib import Path

from app import paths
from tests.frozen.conftest import RUN_S, STRANGER, Frozen
from tests.packs import ROOT
from tests.waiting import wait_for

SAMPLE = ROOT / "samples" / "squirrel.wav"
SAID = "red squirrel"


def readable_sample(place: Path) -> Path:
    """The sample where everybody can read it (the checkout may lie in root's home)."""
    file = place / "squirrel 松鼠.wav"
    if not file.exists():
        file.write_bytes(SAMPLE.read_bytes())
        file.chmod(0o644)
    return file


def test_self_test_as_nobody_without_network(frozen: Frozen) -> None:
    result = frozen.run("--selftest", network=False)
    assert "self-test passed" in result.stdout
    assert SAID in result.stdout
    assert str(frozen.program) in result.stdout
    assert "FAILED" not in result.stdout
    assert result.stderr == ""


def test_self_test_finds_a_changed_file(frozen: Frozen) -> None:
    frozen.run("--version")
    file = frozen.program / "_internal" / "samples" / "squirrel.txt"
    file.write_bytes(file.read_bytes().swapcase())
    result = frozen.run("--selftest", expect=1)
    assert "changed in" in result.stdout
    assert "squirrel.txt" in result.stdout


def test_self_test_of_somebody_without_a_home(used: Frozen) -> None:
    stranger = dataclasses.replace(used, user=STRANGER)
    command = stranger.command("--selftest", network=False)
    result = subprocess.run(
        command, env={}, cwd="/", capture_output=True, text=True, timeout=RUN_S, check=False
    )
    assert "self-test passed" in result.stdout, result.stdout + result.stderr


def test_home_that_cannot_be_written_leaves_nothing_behind(used: Frozen, place: Path) -> None:
    folder = place / "temporary"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o1777)
    stranger = dataclasses.replace(used, user=STRANGER)
    result = stranger.run("transcribe", str(readable_sample(place)), TMPDIR=str(folder))
    assert SAID in result.stdout
    wait_for(lambda: not list(folder.iterdir()), "nothing left", RUN_S)


def test_subcommands(used: Frozen, place: Path) -> None:
    assert used.run("packs", "list").stdout.split("\t")[-1].strip() == str(paths.BUILT_IN_PACK)
    assert "intact" in used.run("packs", "verify").stdout
    assert "AVX" in used.run("devices").stdout or "SSE" in used.run("devices").stdout
    assert re.fullmatch(r"songshu [\d.]+\n", used.run("--version").stdout)
    assert "usage" in used.run("nonsense", expect=2).stderr
    line = used.run("transcribe", "--format", "json", str(readable_sample(place))).stdout
    assert SAID in json.loads(line)["text"]


def test_without_any_stream(used: Frozen, place: Path) -> None:
    """As on Windows without a console: Python has no stdout and no stderr then."""
    output = place / "written"
    output.mkdir(exist_ok=True)
    output.chmod(0o1777)
    command = used.command(
        "transcribe", "--overwrite", "--output", str(output), str(readable_sample(place))
    )
    shell = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command]
    subprocess.run(shell, env=used.environment(), cwd="/", timeout=RUN_S, check=True)
    assert SAID in (output / "squirrel 松鼠.txt").read_text()


def test_sound_from_a_pipe_and_text_into_a_pipe(used: Frozen) -> None:
    with SAMPLE.open("rb") as sound:
        result = subprocess.run(
            used.command("transcribe", "-"),
            env=used.environment(),
            stdin=sound,
            capture_output=True,
            text=True,
            timeout=RUN_S,
            check=True,
        )
    assert SAID in result.stdout


def start_with_the_pack(used: Frozen) -> subprocess.Popen[bytes]:
    """Start it, and wait until the program, no longer the launcher, has mapped its pack."""
    process = subprocess.Popen(
        used.command("transcribe", "-"),
        env=used.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    own = Path(f"/proc/{process.pid}")

    def is_mapped() -> bool:
        assert process.poll() is None
        is_program = (own / "exe").readlink().is_relative_to(used.program)
        return is_program and str(used.file) in (own / "maps").read_text()

    wait_for(is_mapped, "the pack in memory", RUN_S)
    return process


def test_pack_is_mapped_from_the_executable(used: Frozen) -> None:
    process = start_with_the_pack(used)
    descriptors = [str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()]
    process.communicate(SAMPLE.read_bytes(), timeout=RUN_S)
    assert not [name for name in descriptors if name.endswith((".gguf", ".onnx"))]


def test_kept_locks_end_with_the_program(used: Frozen) -> None:
    """A browser that Songshu opens must not keep an old version in the cache."""
    process = start_with_the_pack(used)
    folder = Path(f"/proc/{process.pid}/fdinfo")
    closing = 0o2000000  # O_CLOEXEC
    for link in Path(f"/proc/{process.pid}/fd").iterdir():
        if str(link.readlink()).endswith(".use"):
            flags = re.search(r"flags:\s*(\d+)", (folder / link.name).read_text())
            assert flags is not None
            assert int(flags[1], 8) & closing
            break
    else:
        raise AssertionError("nothing says that this version is in use")
    process.communicate(SAMPLE.read_bytes(), timeout=RUN_S)


def test_two_first_starts_at_once(frozen: Frozen) -> None:
    processes = [
        subprocess.Popen(
            frozen.command("packs", "list"), env=frozen.environment(), stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in processes:
        out, _ = process.communicate(timeout=RUN_S)
        assert (process.returncode, b"starter" in out or b"\t" in out) == (0, True)
    assert frozen.program.is_dir()
