"""A command line with a fake model, and a clip."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main as cli
from tests.cli.fakes import FakeTranscriber
from tests.cli.running import Run, make_clip


@pytest.fixture
def fake() -> FakeTranscriber:
    return FakeTranscriber()


@pytest.fixture
def run(fake: FakeTranscriber) -> Run:
    def run_cli(*argv: object) -> int:
        return cli.main([str(item) for item in argv], load=fake.load)

    return run_cli


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.wav")
