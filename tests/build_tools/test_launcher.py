"""The launcher: unpack once, run in place, tidy up, whatever happens in between."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from build_tools import joining
from build_tools.payload import make_payload
from tests.build_tools.conftest import Small, make_program, make_small
from tests.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.only_on("linux")  # the small program is a shell script


def written(folder: Path) -> dict[Path, int]:
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}


def without_cache(small: Small) -> Small:
    """Somebody whose home cannot be written."""
    environment = {**small.environment, "HOME": "/proc/nowhere"}
    return Small(file=small.file, home=small.home, environment=environment)


def leftovers(small: Small) -> list[Path]:
    return list(small.file.parent.glob("songshu-*"))


def test_first_start_unpacks_everything(small: Small, tmp_path: Path) -> None:
    told = small.run("a b", "松鼠.wav")
    (version,) = small.versions
    assert told["here"] == str(version)
    assert told["argument"] == "松鼠.wav"
    assert told["executable"] == str(small.file)
    original = tmp_path / "program"
    for path in original.rglob("*"):
        copy = version / path.relative_to(original)
        assert copy.is_symlink() == path.is_symlink()
        if path.is_file():
            assert copy.read_bytes() == path.read_bytes()
    assert os.access(version / "Songshu", os.X_OK)
    assert not [path for path in small.cache.iterdir() if path.suffix == ".part"]


def test_later_start_writes_nothing(small: Small) -> None:
    small.run()
    before = written(small.cache)
    small.run()
    assert written(small.cache) == before


def test_cache_is_for_its_owner_alone(small: Small) -> None:
    small.run()
    assert small.versions[0].stat().st_mode & 0o077 == 0


def test_exit_code_is_the_programs(small: Small) -> None:
    process = small.start("fail")
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 7


@pytest.mark.parametrize("damage", ["gone", "shorter", "folder gone"])
def test_damaged_cache_is_filled_again(small: Small, damage: str) -> None:
    small.run()
    file = small.versions[0] / "_internal" / "包" / "large"
    if damage == "gone":
        file.unlink()
    elif damage == "shorter":
        file.write_bytes(b"x")
    else:
        shutil.rmtree(file.parent)
    small.run()
    assert file.stat().st_size == 12 << 20


def test_damaged_cache_is_filled_again_while_another_runs(small: Small) -> None:
    running = small.start_waiting()
    file = small.versions[0] / "_internal" / "包" / "large"
    file.unlink()
    small.run()
    assert file.stat().st_size == 12 << 20
    running.communicate("", timeout=PATIENCE_S)
    assert running.returncode == 0


@pytest.mark.parametrize("place", [0.1, 0.5, 0.999])
def test_damaged_executable_is_refused_and_leaves_nothing(small: Small, place: float) -> None:
    data = bytearray(small.file.read_bytes())
    payload = len(data) - len(make_payload(small.file.parent.parent / "program"))
    at = payload + int(place * (len(data) - payload))
    data[at] ^= 0x55
    small.file.write_bytes(data)
    process = small.start()
    _out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "damaged" in err
    assert small.versions == []
    wait_for(lambda: not leftovers(small), "nothing left")


def test_truncated_executable_is_refused(small: Small) -> None:
    data = small.file.read_bytes()
    small.file.write_bytes(data[: len(data) - (1 << 20)])
    process = small.start()
    _out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, "get it again" in err) == (1, True)
    assert small.versions == []


def test_what_follows_the_payload_does_not_matter(small: Small) -> None:
    with small.file.open("ab") as file:
        file.write(b"a signature")
    assert small.run()["executable"] == str(small.file)


def test_many_first_starts_at_once(small: Small) -> None:
    processes = [small.start(str(number)) for number in range(6)]
    for process in processes:
        out, err = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, f"here {small.versions[0]}" in out) == (0, True), err
    assert len(small.versions) == 1


def test_start_that_is_killed_while_it_unpacks(small: Small) -> None:
    process = small.start()
    wait_for(lambda: any(small.cache.glob("*.part/*")) or process.poll() is not None, "unpacking")
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    small.run()
    assert not list(small.cache.glob("*.part"))
    assert len(small.versions) == 1


def next_version(launcher: Path, small: Small, tmp_path: Path) -> Small:
    program = make_program(tmp_path / "program 2", note="newer")
    file = tmp_path / "newer"
    joining.join(launcher, None, make_payload(program), file)
    return Small(file=file, home=small.home, environment=small.environment)


def test_old_version_is_removed(launcher: Path, small: Small, tmp_path: Path) -> None:
    small.run()
    (old,) = small.versions
    newer = next_version(launcher, small, tmp_path)
    newer.run()
    assert old not in small.versions
    assert len(list(small.cache.glob("app-*"))) == 2  # one version and its lock


def test_old_version_that_runs_is_kept(launcher: Path, small: Small, tmp_path: Path) -> None:
    running = small.start_waiting()
    (old,) = small.versions
    newer = next_version(launcher, small, tmp_path)
    newer.run()
    assert old in small.versions
    running.communicate("", timeout=PATIENCE_S)
    newer.run()
    assert old not in small.versions


def test_foreign_files_in_the_cache_are_kept(small: Small) -> None:
    small.cache.mkdir(parents=True, mode=0o700)
    mine = small.cache / "app-notes.txt"
    mine.write_text("mine")
    small.run()
    assert mine.read_text() == "mine"


def test_without_a_cache_it_runs_and_leaves_nothing(small: Small) -> None:
    told = without_cache(small).run()
    assert Path(told["here"]).parent == small.file.parent
    wait_for(lambda: not leftovers(small), "nothing left")
    assert not small.cache.exists()


def test_reading_ahead_changes_nothing_but_the_time(launcher: Path, tmp_path: Path) -> None:
    program = make_program(tmp_path / "program")
    early = program / "_internal" / "libpython3.11.so.1.0"
    early.write_bytes(os.urandom(1 << 20))
    pack = tmp_path / "pack"
    pack.write_bytes(os.urandom(5000))
    small = make_small(launcher, tmp_path / "with pack", program, pack)
    told = []
    for wanted in ("0", "1"):
        environment = {**small.environment, "SONGSHU_READ_AHEAD": wanted}
        one = Small(file=small.file, home=small.home, environment=environment)
        told += [one.run(), one.run(), one.run("/a/file.wav"), one.run("command")]
    assert told[:4] == told[4:]
    copy = small.versions[0] / early.relative_to(program)
    assert copy.read_bytes() == early.read_bytes()


def test_program_is_told_of_the_folder_that_vanishes_with_it(small: Small) -> None:
    started = Small(
        file=small.file,
        home=small.home,
        environment={**small.environment, "SONGSHU_TEMPORARY": "of somebody else"},
    )
    assert started.run()["temporary"] == ""
    told = without_cache(started).run()
    assert told["temporary"] == told["here"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_without_a_cache_a_kill_leaves_nothing(small: Small, number: signal.Signals) -> None:
    process = without_cache(small).start_waiting()
    assert leftovers(small)
    process.send_signal(number)
    process.communicate(timeout=PATIENCE_S)
    wait_for(lambda: not leftovers(small), "nothing left")


@pytest.mark.only_on("root")  # gives a folder away
def test_cache_of_somebody_else_is_not_used(small: Small) -> None:
    small.cache.mkdir(parents=True)
    os.chown(small.cache, 65534, 65534)
    assert Path(small.run()["here"]).parent == small.file.parent
    wait_for(lambda: not leftovers(small), "nothing left")


def test_cache_that_everybody_can_write_is_not_used(small: Small) -> None:
    small.cache.mkdir(parents=True)
    small.cache.chmod(0o777)
    assert Path(small.run()["here"]).parent == small.file.parent


def test_portable_copy_keeps_its_cache_beside_it(small: Small) -> None:
    (small.file.parent / "portable").touch()
    here = Path(small.run()["here"])
    assert here.parent == small.file.parent / "data" / "cache"
    assert not small.cache.exists()


def test_link_to_the_executable_gives_the_executable(small: Small, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(small.file)
    linked = Small(file=link, home=small.home, environment=small.environment)
    assert linked.run()["executable"] == str(small.file)


def test_pack_lies_where_the_program_is_told(launcher: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.write_bytes(os.urandom(5000))
    program = make_program(tmp_path / "program")
    small = make_small(launcher, tmp_path / "with pack", program, pack)
    offset, n_bytes, payload, _ = map(int, small.run()["layout"].split(":"))
    data = small.file.read_bytes()
    assert offset % 4096 == payload % 4096 == 0
    assert data[offset : offset + n_bytes] == pack.read_bytes()


def test_same_program_gives_the_same_bytes(launcher: Path, tmp_path: Path) -> None:
    program = make_program(tmp_path / "program")
    files = [make_small(launcher, tmp_path / name, program).file for name in ("a", "b")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_file_that_is_no_launcher_is_not_joined(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"\x7fELF")
    with pytest.raises(joining.JoinError):
        joining.join(tmp_path / "other", None, b"", tmp_path / "target")


def test_compiler_that_fails_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(joining.JoinError):
        joining.compile_launcher(tmp_path / "launcher", windows=False)


def test_compiles_without_warnings(tmp_path: Path) -> None:
    sources = [str(path) for path in joining.SOURCES.glob("*.c") if "windows" not in path.name]
    command = ["cc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run([*command, "-o", str(tmp_path / "launcher"), *sources], check=True)
