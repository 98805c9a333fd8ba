"""What a person gives besides sound, and what is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.errors.base import SongshuError


class OutputWriteError(SongshuError, OSError):
    """A transcript could not be written."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"Writing {path} failed: {reason}. Choose another folder or free some space."
        )


class NameTemplateError(SongshuError, ValueError):
    """A template for file names cannot be used."""

    def __init__(self, template: str, reason: str, fields: Sequence[str]) -> None:
        self.template = template
        self.reason = reason
        self.fields = tuple(fields)
        listed = ", ".join(f"{{{field}}}" for field in self.fields)
        super().__init__(
            f'The file name "{template}" cannot be used: {reason}. These stand for something: '
            f"{listed}."
        )


class ReplacementError(SongshuError, ValueError):
    """A rule for replacing words cannot be used."""

    def __init__(self, rule: str, reason: str, line: int | None = None) -> None:
        self.rule = rule
        self.reason = reason
        self.line = line
        where = f" in line {line}" if line is not None else ""
        super().__init__(f'The replacement "{rule}"{where} cannot be used: {reason}.')


class ContextFileError(SongshuError, OSError):
    """A file with context text cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"The context file {path} cannot be read: {reason}. Give a text file in UTF-8."
        )
