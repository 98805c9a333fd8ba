"""llama.cpp for any processor: one library for each kind, the best one chosen at run time.

dev.py compiles llama-cpp-python for the machine at hand. The executable runs elsewhere, so here it
is compiled again with GGML_NATIVE=OFF and all variants of the CPU backend, from plain x86-64 to
AVX-512. That takes a quarter of an hour on 2 cores; the wheel is kept in dev.py's cache. The same
sources and compiler give the same libraries, wherever they are compiled (reproducible.cmake).
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPRODUCIBLE = Path(__file__).resolve().with_name("reproducible.cmake")
INSTALL_RPATH = REPRODUCIBLE.with_name("install_rpath.cmake")
OPTIONS = (
    "-DGGML_NATIVE=OFF",
    "-DGGML_BACKEND_DL=ON",  # backends are loaded at run time, by name
    "-DGGML_CPU_ALL_VARIANTS=ON",
    "-DLLAVA_BUILD=OFF",
    "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib",  # else the variants land beside the package
)
# llama.cpp's AMX kernels (0.3.36) crash at the first token on Xeons that have AMX (seen here):
# those get the variant of Cooper Lake, which has everything else.
LEFT_OUT = ("sapphirerapids",)
_LIBRARY = re.compile(r"llama_cpp/lib/((lib)?(llama|ggml)(-[a-z0-9_.-]+?)?\.(so|dylib|dll))")
_ASKED_FOR_BY_VERSION = ("libggml.so", "libggml-base.so", "libggml-cpu.so")  # as "….so.0"


def portable_libraries(cache: Path, target: Path) -> Path:
    """Put llama.cpp's libraries into a folder, compiling them if they are not in the cache.

    Args:
        cache: dev.py's.
        target: folder; filled anew.

    Raises:
        CalledProcessError: pip or the compiler failed; the message is above.
    """
    wheel = _wheel(cache)
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        old.unlink()
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            match = _LIBRARY.fullmatch(member)
            if match and not any(name in match[1] for name in LEFT_OUT):
                (target / _name(match[1])).write_bytes(archive.read(member))
    return target


def requirement() -> str:
    """Give the pinned llama-cpp-python."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return next(
        line.partition("#")[0].strip() for line in text.splitlines() if line.startswith("llama-cpp")
    )


def _wheel(cache: Path) -> Path:
    scripts = [REPRODUCIBLE.read_text(), INSTALL_RPATH.read_text()]
    facts = "\n".join([requirement(), *OPTIONS, *scripts, sys.platform])
    folder = cache / "wheels" / f"portable-{hashlib.sha256(facts.encode()).hexdigest()[:12]}"
    if not list(folder.glob("*.whl")):
        print(
            f"compiling {requirement()} for all processors (a quarter of an hour, kept in {folder})"
        )
        cores = str(os.cpu_count() or 2)
        include = [
            f"-DCMAKE_PROJECT_INCLUDE={REPRODUCIBLE.as_posix()}",
            f"-DCMAKE_PROJECT_ggml_INCLUDE={INSTALL_RPATH.as_posix()}",
        ]
        environment = {
            **os.environ,
            "CMAKE_ARGS": " ".join([*OPTIONS, *map(shlex.quote, include)]),
            "CMAKE_BUILD_PARALLEL_LEVEL": cores,
            "PIP_CONSTRAINT": str(ROOT / "requirements-indirect.txt"),
        }
        command = [sys.executable, "-m", "pip", "wheel", "--no-cache-dir", "--no-deps"]
        command += ["--quiet", "--wheel-dir", str(folder), requirement()]
        subprocess.run(command, check=True, env=environment)
    (wheel,) = folder.glob("*.whl")
    return wheel


def binaries(folder: Path) -> list[tuple[str, str]]:
    """Say where the libraries go in the bundle, for PyInstaller's Analysis."""
    return [(str(file), "llama_cpp/lib") for file in sorted(folder.iterdir())]


def _name(file: str) -> str:
    """Give the one name by which a library is asked for; the wheel has it under three."""
    return f"{file}.0" if file in _ASKED_FOR_BY_VERSION else file
