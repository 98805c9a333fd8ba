"""Start at login: the entry is written, found, taken away, and refused where it cannot be."""

from __future__ import annotations

import plistlib
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.errors import AutostartError
from app.gui.system.autostart import (
    Autostart,
    FileAutostart,
    RunKeyAutostart,
    desktop_file,
    launch_agent,
    system_autostart,
)
from tests.programs import need

WORDS = ["/opt/松鼠 squirrel/Songshu", "--hidden"]


class FakeRegistry:
    """winreg with one key, which a new account does not have."""

    HKEY_CURRENT_USER, KEY_READ, KEY_SET_VALUE, REG_SZ = 1, 2, 3, 4

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.is_there = False
        self.error: OSError | None = None

    def OpenKey(self, root: int, path: str, reserved: int, access: int) -> FakeRegistry:  # noqa: N802
        if not self.is_there:
            raise FileNotFoundError(path)
        return self.CreateKeyEx(root, path, reserved, access)

    def CreateKeyEx(self, root: int, path: str, reserved: int, access: int) -> FakeRegistry:  # noqa: N802
        if self.error is not None:
            raise self.error
        assert (root, reserved) == (self.HKEY_CURRENT_USER, 0)
        assert path.endswith("Run")
        self.is_there = True
        return self

    def __enter__(self) -> FakeRegistry:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def QueryValueEx(self, key: object, name: str) -> tuple[str, int]:  # noqa: N802
        if name not in self.values:
            raise FileNotFoundError(name)
        return self.values[name], self.REG_SZ

    def SetValueEx(self, key: object, name: str, _: int, kind: int, value: str) -> None:  # noqa: N802
        self.values[name] = value

    def DeleteValue(self, key: object, name: str) -> None:  # noqa: N802
        if name not in self.values:
            raise FileNotFoundError(name)
        del self.values[name]


@pytest.fixture(params=["file", "registry"])
def autostart(request: pytest.FixtureRequest, tmp_path: Path) -> Autostart:
    if request.param == "file":
        return FileAutostart(tmp_path / "new folder" / "entry", b"content")
    return RunKeyAutostart("songshu.exe --hidden", FakeRegistry())


def test_switch_on_and_off(autostart: Autostart) -> None:
    assert not autostart.is_on()
    autostart.set_on(False)
    autostart.set_on(True)
    autostart.set_on(True)
    assert autostart.is_on()
    autostart.set_on(False)
    assert not autostart.is_on()


def test_entry_of_another_program_counts_as_off(tmp_path: Path) -> None:
    path = tmp_path / "entry"
    FileAutostart(path, b"old version").set_on(True)
    assert not FileAutostart(path, b"new version").is_on()


def test_value_of_another_program_counts_as_off() -> None:
    registry: Any = FakeRegistry()
    RunKeyAutostart("old.exe", registry).set_on(True)
    assert not RunKeyAutostart("new.exe", registry).is_on()


def test_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AutostartError) as raised:
        FileAutostart(tmp_path / "file" / "entry", b"").set_on(True)
    assert isinstance(raised.value, OSError)


def test_registry_that_refuses_is_told() -> None:
    registry: Any = FakeRegistry()
    registry.error = PermissionError(13, "no")
    autostart = RunKeyAutostart("songshu.exe", registry)
    assert not autostart.is_on()
    with pytest.raises(AutostartError, match="no"):
        autostart.set_on(True)


def test_linux_looks_where_the_standard_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    system_autostart(["/opt/Songshu"]).set_on(True)
    text = (tmp_path / "autostart" / "songshu.desktop").read_text(encoding="utf-8")
    assert "Exec=/opt/Songshu --hidden\n" in text
    assert "TryExec=/opt/Songshu\n" in text
    assert system_autostart(["/opt/Songshu"]).is_on()
    assert not system_autostart(["/elsewhere/Songshu"]).is_on()


@pytest.mark.only_on("linux")
def test_desktop_file_is_valid(tmp_path: Path) -> None:
    need("desktop-file-validate")
    path = tmp_path / "songshu.desktop"
    path.write_bytes(desktop_file(WORDS))
    done = subprocess.run(["desktop-file-validate", str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


def test_desktop_file_quotes() -> None:
    assert b'Exec="/opt/\xe6\x9d\xbe\xe9\xbc\xa0 squirrel/Songshu" --hidden\n' in desktop_file(
        WORDS
    )


def test_launch_agent_can_be_read() -> None:
    facts = plistlib.loads(launch_agent(WORDS))
    assert facts["ProgramArguments"] == WORDS
    assert facts["RunAtLoad"] is True
