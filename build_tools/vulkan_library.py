"""llama.cpp for graphics cards: one library more, which is loaded only when a person chose one.

    source archive of the pinned llama-cpp-python -> cmake, target ggml-vulkan -> build/vulkan

It is compiled by itself and not with the others, for nobody needs it to build or to run Songshu.
From the system it wants libvulkan.so.1 only, which comes with every driver and is never bundled.

Of its 1,250 shaders four fifths (22 of 27 MB) are for what our packs never hold: quantisations that
models/quantize_decoder.py does not make, experts, training, other kinds of networks. ggml hands a
shader to the driver when a model needs it first, so an empty one stands for each of those; a pack
that wanted one all the same would fail the test of its device (app/engine/device_guard.py).

    python -m build_tools.vulkan_library --cache FOLDER
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from build_tools.llama_libraries import REPRODUCIBLE, ROOT, requirement

FOLDER = "vulkan"  # below llama.cpp's libraries: ggml loads every backend that lies beside them
OLDER_HEADERS = REPRODUCIBLE.with_name("older_vulkan")  # makes up for what Debian 12's lack
TARGET = ROOT / "build" / FOLDER  # where a checkout looks (app/engine/llama_binding.py)
OPTIONS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DBUILD_SHARED_LIBS=ON",
    "-DGGML_NATIVE=OFF",
    "-DGGML_BACKEND_DL=ON",  # offers itself to ggml_backend_load
    "-DGGML_CPU=OFF",
    "-DGGML_VULKAN=ON",
    "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON",
    "-DCMAKE_INSTALL_RPATH=$ORIGIN/..",
    *(f"-DLLAMA_BUILD_{part}=OFF" for part in ("COMMON", "TESTS", "TOOLS", "EXAMPLES")),
    *(f"-DLLAMA_BUILD_{part}=OFF" for part in ("SERVER", "APP")),
    "-DLLAMA_CURL=OFF",
)
UNUSED_SHADERS = (  # by the names of their files, as a shell matches them
    *("*iq[1-4]_*", "*mxfp4*", "*nvfp4*", "*tq[12]_0*", "*q1_0*", "*q2_0*", "*q2_k*", "*q3_k*"),
    *("matmul_id*", "mul_mat_vec_id*", "topk_moe*", "add_id*"),
    *("*wkv*", "ssm_*", "*gated_delta*", "conv2d*", "conv_transpose*", "snake*"),
    *("*_back*", "opt_step*"),
)
# Called as glslc by ggml's generator. A shader of which it wants a list of sources is translated.
_WRAPPER = """#!/bin/sh
for word; do
    [ "$before" = -MF ] && exec "@glslc@" "$@"
    [ "$before" = -o ] && target=$word
    before=$word
done
case "${target##*/}" in
    @unused@) printf '\\003\\002\\043\\007' > "$target" ;;  # the number that SPIR-V begins with
    *) exec "@glslc@" "$@" ;;
esac
"""
NEEDED = ("cmake", "glslc")  # with Vulkan's and SPIR-V's headers; dev.py installs them on Debian


def vulkan_library(cache: Path, target: Path = TARGET) -> Path | None:
    """Put the library into a folder, compiling it if it is not in the cache.

    Args:
        cache: dev.py's.
        target: folder; filled anew.

    Returns:
        The library; None where it cannot be compiled: on macOS, and without the Vulkan SDK.

    Raises:
        CalledProcessError: pip or the compiler failed; the message is above.
    """
    shutil.rmtree(target, ignore_errors=True)
    missing = [name for name in NEEDED if not shutil.which(name)]
    if sys.platform == "darwin" or missing:
        print(f"without Vulkan: {', '.join(missing) or 'macOS has none'}", file=sys.stderr)
        return None
    kept = _folder(cache) / library_name()
    if not kept.is_file():
        print(f"compiling ggml-vulkan (20 minutes on 2 cores, kept in {kept.parent})")
        _compile(_source_archive(cache), kept)
    target.mkdir(parents=True)
    return Path(shutil.copy(kept, target / kept.name))


def library_name() -> str:
    """Name the library on this system."""
    return "ggml-vulkan.dll" if sys.platform == "win32" else "libggml-vulkan.so"


def binaries(library: str) -> list[tuple[str, str]]:
    """Say where the library goes in the bundle, for PyInstaller's Analysis; "" is none."""
    return [(library, f"llama_cpp/lib/{FOLDER}")] if library else []


def _folder(cache: Path) -> Path:
    files = [file.read_text() for file in (REPRODUCIBLE, *OLDER_HEADERS.rglob("*.hpp"))]
    facts = [requirement(), *OPTIONS, *UNUSED_SHADERS, *files, sys.platform]
    key = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]
    return cache / "wheels" / f"vulkan-{key}"


def _source_archive(cache: Path) -> Path:
    """Fetch llama-cpp-python's sources, as pip has them."""
    folder = cache / "sdist"
    pattern = f"llama_cpp_python-{requirement().partition('==')[2]}.tar.gz"
    if not (folder / pattern).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "--dest", str(folder), requirement()], check=True)
    return folder / pattern


def _compile(archive: Path, kept: Path) -> None:
    """Compile the one library, and move it to its place in one step."""
    with tempfile.TemporaryDirectory(prefix="songshu-vulkan-") as scratch:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        (source,) = Path(scratch).glob("llama_cpp_python-*/vendor/llama.cpp")
        build = Path(scratch) / "build"
        include = f"-DCMAKE_PROJECT_INCLUDE={REPRODUCIBLE.as_posix()}"
        compiler = f"-DVulkan_GLSLC_EXECUTABLE={_shader_compiler(Path(scratch)).as_posix()}"
        configure = ["cmake", "-S", str(source), "-B", str(build), *OPTIONS, include, compiler]
        if sys.platform != "win32":
            configure.append(f"-DCMAKE_CXX_FLAGS=-I{OLDER_HEADERS.as_posix()}")
        subprocess.run(configure, check=True, stdout=subprocess.DEVNULL)
        jobs = str(os.cpu_count() or 2)
        command = ["cmake", "--build", str(build), "--config", "Release", "--parallel", jobs]
        subprocess.run([*command, "--target", "ggml-vulkan"], check=True, stdout=sys.stderr)
        (built,) = build.rglob(library_name())
        if sys.platform.startswith("linux"):
            subprocess.run(["strip", "--strip-unneeded", str(built)], check=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(built, kept.with_suffix(".part"))
        kept.with_suffix(".part").replace(kept)


def _shader_compiler(folder: Path) -> Path:
    """Give what translates the shaders that we use, and leaves the others empty."""
    compiler = Path(shutil.which("glslc") or "glslc")
    if sys.platform == "win32":
        return compiler  # starts no scripts: there all of them are translated
    wrapper = folder / "glslc"
    text = _WRAPPER.replace("@glslc@", str(compiler)).replace("@unused@", "|".join(UNUSED_SHADERS))
    wrapper.write_text(text, encoding="utf-8")
    wrapper.chmod(0o755)
    return wrapper


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile the library for this checkout; returns the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py gpu", description="Compile for graphics cards.")
    parser.add_argument("--cache", type=Path, required=True, help=argparse.SUPPRESS)
    library = vulkan_library(parser.parse_args(arguments).cache)
    print(f"{library}: {library.stat().st_size / 1e6:.1f} MB" if library else "nothing was built")
    return 0 if library else 1


if __name__ == "__main__":
    sys.exit(main())
