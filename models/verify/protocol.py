"""Run an official implementation in its own environment: a request folder in, a response out.

One process serves all clips, since loading torch and a checkpoint takes longer than most clips do.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.verify.clips import Clip
from models.verify.errors import ReferenceFailedError, ReferenceMissingError
from models.verify.response import REQUEST, WAVEFORMS, Response, read_response

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ("-m", "models.verify.official_runner")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCase:
    """A prompt to be tokenised without being answered."""

    name: str
    context: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One run of one implementation.

    Attributes:
        implementation: "official", "native" or "whisper".
        max_new_tokens: an answer ends here at the latest.
        n_threads: of torch.
    """

    implementation: str
    checkpoint: Path
    clips: tuple[Clip, ...]
    prompt_cases: tuple[PromptCase, ...] = ()
    max_new_tokens: int = 64
    n_threads: int = 2


def run_reference(request: Request, command: tuple[str, ...], folder: Path) -> Response:
    """Run an official implementation.

    Args:
        request: what to compute.
        command: the interpreter of its environment and what it runs; the folder is appended.
        folder: empty; request and response stay in it.

    Raises:
        ReferenceMissingError: there is no such interpreter.
        ReferenceFailedError: the process failed.
    """
    if not Path(command[0]).is_file():
        raise ReferenceMissingError(request.implementation, Path(command[0]))
    write_request(request, folder)
    process = subprocess.run(
        [*command, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if process.returncode != 0:
        raise ReferenceFailedError(request.implementation, process.returncode, process.stderr)
    return read_response(folder)


def kept_reference(
    request: Request, command: tuple[str, ...], keep: Path, weights_sha256: str
) -> Response:
    """Give the response of an earlier run if it was the same request, else run and keep it.

    Args:
        request, command: as for run_reference.
        keep: folder of the responses, one folder each.
        weights_sha256: of the checkpoint, which is part of the question.

    Raises:
        ReferenceMissingError, ReferenceFailedError: as run_reference.
    """
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=keep, prefix=".partial-") as scratch:
        aside = Path(scratch) / "exchange"
        aside.mkdir()
        write_request(request, aside)
        digest = hashlib.sha256(weights_sha256.encode())
        for name in (REQUEST, WAVEFORMS):
            digest.update((aside / name).read_bytes())
        folder = keep / f"{request.implementation}-{digest.hexdigest()[:16]}"
        if not folder.is_dir():
            run_reference(request, command, aside)
            aside.rename(folder)
    return read_response(folder)


def write_request(request: Request, folder: Path) -> None:
    """Write what the runner reads."""
    data = {
        "implementation": request.implementation,
        "checkpoint": str(request.checkpoint.resolve()),
        "clips": [
            {"name": clip.name, "context": clip.context, "language": clip.language}
            for clip in request.clips
        ],
        "prompt_cases": [asdict(case) for case in request.prompt_cases],
        "max_new_tokens": request.max_new_tokens,
        "n_threads": request.n_threads,
    }
    (folder / REQUEST).write_text(json.dumps(data, indent=1), encoding="utf-8")
    with (folder / WAVEFORMS).open("wb") as file:
        waveforms: dict[str, Any] = {str(i): clip.waveform for i, clip in enumerate(request.clips)}
        np.savez(file, **waveforms)
