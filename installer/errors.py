"""Errors of packaging, for whoever builds; each says what to do.

InstallerError
├── UnknownLicenceError       something would be bundled whose licence nobody wrote down
├── MissingExecutableError    (also FileNotFoundError) there is nothing to package yet
├── MissingToolError          a program of the system that packaging needs
├── ToolFailedError           … and which ended with an error
└── TagError                  (also ValueError) a release is tagged with another version
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class InstallerError(Exception):
    """Base of all errors of packaging."""


class UnknownLicenceError(InstallerError):
    """Something is bundled, but its licence or the text of it is not known."""

    def __init__(self, names: Sequence[str], reason: str) -> None:
        self.names = tuple(names)
        self.reason = reason
        super().__init__(
            f"No licence for {', '.join(self.names)}: {reason}. Find it out, then write it into "
            "installer/licences/ (spdx.py, components.py or libraries.py)."
        )


class MissingExecutableError(InstallerError, FileNotFoundError):
    """The executable was not built."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"There is no {path}. Build it first: python3 dev.py build")


class MissingToolError(InstallerError):
    """A program is not installed."""

    def __init__(self, tool: str, how: str) -> None:
        self.tool = tool
        super().__init__(f"{tool} is needed and not installed. {how}")


class ToolFailedError(InstallerError):
    """A program ended with an error."""

    def __init__(self, command: Sequence[str], code: int, output: str) -> None:
        self.command = tuple(command)
        self.code = code
        super().__init__(f"{' '.join(command)} failed ({code}):\n{output.strip()}")


class PayloadTooLargeError(InstallerError):
    """The program is a folder and larger than NSIS can pack."""

    def __init__(self, n_bytes: int, limit_bytes: int) -> None:
        self.n_bytes = n_bytes
        self.limit_bytes = limit_bytes
        super().__init__(
            f"The program has {n_bytes / 1e9:.1f} GB, at most {limit_bytes / 1e9:.1f} GB fit into "
            "an installer of Windows. Build one file instead of a folder: it may lie beside it."
        )


class TagError(InstallerError, ValueError):
    """The tag of a release is not the version of the program."""

    def __init__(self, tag: str, version: str) -> None:
        self.tag = tag
        self.version = version
        super().__init__(
            f"The tag is {tag}, the program has version {version}. Change __version__ in "
            f"app/__init__.py, or tag v{version}."
        )
