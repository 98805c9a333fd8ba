"""What a frozen process does before anything else."""

from __future__ import annotations

import ctypes.util
import os
import sys
import tempfile
from pathlib import Path

import pytest

from app import frozen, paths


def test_locks_are_not_given_to_children() -> None:
    read, write = os.pipe()
    os.set_inheritable(read, True)
    try:
        frozen.keep_from_children(f"{read},{write},99999")
        assert not os.get_inheritable(read)
    finally:
        os.close(read)
        os.close(write)


@pytest.mark.parametrize(("before", "after"), [("/usr/lib/x", "/usr/lib/x"), (None, None)])
def test_children_get_the_libraries_of_the_system(
    before: str | None, after: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/cache/songshu/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    if before is not None:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    monkeypatch.setattr(ctypes.util, "find_library", ctypes.util.find_library)  # put back after
    frozen.prepare()
    assert os.environ.get("LD_LIBRARY_PATH") == after


def test_checkout_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/somewhere")
    frozen.prepare()
    assert os.environ["LD_LIBRARY_PATH"] == "/somewhere"


def test_person_without_a_home_gets_a_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert paths.user_data_folder().is_relative_to(tempfile.gettempdir())


def test_libraries_are_found_beside_the_program_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: f"system's {name}")
    (tmp_path / "libportaudio.so.2").touch()
    frozen.find_own_libraries(tmp_path)
    assert ctypes.util.find_library("portaudio") == str(tmp_path / "libportaudio.so.2")
    assert ctypes.util.find_library("m") == "system's m"


@pytest.mark.parametrize("system_has_it", [True, False])
def test_alsa_gets_settings_only_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system_has_it: bool
) -> None:
    monkeypatch.setenv("ALSA_CONFIG_PATH", "")  # or nothing would be put back after
    monkeypatch.delenv("ALSA_CONFIG_PATH")
    own, system = tmp_path / "alsa.conf", tmp_path / "system.conf"
    own.touch()
    if system_has_it:
        system.touch()
    frozen.give_settings_to_alsa(tmp_path, system)
    assert os.environ.get("ALSA_CONFIG_PATH") == (None if system_has_it else str(own))


def test_persons_own_alsa_settings_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/mine")
    (tmp_path / "alsa.conf").touch()
    frozen.give_settings_to_alsa(tmp_path, tmp_path / "none")
    assert os.environ["ALSA_CONFIG_PATH"] == "/mine"
