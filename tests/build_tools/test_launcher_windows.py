"""The launcher for Windows, compiled by mingw and run under Wine, where both are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from build_tools import joining
from build_tools.payload import make_payload

COMPILER = "x86_64-w64-mingw32-gcc"
PROGRAM = r"""
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
int main(int n, char **arguments)
{
    char here[999];
    GetModuleFileNameA(0, here, 999);
    printf("here %s\nexecutable %s\nlayout %s\n", here, getenv("SONGSHU_EXECUTABLE"),
           getenv("SONGSHU_LAYOUT"));
    for (int i = 1; i < n; i++)
        printf("argument %s\n", arguments[i]);
    return n > 1 && !strcmp(arguments[1], "fail") ? 7 : 0;
}
"""
pytestmark = pytest.mark.only_on("wine")


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wine")


@pytest.fixture(scope="module")
def executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("windows")
    program = folder / "program"
    (program / "_internal" / "sub").mkdir(parents=True)
    (program / "_internal" / "sub" / "large").write_bytes(os.urandom(1 << 20) + bytes(5 << 20))
    (program / "_internal" / "empty").touch()
    (folder / "program.c").write_text(PROGRAM)
    command = [COMPILER, str(folder / "program.c"), "-o", str(program / "Songshu.exe")]
    subprocess.run(command, check=True)
    joining.compile_launcher(folder / "launcher.exe", windows=True)
    target = folder / "松鼠 app.exe"
    joining.join(folder / "launcher.exe", None, make_payload(program), target)
    return target


def run(executable: Path, prefix: Path, *arguments: str) -> tuple[int, list[str]]:
    environment = {
        **os.environ,
        "WINEPREFIX": str(prefix),
        "WINEDEBUG": "-all",
        "LC_ALL": "C.UTF-8",
    }
    result = subprocess.run(
        ["wine", str(executable), *arguments],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )
    return result.returncode, result.stdout.splitlines()


def cache(prefix: Path) -> Path:
    (folder,) = prefix.glob("drive_c/users/*/AppData/Local/Songshu/cache")
    return folder


def test_unpacks_once_and_runs(executable: Path, prefix: Path) -> None:
    code, lines = run(executable, prefix, "a b", "c")
    assert code == 0, lines
    assert [line for line in lines if line.startswith("argument")] == ["argument a b", "argument c"]
    (version,) = (path for path in cache(prefix).glob("app-*") if path.is_dir())
    assert (version / "_internal" / "sub" / "large").stat().st_size == 6 << 20
    before = {path: path.stat().st_mtime_ns for path in version.rglob("*")}
    assert run(executable, prefix)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in version.rglob("*")} == before


def test_gives_the_programs_exit_code(executable: Path, prefix: Path) -> None:
    assert run(executable, prefix, "fail")[0] == 7


def test_damaged_cache_is_filled_again(executable: Path, prefix: Path) -> None:
    run(executable, prefix)
    (file,) = cache(prefix).glob("app-*/_internal/sub/large")
    file.unlink()
    assert run(executable, prefix)[0] == 0
    assert file.stat().st_size == 6 << 20


def test_damaged_executable_is_refused(executable: Path, prefix: Path, tmp_path: Path) -> None:
    data = bytearray(executable.read_bytes())
    data[-1000] ^= 1
    damaged = tmp_path / "damaged.exe"
    damaged.write_bytes(data)
    shutil.rmtree(cache(prefix), ignore_errors=True)
    assert run(damaged, prefix)[0] == 1
    assert not [path for path in cache(prefix).glob("app-*") if path.is_dir()]


def test_portable_copy_keeps_its_cache_beside_it(
    executable: Path, prefix: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "Songshu.exe"
    shutil.copy(executable, copy)
    (tmp_path / "portable.txt").touch()
    assert run(copy, prefix)[0] == 0
    assert list((tmp_path / "data" / "cache").glob("app-*/Songshu.exe"))
