"""dev.py: what it installs, when it installs again, and what it tells people to type."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def dev(tmp_path: Path) -> ModuleType:
    """Load a copy of dev.py in an empty checkout, so that nothing real is touched."""
    (tmp_path / "dev.py").write_bytes((ROOT / "dev.py").read_bytes())
    for name in ROOT.glob("requirements*.txt"):
        (tmp_path / name.name).write_bytes(name.read_bytes())
    spec = importlib.util.spec_from_file_location("dev_under_test", tmp_path / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


class Calls:
    """Stands in for subprocess.run and records what would have been run."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        self.commands.append([str(item) for item in command])
        return subprocess.CompletedProcess(command, 0)


def test_uses_the_standard_library_only() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import dev; print('ok')"
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "ok"


def test_help_names_every_command(dev: ModuleType) -> None:
    assert dev.__doc__ is not None
    for command in dev.COMMANDS:
        assert f"dev.py {command}" in dev.__doc__


def test_unknown_command_is_a_usage_error(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        dev.main(["dance"])
    assert caught.value.code == 2
    assert "dance" in capsys.readouterr().err


def test_old_python_says_what_to_type(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    with pytest.raises(dev.SetupError, match=r"3\.11 or newer"):
        dev.ensure(dev.RUNTIME)


def test_missing_package_as_a_person_is_one_command(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(dev.SetupError) as caught:
        dev._need_packages("g++")
    assert "sudo apt-get install -y --no-install-recommends g++" in str(caught.value)


def test_missing_package_as_root_is_installed(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls()
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev.subprocess, "run", calls)
    dev._need_packages("python3-venv")
    assert calls.commands[0] == ["apt-get", "update"]
    assert calls.commands[1][-1] == "python3-venv"


def test_missing_package_without_apt_is_named(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    with pytest.raises(dev.SetupError, match="python3-venv"):
        dev._need_packages("python3-venv")


def test_ensure_installs_once_and_again_when_a_file_changes(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(dev, "_install", lambda environment: installed.append(environment.folder))
    monkeypatch.setattr(dev, "_create", lambda environment: make_python(environment.python))
    dev.ensure(dev.OFFICIAL)
    dev.ensure(dev.OFFICIAL)
    assert installed == [".venv-official"]
    with (dev.ROOT / "requirements-export.txt").open("a") as file:
        file.write("another==1.0\n")
    dev.ensure(dev.OFFICIAL)
    assert len(installed) == 2


def test_ensure_failed_install_is_tried_again(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[int] = []

    def fail(_: object) -> None:
        attempts.append(1)
        raise dev.SetupError("no network")

    monkeypatch.setattr(dev, "_create", lambda environment: make_python(environment.python))
    monkeypatch.setattr(dev, "_install", fail)
    for _ in range(2):
        with pytest.raises(dev.SetupError):
            dev.ensure(dev.RUNTIME)
    assert len(attempts) == 2


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda p: p.name)
def test_requirements_are_pinned(dev: ModuleType, path: Path) -> None:
    lines = dev._requirements(path.name)
    assert lines
    assert [line for line in lines if "==" not in line] == []


def test_what_the_packages_bring_along_is_pinned_too(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def run(command: list[str], *, env: dict[str, str], **_: object) -> None:
        told.append(env.get("PIP_CONSTRAINT", "none"))

    monkeypatch.delenv("PIP_CONSTRAINT", raising=False)
    monkeypatch.setattr(dev.subprocess, "run", run)
    for environment in (dev.RUNTIME, dev.CONVERT, dev.DEV, dev.OFFICIAL):
        dev._pip(environment, "install", "numpy")
    assert told == [str(dev.ROOT / "requirements-indirect.txt")] * 3 + ["none"]


def test_no_package_of_the_executable_is_free_to_change(dev: ModuleType) -> None:
    """Whatever the packages here ask for, somebody has written its version down."""
    names = (*dev.DEV.files, dev.INDIRECT)
    pinned = {_name(line) for name in names for line in dev._requirements(name)}
    waiting, asked = [_name(line) for n in dev.DEV.files for line in dev._requirements(n)], set()
    while waiting:
        name = waiting.pop()
        if name in asked:
            continue
        asked.add(name)
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):  # another system's
            needs = importlib.metadata.requires(name) or []
            waiting += [_name(item) for item in needs if "extra ==" not in item]
    not_used = {"setuptools", "importlib-metadata", "exceptiongroup", "tomli"}  # or by old Pythons
    assert asked - pinned - not_used == set()
    assert len(asked) > len(dev._requirements("requirements.txt"))


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_wheel_folder_depends_on_version_and_options(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SONGSHU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CMAKE_ARGS", "")
    first = dev._wheel_folder("llama-cpp-python==1")
    assert first.is_relative_to(tmp_path / "cache")
    assert dev._wheel_folder("llama-cpp-python==2") != first
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_NATIVE=OFF")
    assert dev._wheel_folder("llama-cpp-python==1") != first


def make_python(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_missing_libraries_and_programs_of_the_desktop_are_asked_for_together(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev, "find_library", lambda name: None if name == "EGL" else "lib.so")
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    monkeypatch.setattr(dev, "_need_packages", lambda *names: asked.append(names))
    dev._need_desktop({"Xvfb": "xvfb"})
    assert asked == [("libegl1", "xvfb")]


@pytest.mark.parametrize(
    ("args", "asks"), [([], True), (["a.wav"], True), (["transcribe", "a.wav"], False)]
)
def test_only_the_window_needs_the_desktop(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, args: list[str], asks: bool
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(dev, "_need_desktop", lambda: asked.append(True))
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", lambda environment, *args: 0)
    assert dev.run(args) == 0
    assert bool(asked) is asks


@pytest.mark.parametrize(("args", "rest"), [([], []), (["--all", "-x"], ["-m", "", "-x"])])
def test_all_also_builds_and_runs_what_is_slow(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, args: list[str], rest: list[str]
) -> None:
    started: list[tuple[str, ...]] = []
    built: list[list[str]] = []

    def start(environment: object, *args: str, output: object = None) -> None:
        started.append(args)

    monkeypatch.setattr(dev, "_need_desktop", lambda programs: None)
    monkeypatch.setattr(dev, "_need_vulkan", lambda files: None)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "build", lambda arguments: built.append(arguments) or 0)
    monkeypatch.setattr(dev, "start", start)
    monkeypatch.setattr(dev, "wait", lambda process: 0)
    monkeypatch.setenv("SONGSHU_FROZEN", "")  # put back afterwards
    assert dev.test(args) == 0
    run = ("-m", "pytest", "--durations=10", *rest)
    assert started[-2:] == [(*run, "tests/gui"), (*run, "--ignore=tests/gui")]
    assert len(built) == bool(rest)


@pytest.mark.parametrize(("platform", "asks"), [("linux", True), ("darwin", False)])
def test_vulkan_is_asked_for_where_it_can_be_had(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, platform: str, asks: bool
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev.sys, "platform", platform)
    monkeypatch.setattr(dev.shutil, "which", lambda name: None if name == "glslc" else name)
    monkeypatch.setattr(dev, "VULKAN_FILES", {"usr/nowhere/*.hpp": "libvulkan-dev", "usr": "never"})
    monkeypatch.setattr(dev, "_need_packages", lambda *names: asked.append(names))
    dev._need_vulkan({"usr/nowhere/lvp*.json": "mesa-vulkan-drivers"})
    assert asked == ([("glslc", "libvulkan-dev", "mesa-vulkan-drivers")] if asks else [])


def test_build_goes_on_without_vulkan(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise dev.SetupError("Please install what Debian calls glslc")

    called: list[str] = []
    monkeypatch.setattr(dev, "_need_compiler", lambda: None)
    monkeypatch.setattr(dev, "_need_vulkan", fail)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", lambda environment, *args: called.append(args[1]) or 0)
    assert dev.build([]) == 0
    assert called == ["build_tools.build"]
    assert "will not use graphics cards" in capsys.readouterr().err
    with pytest.raises(dev.SetupError):
        dev.gpu([])


@pytest.mark.parametrize("accelerator", ["cuda", "directml", "coreml"])
def test_accelerator_takes_the_place_of_the_plain_runtime(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, accelerator: str
) -> None:
    calls = Calls()
    monkeypatch.setattr(dev, "ACCELERATOR", accelerator)
    monkeypatch.setattr(dev.subprocess, "run", calls)
    dev._install(dev._accelerated())
    removed, installed = calls.commands
    assert removed[-3:] == ["uninstall", "--yes", "onnxruntime"]
    assert installed[-1].startswith("onnxruntime")


def test_unknown_accelerator_is_told(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "ACCELERATOR", "abacus")
    with pytest.raises(dev.SetupError, match="cuda, directml or coreml"):
        dev._accelerated()


@pytest.mark.parametrize(
    ("platform", "module"),
    [("linux", "linux"), ("win32", "windows"), ("darwin", "macos")],
)
def test_package_calls_the_script_of_the_system(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, platform: str, module: str
) -> None:
    called: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev.sys, "platform", platform)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", lambda environment, *args: called.append(args) or 0)
    assert dev.package(["--help"]) == 0
    assert called == [("-m", f"installer.{module}", "--help")]


def test_licences_are_listed_for_a_window_until_the_requirements_change(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = dev.ROOT / "build" / "THIRD-PARTY.json"
    called: list[str] = []

    def call(_environment: object, *args: str) -> int:
        called.append(args[1])
        if args[1] == "installer.licences.report":
            make_python(table)
            os.utime(table, (later := 2_000_000_000, later))
        return 0

    monkeypatch.setattr(dev, "_need_desktop", lambda: None)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", call)
    dev.run(["transcribe", "a.wav"])
    dev.run([])
    dev.run([])
    assert called == ["app", "installer.licences.report", "app", "app"]
    os.utime(dev.ROOT / "requirements.txt", (2_000_000_001, 2_000_000_001))
    dev.run([])
    assert called[4:] == ["installer.licences.report", "app"]


def test_both_halves_of_the_tests_are_shown_and_a_failure_is_told(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    here = dev.Environment(folder=".", files=())
    monkeypatch.setattr(type(here), "python", property(lambda self: sys.executable))
    monkeypatch.setattr(dev, "DEV", here)
    code = "import sys; print('ran', sys.argv[1]); sys.exit(sys.argv[1] == 'tests/gui')"
    assert dev._run_tests(["-c", code], is_whole=True) == ["pytest tests/gui"]
    shown = capfdbinary.readouterr().out.decode().splitlines()
    assert shown == ["ran --ignore=tests/gui", "ran tests/gui"]


def test_chosen_tests_run_once(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "_need_desktop", lambda programs: None)
    monkeypatch.setattr(dev, "ensure", lambda environment: None)
    monkeypatch.setattr(dev, "call", lambda environment, *args: calls.append(args) or 0)
    assert dev.test(["tests/gui"]) == 0
    assert calls[-1] == ("-m", "pytest", "--durations=10", "tests/gui")
    assert [args for args in calls if "pytest" in args] == calls[-1:]
