"""ELF files as they are read, and the empty libraries that stand for unneeded ones."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from build_tools import llama_libraries, stubs
from build_tools.elf import is_elf, oldest_glibc, read_elf

pytestmark = pytest.mark.only_on("linux")  # ELF
ENCODER = """
int x264_encoder_open_165(void) { return 1; }
int x264_secret(void) { return 2; }
"""
CODECS = """
int x264_encoder_open_165(void);
int avcodec_version(void) { return x264_encoder_open_165(); }
"""


def compile_library(folder: Path, name: str, source: str, *more: str) -> Path:
    file = folder / name
    code = folder.parent / f"{name}.c"
    code.write_text(source)
    command = ["cc", "-shared", "-fPIC", f"-Wl,-soname,{name}", "-o", str(file), str(code), *more]
    subprocess.run(command, check=True)
    return file


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    folder = tmp_path / "av.libs"
    folder.mkdir()
    encoder = compile_library(folder, "libx264-abc.so.165", ENCODER)
    compile_library(folder, "libavcodec-abc.so.62", CODECS, str(encoder))
    return folder


def test_elf_is_read_as_readelf_reads_it() -> None:
    file = Path(os.__file__).parent / "lib-dynload"
    files = [*sorted(file.glob("*.so")), Path(sys.executable).resolve()]
    elf = read_elf(files[0])
    told = subprocess.run(
        ["readelf", "-dW", "--version-info", str(files[0])],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    ).stdout
    assert set(elf.needed) == set(re.findall(r"\(NEEDED\).*\[(.*)\]", told))
    needed_part = told.split("Version needs section")[-1]
    assert elf.versions == set(re.findall(r"Name: (\S+)\s+Flags", needed_part))


def test_symbols_that_are_offered_and_asked_for(libraries: Path) -> None:
    codecs = read_elf(libraries / "libavcodec-abc.so.62")
    assert codecs.needed[0] == "libx264-abc.so.165"
    assert "x264_encoder_open_165" in codecs.undefined
    assert "avcodec_version" in codecs.defined


def test_oldest_glibc_names_who_asks_for_it(libraries: Path) -> None:
    elves = [read_elf(libraries / "libx264-abc.so.165"), read_elf(Path("/bin/sh").resolve())]
    version, files = oldest_glibc(elves)
    assert version > (2, 2)
    assert files == [Path("/bin/sh").resolve()]
    assert oldest_glibc([]) == ((0, 0), [])


def test_other_files_are_no_elf(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")
    assert not is_elf(tmp_path / "text")
    with pytest.raises(ValueError, match="no 64-bit ELF"):
        read_elf(tmp_path / "text")


def test_stub_lets_the_library_load_and_does_nothing(libraries: Path, tmp_path: Path) -> None:
    (stub,) = stubs.write_stubs(sorted(libraries.iterdir()), tmp_path / "stubs" / "lib")
    assert read_elf(stub).soname == "libx264-abc.so.165"
    assert "x264_encoder_open_165" in read_elf(stub).defined
    assert "x264_secret" not in read_elf(stub).defined  # nobody asks for it
    code = (
        "import ctypes, sys\n"
        "ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)\n"
        "print(ctypes.CDLL(sys.argv[2]).avcodec_version())"
    )
    files = [str(stub), str(libraries / "libavcodec-abc.so.62")]
    result = subprocess.run(
        [sys.executable, "-c", code, *files], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "0"


@pytest.mark.parametrize(
    ("name", "stubbed"),
    [
        ("libx264-d6533a8d.so.165", True),
        ("libSvtAv1Enc-9393c086.so.4.1.0", True),
        ("libjack.so.0", True),
        ("libportaudio.so.2", False),
        ("libavcodec-5e6b81c2.so.62.28.102", False),
    ],
)
def test_only_what_is_not_needed_is_replaced(name: str, stubbed: bool) -> None:
    assert stubs.is_stubbed(Path(name)) is stubbed


def test_sound_starts_without_jack(tmp_path: Path) -> None:
    """PortAudio itself, as the system has it: it finds no JACK server and goes on with ALSA."""
    found = {
        words[0]: Path(words[-1])
        for line in subprocess.run(
            ["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        if "x86-64" in line and (words := line.split())
    }
    files = [found["libportaudio.so.2"], found["libjack.so.0"]]
    (stub,) = stubs.write_stubs(files, tmp_path / "stubs" / "lib")
    assert read_elf(stub).needed in ((), ("libc.so.6",))
    code = (
        "import sys, sounddevice\n"
        "print([api['name'] for api in sounddevice.query_hostapis()])\n"
        "print(*{line.split()[-1] for line in open('/proc/self/maps') if 'libjack' in line})"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "LD_LIBRARY_PATH": str(stub.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    apis, loaded = result.stdout.splitlines()
    assert "ALSA" in apis
    assert "JACK" not in apis
    assert loaded == str(stub)


def test_stub_takes_the_place_of_the_encoder(libraries: Path, tmp_path: Path) -> None:
    (stub,) = stubs.write_stubs(sorted(libraries.iterdir()), tmp_path / "stubs" / "lib")
    entries = [
        ("av.libs/libx264-abc.so.165", "original", "BINARY"),
        ("libx264-abc.so.165", "av.libs/libx264-abc.so.165", "SYMLINK"),
        ("av.libs/libdav1d.so.7", "dav1d", "BINARY"),
    ]
    replaced = stubs.replace(entries, str(stub.parent))
    assert [entry[1] for entry in replaced] == [str(stub), entries[1][1], "dav1d"]
    assert stubs.replace(entries, "") == entries


def test_llama_libraries_are_taken_once_and_without_amx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "llama.whl"
    names = ["libllama.so", "libllama.so.0", "libggml.so", "libggml.so.0.1", "libggml-base.so"]
    names += ["libggml-cpu-haswell.so", "libggml-cpu-sapphirerapids.so", "libllama-common.so.0"]
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in names:
            archive.writestr(f"llama_cpp/lib/{name}", name)
            archive.writestr(f"lib/{name}", "a copy")
    monkeypatch.setattr(llama_libraries, "_wheel", lambda cache: wheel)
    target = llama_libraries.portable_libraries(tmp_path, tmp_path / "libraries")
    assert {file.name: file.read_text() for file in target.iterdir()} == {
        "libllama.so": "libllama.so",
        "libggml.so.0": "libggml.so",
        "libggml-base.so.0": "libggml-base.so",
        "libggml-cpu-haswell.so": "libggml-cpu-haswell.so",
    }


def test_wheel_is_compiled_once_for_all_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    def run(command: list[str], *, check: bool, env: dict[str, str]) -> None:
        runs.append(env["CMAKE_ARGS"])
        folder = Path(command[command.index("--wheel-dir") + 1])
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "llama.whl", "w") as archive:
            archive.writestr("llama_cpp/lib/libllama.so", "")

    monkeypatch.setattr(llama_libraries.subprocess, "run", run)
    for name in ("a", "b"):
        llama_libraries.portable_libraries(tmp_path / "cache", tmp_path / name)
    assert len(runs) == 1
    assert "GGML_NATIVE=OFF" in runs[0]
    assert "GGML_CPU_ALL_VARIANTS=ON" in runs[0]
    options = dict(word.split("=", 1) for word in shlex.split(runs[0]))
    assert "file-prefix-map" in Path(options["-DCMAKE_PROJECT_INCLUDE"]).read_text()
    assert "INSTALL_RPATH ON" in Path(options["-DCMAKE_PROJECT_ggml_INCLUDE"]).read_text()
