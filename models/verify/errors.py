"""What can keep the verification from running.

    SongshuError
    └── VerifyError
        ├── ReferenceMissingError   (also FileNotFoundError)
        ├── ReferenceFailedError    (also RuntimeError)
        └── NothingToVerifyError    (also ValueError)

A difference between the two sides is no error: it is in the report and in the exit code.
"""

from __future__ import annotations

from pathlib import Path

from app.errors import SongshuError

_SHOWN_LINES = 15


class VerifyError(SongshuError):
    """Base of the errors of the verification."""


class ReferenceMissingError(VerifyError, FileNotFoundError):
    """The environment of an official implementation is not there."""

    def __init__(self, implementation: str, python: Path) -> None:
        self.implementation = implementation
        self.python = python
        super().__init__(
            f"The environment of the {implementation} implementation is missing: {python}. "
            "Run the verification through dev.py, which makes it: python3 dev.py verify …"
        )


class ReferenceFailedError(VerifyError, RuntimeError):
    """The process of an official implementation failed."""

    def __init__(self, implementation: str, exit_code: int, messages: str) -> None:
        self.implementation = implementation
        self.exit_code = exit_code
        self.messages = messages
        tail = "\n".join(messages.strip().splitlines()[-_SHOWN_LINES:])
        super().__init__(
            f"The {implementation} implementation ended with {exit_code}. Is the checkpoint whole, "
            f"and of that model? Its last words:\n{tail}"
        )


class NothingToVerifyError(VerifyError, ValueError):
    """No reference fits the checkpoint, or no clip was given."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"There is nothing to compare: {reason}.")
