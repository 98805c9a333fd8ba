"""What goes into the environments, and when it is installed again."""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
from pathlib import Path

import pytest

from build_tools import environments
from build_tools.environments import CONVERT, DEV, INDIRECT, OFFICIAL, RUNTIME
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


def test_ensure_installs_once_and_again_when_a_file_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(
        environments, "_install", lambda environment: installed.append(environment.folder)
    )
    monkeypatch.setattr(
        environments, "_create", lambda environment: make_python(environment.python)
    )
    environments.ensure(OFFICIAL)
    environments.ensure(OFFICIAL)
    assert installed == [".venv-official"]
    with (environments.ROOT / "requirements-export.txt").open("a") as file:
        file.write("another==1.0\n")
    environments.ensure(OFFICIAL)
    assert len(installed) == 2


def test_ensure_failed_install_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[int] = []

    def fail(_: object) -> None:
        attempts.append(1)
        raise SetupError("no network")

    monkeypatch.setattr(
        environments, "_create", lambda environment: make_python(environment.python)
    )
    monkeypatch.setattr(environments, "_install", fail)
    for _ in range(2):
        with pytest.raises(SetupError):
            environments.ensure(RUNTIME)
    assert len(attempts) == 2


def test_old_python_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments.sys, "version_info", (3, 9, 2))
    with pytest.raises(SetupError, match=r"3\.11 or newer"):
        environments.ensure(RUNTIME)


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
    for environment in (
        RUNTIME,
        CONVERT,
        DEV,
        OFFICIAL,
    ):
        environments._pip(environment, "install", "numpy")
    assert told == [str(environments.ROOT / "requirements-indirect.txt")] * 3 + ["none"]


def test_no_package_of_the_executable_is_free_to_change() -> None:
    """Whatever the packages here ask for, somebody has written its version down."""
    names = (*DEV.files, INDIRECT)
    pinned = {_name(line) for name in names for line in environments.read_requirements(name)}
    waiting, asked = (
        [_name(line) for n in DEV.files for line in environments.read_requirements(n)],
        set(),
    )
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


@pytest.mark.parametrize("accelerator", ["cuda", "directml", "coreml"])
def test_accelerator_takes_the_place_of_the_plain_runtime(
    monkeypatch: pytest.MonkeyPatch, accelerator: str
) -> None:
    calls = Calls()
    monkeypatch.setattr(environments, "ACCELERATOR", accelerator)
    monkeypatch.setattr(environments.subprocess, "run", calls)
    environments._install(environments.accelerated())
    removed, installed = calls.commands
    assert removed[-3:] == ["uninstall", "--yes", "onnxruntime"]
    assert installed[-1].startswith("onnxruntime")


def test_unknown_accelerator_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "ACCELERATOR", "abacus")
    with pytest.raises(SetupError, match="cuda, directml or coreml"):
        environments.accelerated()
