"""Start at login: an entry where each system looks for what it starts, hidden.

    Linux    ~/.config/autostart/songshu.desktop     (XDG Desktop Application Autostart)
    Windows  HKEY_CURRENT_USER\\…\\CurrentVersion\\Run
    macOS    ~/Library/LaunchAgents/songshu.plist

The entry is the only truth: whether it is on is read from there, for a person may delete it in the
system's settings. It names this very executable; one of another place or version counts as off.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from app.cli.desktop_entry import quote
from app.cli.integrate import own_command
from app.errors import AutostartError

_OPTION = "--hidden"
_NAME = "Songshu"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


class Autostart(Protocol):
    """The place of one system."""

    def is_on(self) -> bool:
        """Whether this program is started at login."""
        ...

    def set_on(self, on: bool) -> None:
        """Switch it.

        Raises:
            AutostartError: the system does not let us.
        """
        ...


class FileAutostart:
    """An entry that is a file: Linux and macOS.

    Args:
        path: of the entry.
        content: what it says.
    """

    def __init__(self, path: Path, content: bytes) -> None:
        self._path = path
        self._content = content

    def is_on(self) -> bool:
        """Whether the entry is there and says the same."""
        try:
            return self._path.read_bytes() == self._content
        except OSError:
            return False

    def set_on(self, on: bool) -> None:
        """Write or delete the entry."""
        try:
            if on:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_bytes(self._content)
            else:
                self._path.unlink(missing_ok=True)
        except OSError as exc:
            raise AutostartError(str(self._path), exc.strerror or str(exc)) from exc


class RunKeyAutostart:
    """A value in the registry: Windows.

    Args:
        command: what it says.
        registry: the module winreg; tests have another.
    """

    def __init__(self, command: str, registry: Any = None) -> None:
        self._command = command
        if registry is None:
            import winreg as registry  # type: ignore[no-redef,unused-ignore]
        self._registry = registry

    def is_on(self) -> bool:
        """Whether the value is there and says the same."""
        try:
            with self._registry.OpenKey(*self._key, self._registry.KEY_READ) as key:
                return bool(self._registry.QueryValueEx(key, _NAME)[0] == self._command)
        except OSError:
            return False

    def set_on(self, on: bool) -> None:
        """Write or delete the value."""
        try:
            # a new account has no such key yet
            with self._registry.CreateKeyEx(*self._key, self._registry.KEY_SET_VALUE) as key:
                if on:
                    self._registry.SetValueEx(key, _NAME, 0, self._registry.REG_SZ, self._command)
                else:
                    self._registry.DeleteValue(key, _NAME)
        except FileNotFoundError:
            return  # there was none
        except OSError as exc:
            raise AutostartError(_RUN_KEY, exc.strerror or str(exc)) from exc

    @property
    def _key(self) -> tuple[Any, str, int]:
        return self._registry.HKEY_CURRENT_USER, _RUN_KEY, 0


def system_autostart(command: Sequence[str] | None = None) -> Autostart:
    """Give the place of this system.

    Args:
        command: starts this program; found out if not given.
    """
    words = [*(command or own_command()), _OPTION]
    if sys.platform == "win32":
        return RunKeyAutostart(subprocess.list2cmdline(words))
    if sys.platform == "darwin":
        agents = Path.home() / "Library" / "LaunchAgents"
        return FileAutostart(agents / "songshu.plist", launch_agent(words))
    return FileAutostart(_config_home() / "autostart" / "songshu.desktop", desktop_file(words))


def desktop_file(words: Sequence[str]) -> bytes:
    """Write an entry of Linux."""
    command = " ".join(map(quote, words))
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        f"Name={_NAME}",
        "Name[zh_CN]=松鼠",
        "TryExec=" + words[0].replace("\\", "\\\\"),  # nothing is started once it was removed
        f"Exec={command}",
        "Icon=songshu",
        "Terminal=false",
        "X-GNOME-Autostart-enabled=true",
    ]
    return ("\n".join(lines) + "\n").encode()


def launch_agent(words: Sequence[str]) -> bytes:
    """Write an entry of macOS."""
    facts = {"Label": "songshu", "ProgramArguments": list(words), "RunAtLoad": True}
    return plistlib.dumps(facts)


def _config_home() -> Path:
    named = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(named) if named and Path(named).is_absolute() else Path.home() / ".config"
