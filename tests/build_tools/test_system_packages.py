"""What is asked of the system, and what people are told to type."""

from __future__ import annotations

import pytest

from build_tools import system_packages
from build_tools.steps import SetupError
from tests.build_tools.calls import Calls


def test_missing_package_as_a_person_is_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(SetupError) as caught:
        system_packages.need_packages("g++")
    assert "sudo apt-get install -y --no-install-recommends g++" in str(caught.value)


def test_missing_package_as_root_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Calls()
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system_packages.subprocess, "run", calls)
    system_packages.need_packages("python3-venv")
    assert calls.commands[0] == ["apt-get", "update"]
    assert calls.commands[1][-1] == "python3-venv"


@pytest.mark.parametrize("failing", ["update", "install"])
def test_failure_of_apt_is_told_and_ends_it(monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    calls = Calls(failing)
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system_packages.subprocess, "run", calls)
    with pytest.raises(SetupError, match=rf"apt-get {failing}.* failed \(100\)"):
        system_packages.need_packages("python3-venv")
    assert failing in calls.commands[-1]


def test_missing_package_without_apt_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match="python3-venv"):
        system_packages.need_packages("python3-venv")


def test_missing_libraries_and_programs_of_the_desktop_are_asked_for_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(system_packages.sys, "platform", "linux")
    monkeypatch.setattr(
        system_packages, "find_library", lambda name: None if name == "EGL" else "lib.so"
    )
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: None)
    monkeypatch.setattr(system_packages, "need_packages", lambda *names: asked.append(names))
    system_packages.need_desktop({"Xvfb": "xvfb"})
    assert asked == [("libegl1", "xvfb")]


@pytest.mark.parametrize(("platform", "asks"), [("linux", True), ("darwin", False)])
def test_vulkan_is_asked_for_where_it_can_be_had(
    monkeypatch: pytest.MonkeyPatch, platform: str, asks: bool
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(system_packages.sys, "platform", platform)
    monkeypatch.setattr(
        system_packages.shutil, "which", lambda name: None if name == "glslc" else name
    )
    files = {"usr/nowhere/*.hpp": "libvulkan-dev", "usr": "never"}
    monkeypatch.setattr(system_packages, "VULKAN_FILES", files)
    monkeypatch.setattr(system_packages, "need_packages", lambda *names: asked.append(names))
    system_packages.need_vulkan({"usr/nowhere/lvp*.json": "mesa-vulkan-drivers"})
    assert asked == ([("glslc", "libvulkan-dev", "mesa-vulkan-drivers")] if asks else [])
