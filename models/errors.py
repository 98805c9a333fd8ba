"""What can go wrong while a checkpoint becomes a pack.

Each class takes facts, keeps them as attributes and writes one message that says what happened and
what to do. Errors of the operating system are mapped by ``disk_errors`` where files are written.

    SongshuError
    └── ModelError
        ├── CheckpointError              (also ValueError)
        │   ├── MissingFileError         (also FileNotFoundError)
        │   ├── ConfigError
        │   ├── UnsupportedModelError
        │   ├── TruncatedFileError
        │   ├── TensorMismatchError
        │   ├── TensorValueError
        │   └── TokenizerError
        ├── GraphError                   (also ValueError)
        ├── OutputExistsError            (also FileExistsError)
        ├── DiskFullError                (also OSError)
        ├── QuantizeError                (also RuntimeError)
        └── TooFewClipsError             (also ValueError)
"""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.errors import SongshuError

# A failed write that names no reason is a full disk when less than this is left.
NEARLY_FULL_BYTES = 1 << 20


class ModelError(SongshuError):
    """Base of the errors of the model factory."""


class CheckpointError(ModelError, ValueError):
    """A checkpoint cannot be converted."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


class MissingFileError(CheckpointError, FileNotFoundError):
    """The checkpoint folder, or a file that belongs into it, is not there."""

    def __init__(self, path: Path, needed_for: str) -> None:
        self.needed_for = needed_for
        super().__init__(
            path,
            f"{path} is missing; it is needed for {needed_for}. Copy the complete checkpoint "
            "folder as it was published.",
        )


class ConfigError(CheckpointError):
    """A JSON file of the checkpoint is unreadable or lacks entries."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(path, f"{path} cannot be used: {'; '.join(self.problems)}.")


class UnsupportedModelError(CheckpointError):
    """The checkpoint holds a model, or a variant of one, that the factory cannot build."""

    def __init__(self, path: Path, found: str, supported: Sequence[str]) -> None:
        self.found = found
        self.supported = tuple(supported)
        super().__init__(
            path, f"{path} holds {found}; the export knows {', '.join(self.supported)}."
        )


class TruncatedFileError(CheckpointError):
    """A weight file is shorter than its own header says, or its header is damaged."""

    def __init__(self, path: Path, n_bytes: int, expected_bytes: int | None, reason: str) -> None:
        self.n_bytes = n_bytes
        self.expected_bytes = expected_bytes
        expected = "" if expected_bytes is None else f" of {expected_bytes:,}"
        super().__init__(
            path, f"{path} has {n_bytes:,}{expected} bytes: {reason}. Download the file again."
        )


class TensorMismatchError(CheckpointError):
    """Tensors are missing, left over or of another shape than config.json says."""

    def __init__(
        self,
        path: Path,
        missing: Sequence[str],
        extra: Sequence[str],
        misshapen: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]],
    ) -> None:
        self.missing = tuple(missing)
        self.extra = tuple(extra)
        self.misshapen = dict(misshapen)
        lines = [f"  missing: {name}" for name in self.missing]
        lines += [f"  not expected: {name}" for name in self.extra]
        lines += [
            f"  {name}: has shape {list(found)}, config.json says {list(expected)}"
            for name, (found, expected) in self.misshapen.items()
        ]
        super().__init__(
            path,
            f"{len(lines)} tensors of {path} do not fit config.json; is it another model's?\n"
            + "\n".join(lines),
        )


class TensorValueError(CheckpointError):
    """A tensor holds values that the target format cannot."""

    def __init__(self, path: Path, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(path, f"{path}: tensor {name} {reason}.")


class TokenizerError(CheckpointError):
    """The tokenizer files contradict each other or the model."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(path, f"The tokenizer in {path} cannot be used: {'; '.join(problems)}.")


class GraphError(ModelError, ValueError):
    """A file that a step should work on is no ONNX graph, or one that it cannot work on."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path} {problem}.")


class OutputExistsError(ModelError, FileExistsError):
    """The pack would overwrite something."""

    def __init__(self, path: Path, *, replaceable: bool) -> None:
        self.path = path
        self.replaceable = replaceable
        advice = "Give another --output, or --overwrite" if replaceable else "Give another --output"
        super().__init__(f"{path} exists already. {advice}.")


class DiskFullError(ModelError, OSError):
    """There is no room left for the files of the pack."""

    def __init__(self, path: Path, free_bytes: int) -> None:
        self.path = path
        self.free_bytes = free_bytes
        super().__init__(
            f"No space left while writing {path} ({free_bytes / 1e6:.0f} MB free). "
            "Make room or give --output on another disk."
        )


class QuantizeError(ModelError, RuntimeError):
    """llama.cpp's quantiser refused."""

    def __init__(self, path: Path, scheme: str, reason: str) -> None:
        self.path = path
        self.scheme = scheme
        self.reason = reason
        super().__init__(f"{path} could not be quantised to {scheme}: {reason}.")


class TooFewClipsError(ModelError, ValueError):
    """A folder holds too few clips to measure a rate and how sure it is."""

    def __init__(self, path: Path, n_clips: int) -> None:
        self.path = path
        self.n_clips = n_clips
        super().__init__(
            f"{path} holds {n_clips} clips to judge by; an error rate needs two at the least: "
            ".flac files with their words in .txt files beside them."
        )


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn "no space left" into DiskFullError; leave every other error as it is.

    NumPy's ``tofile`` reports a short write without an error number, hence the look at the disk.
    """
    try:
        yield
    except OSError as exc:
        free_bytes = shutil.disk_usage(_existing(path)).free
        full = exc.errno in (errno.ENOSPC, errno.EDQUOT)
        if full or (exc.errno is None and free_bytes < NEARLY_FULL_BYTES):
            raise DiskFullError(path, free_bytes) from exc
        raise


def _existing(path: Path) -> Path:
    """Return the nearest folder above path that exists."""
    return next(parent for parent in (path, *path.absolute().parents) if parent.exists())
