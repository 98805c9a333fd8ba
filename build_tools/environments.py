"""The virtual environments of the checkout: what goes into each, and when it is installed again.

They lie in the checkout (.venv, .venv-official, .venv-native); wheels that had to be compiled are
kept in a cache outside it (SONGSHU_CACHE, else ~/.cache/songshu) and are built again when the cache
is gone. Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from build_tools.steps import SetupError, step
from build_tools.system_packages import need_compiler, need_packages

ROOT = Path(__file__).resolve().parent.parent
MIN_PYTHON = (3, 11)
LLAMA = "llama-cpp-python"
# llama.cpp's AMX kernels (0.3.36) crash at the first token on Xeons that have AMX: seen here
WITHOUT_AMX = " ".join(
    f"-DCMAKE_{language}_FLAGS='-mno-amx-tile -mno-amx-int8 -mno-amx-bf16'"
    for language in ("C", "CXX")
)


@dataclass(frozen=True)
class Environment:
    """A virtual environment and the requirement files that go into it.

    Attributes:
        no_deps: packages that are installed without what they ask for.
        constraints: file that pins what those packages bring along.
        replaces: packages that must go before, since the new one has the same files.
    """

    folder: str
    files: tuple[str, ...]
    no_deps: tuple[str, ...] = ()
    constraints: str = ""
    replaces: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        return ROOT / self.folder / inside


INDIRECT = "requirements-indirect.txt"
# An ONNX Runtime for another device takes the place of the plain one, where there is one.
ACCELERATORS = {"cuda": ("linux", "win32"), "directml": ("win32",), "coreml": ("darwin",)}
ACCELERATOR = os.environ.get("SONGSHU_ACCELERATOR", "")
ONNX_RUNTIMES = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml")  # with the same files
RUNTIME = Environment(".venv", ("requirements.txt",), constraints=INDIRECT)
CONVERT = Environment(".venv", (*RUNTIME.files, "requirements-convert.txt"), constraints=INDIRECT)
DEV = Environment(".venv", (*CONVERT.files, "requirements-dev.txt"), constraints=INDIRECT)
OFFICIAL = Environment(".venv-official", ("requirements-export.txt",), no_deps=("qwen-asr",))
NATIVE = Environment(".venv-native", ("requirements-native.txt",))


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
        kept = {line for line in have if not line.startswith(_replaced(environment))}
        stamp.write_text("\n".join(sorted(kept)))  # what is half installed is not there
        _install(environment)
    stamp.write_text("\n".join(sorted(kept | wanted)))


def accelerated() -> Environment:
    """Give the environment in which ONNX Runtime is exchanged for the one that was asked for.

    Raises:
        SetupError: this system has no such one.
    """
    here = [name for name, systems in ACCELERATORS.items() if sys.platform in systems]
    if ACCELERATOR not in here:
        raise SetupError(
            f"SONGSHU_ACCELERATOR is {ACCELERATOR!r}; on this system it may be {' or '.join(here)}."
        )
    return Environment(RUNTIME.folder, (f"requirements-{ACCELERATOR}.txt",), replaces=ONNX_RUNTIMES)


def _fingerprints(environment: Environment) -> set[str]:
    """One line per requirement file: its name and a hash of it and of its constraints."""
    pins = (ROOT / environment.constraints).read_bytes() if environment.constraints else b""
    lines = set()
    for name in environment.files:
        digest = hashlib.sha256((ROOT / name).read_bytes() + pins).hexdigest()
        lines.add(f"{name} {digest[:16]} python {platform.python_version()}")
    return lines


def _replaced(environment: Environment) -> tuple[str, ...]:
    """Give the beginnings of the lines that an installation makes untrue.

    Besides those of its own files, these are the accelerators': any installation may bring the
    plain ONNX Runtime back, or another accelerator's.
    """
    exchanged = tuple(f"requirements-{name}.txt " for name in ACCELERATORS)
    return (*(f"{name} " for name in environment.files), *exchanged)


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
        need_packages("python3-venv")
    folder = str(ROOT / environment.folder)
    done = subprocess.run([sys.executable, "-m", "venv", folder])
    if done.returncode != 0:
        raise SetupError(f"{folder} could not be made ({done.returncode}); the message is above.")


def _has_ensurepip() -> bool:
    """Debian splits ensurepip off into python3-venv; without it no environment has a pip."""
    code = "import ensurepip, venv"
    return subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def _install(environment: Environment) -> None:
    if environment.replaces:  # quiet, for most of them are not there
        _pip(environment, "uninstall", "--quiet", "--yes", *environment.replaces)
    for name in environment.files:
        lines = read_requirements(name)
        plain = [line for line in lines if not line.startswith((LLAMA, *environment.no_deps))]
        _pip(environment, "install", *plain)
        for line in lines:
            if line.startswith(environment.no_deps or "\0"):
                _pip(environment, "install", "--no-deps", line)
            elif line.startswith(LLAMA):
                _install_llama(environment, line)


def read_requirements(name: str) -> list[str]:
    """Give the requirements that a file names, without its comments."""
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
        need_compiler()
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
    return cache() / "wheels" / key


def cache() -> Path:
    """Give the folder outside the checkout where what was compiled is kept."""
    return Path(os.environ.get("SONGSHU_CACHE") or Path.home() / ".cache" / "songshu")


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.is_file():
        return f"{platform.machine()} {platform.processor()}"
    lines = cpuinfo.read_text().splitlines()
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")
