"""Ways to run the command line in tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.audio.media import wav_bytes

ROOT = Path(__file__).resolve().parent.parent.parent
Run = Callable[..., int]


def make_clip(path: Path, duration_s: float = 1.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav_bytes(np.ones(round(16_000 * duration_s), np.int16), 16_000))
    return path


def raise_later(error: BaseException, index: int = 1) -> Callable[[int], None]:
    """Return what raises an error before one chunk."""

    def before_chunk(at: int) -> None:
        if at == index:
            raise error

    return before_chunk


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def in_subprocess(code: str, *argv: object, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, argv)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


WITH_FAKE = (
    "import sys; from app.cli import main as cli; from tests.cli.fakes import FakeTranscriber\n"
    "fake = FakeTranscriber(text='\\u65e9\\u4e0a\\u597d\\u3002' * 20000)\n"
    "sys.exit(cli.main(['transcribe', *sys.argv[1:]], load=fake.load))"
)
