#!/usr/bin/env python3
"""One entry for people and for continuous integration: sets everything up, then does one thing.

    python3 dev.py run [ARGS…]     start Songshu: the window, or the command line (subcommands)
    python3 dev.py test [--all] [ARGS…]   every check: ruff, mypy, tests (ARGS go to pytest);
                                   --all also builds the executable and drives it
    python3 dev.py export …        turn an official checkpoint into a pack
    python3 dev.py verify …        compare a pack with the official implementations
    python3 dev.py bench …         measure a pack, also against other engines; --frozen: the start
    python3 dev.py gpu             compile what recognises on graphics cards (Vulkan)
    python3 dev.py build …         freeze Songshu into one executable
    python3 dev.py package …       make of it what people install on this system

Standard library only: this file runs before anything is installed. Environments lie in the checkout
(.venv, .venv-official, .venv-native); wheels that had to be compiled are kept in a cache outside it
(SONGSHU_CACHE, else ~/.cache/songshu) and are built again when the cache is gone.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent
MIN_PYTHON = (3, 11)
LLAMA = "llama-cpp-python"
# llama.cpp's AMX kernels (0.3.36) crash at the first token on Xeons that have AMX: seen here
WITHOUT_AMX = " ".join(
    f"-DCMAKE_{language}_FLAGS='-mno-amx-tile -mno-amx-int8 -mno-amx-bf16'"
    for language in ("C", "CXX")
)


# Shared libraries that Qt and PortAudio load at run time -> Debian's package of each.
DESKTOP_LIBRARIES = {
    "EGL": "libegl1",
    "GL": "libgl1",
    "dbus-1": "libdbus-1-3",
    "fontconfig": "libfontconfig1",
    "glib-2.0": "libglib2.0-0",
    "portaudio": "libportaudio2",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xkb": "libxcb-xkb1",
    "xkbcommon-x11": "libxkbcommon-x11-0",
}
# Programs that only the tests of the window need -> their packages.
SCREEN_PROGRAMS = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xdotool": "xdotool",
    "xterm": "xterm",  # other programs that are dictated into
    "wish": "tk",
    "xclip": "xclip",
    "dbus-daemon": "dbus",
}
# Programs that only the tests of real sound need; they bring ALSA's way to PulseAudio along.
SOUND_PROGRAMS = {
    "pulseaudio": "pulseaudio libasound2-plugins",
    "pactl": "pulseaudio-utils",
}
# Programs that check what the installers write; only the tests need them.
PACKAGING_PROGRAMS = {
    "appstreamcli": "appstream",
    "desktop-file-validate": "desktop-file-utils",
    "fakeroot": "fakeroot",
    "lintian": "lintian",
    "makensis": "nsis",
}
# Programs that the tests of the executable need: to see what it calls, and for other processors.
FROZEN_PROGRAMS = {"strace": "strace", "qemu-x86_64": "qemu-user"}
# What llama.cpp is compiled with for graphics cards -> packages.
VULKAN_PROGRAMS = {"cmake": "cmake", "glslc": "glslc"}
VULKAN_FILES = {
    "usr/include/vulkan/vulkan.hpp": "libvulkan-dev",
    "usr/share/cmake/SPIRV-Headers": "spirv-headers",
}
# A graphics card made of software, for tests.
VULKAN_DRIVER = {"usr/share/vulkan/icd.d/lvp_icd*.json": "mesa-vulkan-drivers"}
COMMAND_LINE = ("transcribe", "packs", "devices", "integrate", "-h", "--help", "--version")


@dataclass(frozen=True)
class Environment:
    """A virtual environment and the requirement files that go into it.

    Attributes:
        no_deps: packages that are installed without what they ask for.
        constraints: file that pins what those packages bring along.
        replaces: package that must go before, since the new one has the same files.
    """

    folder: str
    files: tuple[str, ...]
    no_deps: tuple[str, ...] = ()
    constraints: str = ""
    replaces: str = ""

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        return ROOT / self.folder / inside


INDIRECT = "requirements-indirect.txt"
# An ONNX Runtime for another device takes the place of the plain one: cuda, directml or coreml.
ACCELERATOR = os.environ.get("SONGSHU_ACCELERATOR", "")
ONNX_RUNTIME = "onnxruntime"
RUNTIME = Environment(".venv", ("requirements.txt",), constraints=INDIRECT)
CONVERT = Environment(".venv", (*RUNTIME.files, "requirements-convert.txt"), constraints=INDIRECT)
DEV = Environment(".venv", (*CONVERT.files, "requirements-dev.txt"), constraints=INDIRECT)
OFFICIAL = Environment(".venv-official", ("requirements-export.txt",), no_deps=("qwen-asr",))
NATIVE = Environment(".venv-native", ("requirements-native.txt",))


class SetupError(Exception):
    """Something is missing that this script cannot install; the message says what to type."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=sorted(COMMANDS), metavar="COMMAND")
    parser.add_argument("args", nargs=argparse.REMAINDER, metavar="ARGS")
    options = parser.parse_args(argv)
    try:
        return COMMANDS[options.command](options.args)
    except SetupError as exc:
        print(f"\n{exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(args: list[str]) -> int:
    """Start Songshu."""
    window = not args or args[0] not in COMMAND_LINE
    if window:
        _need_desktop()
    ensure(RUNTIME)
    if ACCELERATOR:
        ensure(_accelerated())
    if window:
        _list_licences()
    return call(RUNTIME, "-m", "app", *args)


def gpu(args: list[str]) -> int:
    """Compile llama.cpp for graphics cards; the checkout and the next build then have it."""
    _need_compiler()
    _need_vulkan()
    ensure(DEV)
    return call(DEV, "-m", "build_tools.vulkan_library", "--cache", str(_cache()), *args)


def _list_licences() -> None:
    """Write the list for the About window, if that was not done since the requirements changed."""
    table, wanted = ROOT / "build" / "THIRD-PARTY.json", ROOT / "requirements.txt"
    if not table.is_file() or table.stat().st_mtime < wanted.stat().st_mtime:
        call(RUNTIME, "-m", "installer.licences.report")


def test(args: list[str]) -> int:
    """Run every check; goes on after a failure, so that one run shows them all."""
    _need_desktop({**SCREEN_PROGRAMS, **SOUND_PROGRAMS, **PACKAGING_PROGRAMS})
    for environment in (DEV, OFFICIAL, NATIVE):
        ensure(environment)
    if "--all" in args:
        args.remove("--all")
        _need_desktop(FROZEN_PROGRAMS)
        _need_vulkan(VULKAN_DRIVER)
        args[:0] = ["-m", ""]  # also what is marked slow_all
        if build([]) != 0:
            return 1
        os.environ["SONGSHU_FROZEN"] = str(ROOT / "dist")  # tests/frozen drive what lies there
    checks = [
        ("ruff check", ["-m", "ruff", "check", "."]),
        ("ruff format", ["-m", "ruff", "format", "--check", "."]),
        ("mypy", ["-m", "mypy"]),
    ]
    failed = []
    for name, command in checks:
        with step(name):
            if call(DEV, *command) != 0:
                failed.append(name)
    failed += _run_tests(["-m", "pytest", "--durations=10", *args], is_whole=not _chosen(args))
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _chosen(args: list[str]) -> bool:
    """Whether somebody names tests, or what they are chosen by."""
    return any(arg and not arg.startswith("-") for arg in args)


def _run_tests(command: list[str], *, is_whole: bool) -> list[str]:
    """Run pytest, and give the names of what failed.

    The window's tests mostly wait, for a screen, another program or the engine, and so do others:
    both halves at once, in processes of their own, take half the time. The second is shown after
    the first.
    """
    if not is_whole:
        with step("pytest"):
            return ["pytest"] if call(DEV, *command) != 0 else []
    failed = []
    with tempfile.TemporaryFile() as told:
        window = start(DEV, *command, "tests/gui", output=told)
        with step("pytest, all but tests/gui"):
            if call(DEV, *command, "--ignore=tests/gui") != 0:
                failed.append("pytest")
        with step("pytest tests/gui, begun at the same time"):
            if wait(window) != 0:
                failed.append("pytest tests/gui")
            told.seek(0)
            sys.stdout.flush()
            sys.stdout.buffer.write(told.read())
            sys.stdout.flush()
    return failed


def export(args: list[str]) -> int:
    """Turn an official checkpoint into a pack."""
    ensure(CONVERT)
    return call(CONVERT, "-m", "models.export", *args)


def verify(args: list[str]) -> int:
    """Compare a pack with the official implementations."""
    for environment in (CONVERT, OFFICIAL, NATIVE):
        ensure(environment)
    return call(CONVERT, "-m", "models.verify", *args)


def bench(args: list[str]) -> int:
    """Measure a pack, or the executable."""
    if "--frozen" in args:
        _need_desktop(SCREEN_PROGRAMS)
        ensure(DEV)
        return call(DEV, "-m", "build_tools.measure", *(arg for arg in args if arg != "--frozen"))
    ensure(CONVERT)
    if any("official" in item for item in args):  # also --against=official
        ensure(OFFICIAL)
    return call(CONVERT, "-m", "models.bench", *args)


def build(args: list[str]) -> int:
    """Freeze Songshu with a pack inside."""
    _need_compiler()
    try:
        _need_vulkan()
    except SetupError as exc:
        print(f"{exc}\nThe executable will not use graphics cards.", file=sys.stderr)
    ensure(DEV)
    return call(DEV, "-m", "build_tools.build", "--cache", str(_cache()), *args)


def package(args: list[str]) -> int:
    """Make what people install out of what was built."""
    systems = {"linux": "linux", "win32": "windows", "darwin": "macos"}
    ensure(DEV)
    return call(DEV, "-m", f"installer.{systems[sys.platform]}", *args)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "export": export,
    "verify": verify,
    "bench": bench,
    "build": build,
    "gpu": gpu,
    "package": package,
}


def call(environment: Environment, *args: str) -> int:
    """Run the environment's Python in the checkout and give its exit code."""
    return wait(start(environment, *args))


def start(
    environment: Environment, *args: str, output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start the environment's Python in the checkout; ``output`` takes all that it prints."""
    command = [str(environment.python), *args]
    return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)


def wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for a child, and give its exit code."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the child has had it too, and decides how to end


class step:  # noqa: N801 - reads as a statement
    """Say what is being done, and afterwards how long it took. To stderr, for stdout is text."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        print(f"\n== {self._name}", file=sys.stderr, flush=True)
        self._started = time.monotonic()

    def __exit__(self, *_: object) -> None:
        seconds = time.monotonic() - self._started
        print(f"== {self._name}: {seconds:.1f} s", file=sys.stderr, flush=True)


def ensure(environment: Environment) -> None:
    """Make an environment hold what its requirement files say; does nothing if it does already."""
    _check_python()
    stamp = ROOT / environment.folder / "songshu-installed.txt"
    wanted = _fingerprints(environment)
    have = set(stamp.read_text().split("\n")) if stamp.is_file() else set()
    if wanted <= have and environment.python.is_file():
        return
    with step(f"setting up {environment.folder}"):
        _create(environment)
        _install(environment)
    stamp.write_text("\n".join(sorted(have | wanted)))


def _accelerated() -> Environment:
    """Give the environment in which ONNX Runtime is exchanged for the one that was asked for."""
    file = f"requirements-{ACCELERATOR}.txt"
    if not (ROOT / file).is_file():
        raise SetupError("SONGSHU_ACCELERATOR may be cuda, directml or coreml.")
    return Environment(RUNTIME.folder, (file,), replaces=ONNX_RUNTIME)


def _fingerprints(environment: Environment) -> set[str]:
    """One line per requirement file: its name and a hash of its content."""
    lines = set()
    for name in filter(None, (*environment.files, environment.constraints)):
        digest = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        lines.add(f"{name} {digest[:16]} python {platform.python_version()}")
    return lines


def _check_python() -> None:
    if sys.version_info < MIN_PYTHON:
        have = platform.python_version()
        raise SetupError(
            f"Songshu needs Python {MIN_PYTHON[0]}.{MIN_PYTHON[1]} or newer, this is {have}. "
            "Type, for example: python3.12 dev.py " + " ".join(sys.argv[1:])
        )


def _create(environment: Environment) -> None:
    if environment.python.is_file():
        return
    if not _has_ensurepip():
        _need_packages("python3-venv")
    subprocess.run([sys.executable, "-m", "venv", str(ROOT / environment.folder)], check=True)


def _has_ensurepip() -> bool:
    """Debian splits ensurepip off into python3-venv; without it no environment has a pip."""
    code = "import ensurepip, venv"
    return subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def _install(environment: Environment) -> None:
    if environment.replaces:
        _pip(environment, "uninstall", "--yes", environment.replaces)
    for name in environment.files:
        lines = _requirements(name)
        plain = [line for line in lines if not line.startswith((LLAMA, *environment.no_deps))]
        _pip(environment, "install", *plain)
        for line in lines:
            if line.startswith(environment.no_deps or "\0"):
                _pip(environment, "install", "--no-deps", line)
            elif line.startswith(LLAMA):
                _install_llama(environment, line)


def _requirements(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    return [line for line in lines if line]


def _pip(environment: Environment, *args: str) -> None:
    command = [str(environment.python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    variables = dict(os.environ)
    if environment.constraints:  # as a variable, for it also counts where pip compiles
        variables["PIP_CONSTRAINT"] = str(ROOT / environment.constraints)
    try:
        subprocess.run([*command, *args], check=True, cwd=ROOT, env=variables)
    except subprocess.CalledProcessError as exc:
        raise SetupError(
            f"pip failed ({exc.returncode}); its message is above. Without a network, give pip a "
            "folder of wheels: PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER python3 dev.py …"
        ) from exc


def _install_llama(environment: Environment, requirement: str) -> None:
    """Install llama-cpp-python from a wheel of our own, which is compiled at most once."""
    if "amx_int8" in _processor().split():
        os.environ.setdefault("CMAKE_ARGS", WITHOUT_AMX)
    folder = _wheel_folder(requirement)
    if not list(folder.glob("*.whl")):
        _need_compiler()
        folder.mkdir(parents=True, exist_ok=True)
        with step(f"compiling {requirement} (about 5 minutes on 2 cores, kept in {folder})"):
            os.environ.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 2))
            _pip(
                environment,
                "wheel",
                "--no-cache-dir",
                "--no-deps",
                "--wheel-dir",
                str(folder),
                requirement,
            )
    (wheel,) = folder.glob("*.whl")
    _pip(environment, "install", str(wheel))


def _wheel_folder(requirement: str) -> Path:
    """A folder per version, options and kind of processor: the wheel is tuned to the machine."""
    facts = [requirement, os.environ.get("CMAKE_ARGS", ""), sys.platform, _processor()]
    key = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]
    return _cache() / "wheels" / key


def _cache() -> Path:
    return Path(os.environ.get("SONGSHU_CACHE") or Path.home() / ".cache" / "songshu")


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.is_file():
        return f"{platform.machine()} {platform.processor()}"
    lines = cpuinfo.read_text().splitlines()
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")


def _need_compiler() -> None:
    if os.name == "posix" and not (shutil.which("cc") and shutil.which("c++")):
        _need_packages("g++")


def _need_vulkan(files: Mapping[str, str] | None = None) -> None:
    """Have what ggml-vulkan is compiled with on Linux; elsewhere it takes part if it is there."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for name, package in VULKAN_PROGRAMS.items() if not shutil.which(name)]
    wanted = {**VULKAN_FILES, **(files or {})}
    missing += [package for pattern, package in wanted.items() if not any(Path("/").glob(pattern))]
    if missing:
        _need_packages(*missing)


def _need_desktop(programs: Mapping[str, str] | None = None) -> None:
    """Have the libraries that a window and sound need on Linux, and the programs named."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for name, package in DESKTOP_LIBRARIES.items() if not find_library(name)]
    for name, packages in (programs or {}).items():
        missing += [] if shutil.which(name) else packages.split()
    if missing:
        _need_packages(*missing)


def _need_packages(*names: str) -> None:
    """Install Debian packages as root, else say what to type."""
    install = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if not shutil.which("apt-get"):
        raise SetupError(f"Please install what Debian calls {' '.join(names)}, and try again.")
    if os.name != "posix" or os.geteuid() != 0:
        raise SetupError(f"Please type this, and try again:\n\n    sudo {' '.join(install)}\n")
    with step("installing " + " ".join(names)):
        quiet = {"stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update"], check=True, **quiet)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(install, check=True, env=environment, **quiet)


if __name__ == "__main__":
    sys.exit(main())
