"""Every error that Songshu raises on purpose.

Each class takes facts, keeps them as attributes and builds one message that says what happened and
what to do. Errors of libraries are mapped where the library is called, always ``from exc``. The GUI
chooses its words by class; ``str(error)`` goes to the log and to the command line.

    SongshuError
    ├── PackError                 (also ValueError)
    │   ├── PackNotFoundError     (also FileNotFoundError)
    │   ├── PackFormatError
    │   └── PackCorruptError
    ├── EngineError               (also RuntimeError)
    │   ├── EncoderError
    │   ├── DecoderError
    │   └── ContextTooLongError
    ├── LanguageError             (also ValueError)
    └── AudioError                (also ValueError)

``Cancelled`` is not an error: it derives from BaseException's other branch, Exception, but not from
SongshuError, so that no handler for errors shows it to anyone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class Cancelled(Exception):  # noqa: N818 - it is not an error
    """Somebody asked for the work to stop; what was finished before is kept."""


class SongshuError(Exception):
    """Base of all errors that are meant to be shown to a person."""


class PackError(SongshuError, ValueError):
    """A model pack cannot be used."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


class PackNotFoundError(PackError, FileNotFoundError):
    """There is no pack at a path, or none anywhere."""

    def __init__(self, path: Path, searched: Sequence[Path] = ()) -> None:
        self.searched = tuple(searched)
        places = "".join(f"\n  {place}" for place in self.searched)
        where = f" Looked in:{places}" if places else ""
        super().__init__(
            path,
            f"No model pack at {path}. Give the folder that holds manifest.json, or the pack file."
            + where,
        )


class PackFormatError(PackError):
    """The manifest is missing, unreadable, of another version, or lacks something."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path, f"{path} is not a usable model pack: {reason}. Export or copy the pack again."
        )


class PackCorruptError(PackError):
    """Files of a pack are missing or differ from what the manifest says."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(self.problems)
        super().__init__(path, f"The model pack {path} is damaged: {listed}. Copy it again.")


class EngineError(SongshuError, RuntimeError):
    """The recognition engine failed."""


class EncoderError(EngineError):
    """ONNX Runtime could not load or run a part of the audio encoder."""

    def __init__(self, part: str, reason: str) -> None:
        self.part = part
        self.reason = reason
        super().__init__(
            f"The audio encoder ({part}) failed: {reason}. Verify the pack; if it is intact, "
            "close other programs to free memory and try again."
        )


class DecoderError(EngineError):
    """llama.cpp could not load or run the text decoder."""

    def __init__(self, step: str, reason: str) -> None:
        self.step = step
        self.reason = reason
        super().__init__(
            f"The text decoder failed to {step}: {reason}. Verify the pack; if it is intact, "
            "close other programs to free memory and try again."
        )


class ContextTooLongError(EngineError, ValueError):
    """The context text leaves no room for the audio."""

    def __init__(self, n_tokens: int, limit_tokens: int) -> None:
        self.n_tokens = n_tokens
        self.limit_tokens = limit_tokens
        super().__init__(
            f"The context has {n_tokens} tokens, at most {limit_tokens} fit. Shorten it."
        )


class LanguageError(SongshuError, ValueError):
    """A language was asked for that the pack does not know."""

    def __init__(self, language: str, supported: Sequence[str]) -> None:
        self.language = language
        self.supported = tuple(supported)
        super().__init__(
            f"This model does not know the language {language!r}. "
            f"It knows: {', '.join(self.supported)}."
        )


class AudioError(SongshuError, ValueError):
    """An audio source cannot be read."""
