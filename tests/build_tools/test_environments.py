"""What goes into the environments, and when it is installed again."""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
import subprocess
from pathlib import Path

import pytest

from build_tools import environments
from build_tools.environments import CONVERT, DEV, INDIRECT, OFFICIAL, RUNTIME, Environment
from build_tools.steps import SetupError
from tests.build_tools.calls import Calls

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of the test's own, in which nothing was installed."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for path in ROOT.glob("requirements*.txt"):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(environments, "ROOT", folder)
    return folder


def make_python(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Environment]:
    """What ``ensure`` installs, one after another; nothing is really created."""
    found: list[Environment] = []
    monkeypatch.setattr(environments, "_install", found.append)
    monkeypatch.setattr(
        environments, "_create", lambda environment: make_python(environment.python)
    )
    return found


def test_ensure_installs_once(installed: list[Environment]) -> None:
    environments.ensure(OFFICIAL)
    environments.ensure(OFFICIAL)
    assert installed == [OFFICIAL]


def test_ensure_installs_again_when_a_file_changes_and_when_it_changes_back(
    installed: list[Environment], checkout: Path
) -> None:
    environments.ensure(OFFICIAL)
    path = checkout / "requirements-export.txt"
    before = path.read_text()
    for text in (before + "another==1.0\n", before):
        path.write_text(text)
        environments.ensure(OFFICIAL)
    assert installed == [OFFICIAL] * 3


def test_ensure_installs_every_set_again_when_the_constraints_change(
    installed: list[Environment], checkout: Path
) -> None:
    environments.ensure(DEV)
    with (checkout / INDIRECT).open("a") as file:
        file.write("another==1.0\n")
    environments.ensure(RUNTIME)  # holds none of the packages for developers
    environments.ensure(DEV)
    assert installed == [DEV, RUNTIME, DEV]


def test_ensure_exchanges_the_runtime_again_after_another_installation(
    installed: list[Environment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "ACCELERATOR", "cuda")
    monkeypatch.setattr(environments.sys, "platform", "linux")
    for _ in range(2):
        environments.ensure(RUNTIME)
        environments.ensure(environments.accelerated())
    environments.ensure(DEV)  # brings the plain one
    environments.ensure(environments.accelerated())
    exchanged = environments.accelerated()
    assert installed == [RUNTIME, exchanged, DEV, exchanged]


def test_ensure_failed_install_is_tried_again(
    installed: list[Environment], monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    """Also when the file is as it was before: packages of the new one may be there already."""
    environments.ensure(RUNTIME)
    path = checkout / "requirements.txt"
    before = path.read_text()
    path.write_text(before + "another==1.0\n")

    def fail(_: object) -> None:
        raise SetupError("no network")

    with monkeypatch.context() as patch:
        patch.setattr(environments, "_install", fail)
        for _ in range(2):
            with pytest.raises(SetupError, match="no network"):
                environments.ensure(RUNTIME)
    path.write_text(before)
    environments.ensure(RUNTIME)
    assert installed == [RUNTIME, RUNTIME]


def test_old_python_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments.sys, "version_info", (3, 9, 2))
    with pytest.raises(SetupError, match=r"3\.11 or newer"):
        environments.ensure(RUNTIME)


def test_environment_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments.subprocess, "run", Calls("venv"))
    with pytest.raises(SetupError, match=r"\.venv-native could not be made"):
        environments.ensure(environments.NATIVE)


def test_failure_of_pip_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(arguments: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(2, arguments)

    monkeypatch.setattr(environments.subprocess, "run", fail)
    with pytest.raises(SetupError, match=r"pip failed \(2\).*PIP_FIND_LINKS"):
        environments._pip(RUNTIME, "install", "numpy")


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda p: p.name)
def test_requirements_are_pinned(path: Path) -> None:
    lines = environments.read_requirements(path.name)
    assert lines
    assert [line for line in lines if "==" not in line] == []


def test_what_the_packages_bring_along_is_pinned_too(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def run(command: list[str], *, env: dict[str, str], **_: object) -> None:
        told.append(env.get("PIP_CONSTRAINT", "none"))

    monkeypatch.delenv("PIP_CONSTRAINT", raising=False)
    monkeypatch.setattr(environments.subprocess, "run", run)
    for environment in (RUNTIME, CONVERT, DEV, OFFICIAL):
        environments._pip(environment, "install", "numpy")
    assert told == [str(environments.ROOT / "requirements-indirect.txt")] * 3 + ["none"]


def test_no_package_of_the_executable_is_free_to_change() -> None:
    """Whatever the packages here ask for, somebody has written its version down."""
    names = (*DEV.files, INDIRECT)
    pinned = {_name(line) for name in names for line in environments.read_requirements(name)}
    waiting = [_name(line) for n in DEV.files for line in environments.read_requirements(n)]
    asked: set[str] = set()
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
    assert len(asked) > len(environments.read_requirements("requirements.txt"))


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_wheel_folder_depends_on_version_and_options(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SONGSHU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CMAKE_ARGS", "")
    first = environments._wheel_folder("llama-cpp-python==1")
    assert first.is_relative_to(tmp_path / "cache")
    assert environments._wheel_folder("llama-cpp-python==2") != first
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_NATIVE=OFF")
    assert environments._wheel_folder("llama-cpp-python==1") != first


@pytest.mark.parametrize(
    ("accelerator", "platform"),
    [("cuda", "linux"), ("cuda", "win32"), ("directml", "win32"), ("coreml", "darwin")],
)
def test_accelerator_takes_the_place_of_every_other_runtime(
    monkeypatch: pytest.MonkeyPatch, accelerator: str, platform: str
) -> None:
    calls = Calls()
    monkeypatch.setattr(environments, "ACCELERATOR", accelerator)
    monkeypatch.setattr(environments.sys, "platform", platform)
    monkeypatch.setattr(environments.subprocess, "run", calls)
    environments._install(environments.accelerated())
    removed, installed = calls.commands
    assert "uninstall" in removed
    packages = [re.split(r"[\[=]", line)[0] for line in installed if "==" in line]
    assert len(packages) == 1
    assert {"onnxruntime", *packages} <= set(removed)


@pytest.mark.parametrize(
    ("accelerator", "platform", "known"),
    [
        ("abacus", "win32", "cuda or directml"),
        ("directml", "linux", "cuda"),
        ("", "darwin", "core"),
    ],
)
def test_accelerator_of_another_system_is_refused_before_anything_is_removed(
    monkeypatch: pytest.MonkeyPatch, accelerator: str, platform: str, known: str
) -> None:
    monkeypatch.setattr(environments, "ACCELERATOR", accelerator)
    monkeypatch.setattr(environments.sys, "platform", platform)
    with pytest.raises(SetupError, match=f"may be {known}"):
        environments.accelerated()


def test_every_accelerator_has_its_requirements() -> None:
    for name in environments.ACCELERATORS:
        (line,) = environments.read_requirements(f"requirements-{name}.txt")
        assert re.split(r"[\[=]", line)[0] in environments.ONNX_RUNTIMES
