"""What is read: files, folders, patterns, standard input, context from a file."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest

from app.cli.sources import find_sources
from app.cli.transcribe import read_context
from app.errors import ContextFileError
from tests.audio.media import wav_bytes
from tests.cli.running import Run, lines, make_clip


def test_context_comes_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    path.write_bytes("\ufeffSongshu, 松鼠\n".encode())
    assert read_context(f"@{path}") == "Songshu, 松鼠"
    assert read_context("plain") == "plain"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfa"])
def test_unreadable_context_is_a_usage_error(
    run: Run, clip: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = clip.with_name("terms.txt")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ContextFileError, match=r"terms\.txt"):
        read_context(f"@{path}")
    assert run("transcribe", clip, "--context", f"@{path}") == 2
    assert "terms.txt" in capsys.readouterr().err


def test_sources_expand_folders_and_patterns(tmp_path: Path) -> None:
    for name in ("b.wav", "a.MP3", "notes.txt", "sub/c.mkv", "._b.wav"):
        make_clip(tmp_path / name)
    names = [Path(source.name).name for source in find_sources([str(tmp_path)])]
    assert names == ["a.MP3", "b.wav", "c.mkv"]
    names = [Path(source.name).name for source in find_sources([str(tmp_path / "*.wav")])]
    assert names == ["b.wav"]
    missing = str(tmp_path / "gone.wav")
    assert [source.name for source in find_sources([missing, "-"])] == [missing, "stdin"]


def test_folder_without_media_is_an_error(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("transcribe", tmp_path) == 1
    assert "is a folder" in capsys.readouterr().err


class FakeStdin:
    """Standard input as a pipe holds it."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_stdin_is_a_source(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", FakeStdin(wav_bytes(np.ones(8000, np.int16), 16_000)))
    assert run("transcribe", "-", "--format", "json") == 0
    (facts,) = lines(capsys.readouterr().out)
    assert (facts["file"], facts["duration_s"]) == ("stdin", 0.5)


def test_missing_stdin_is_an_error(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run("transcribe", "-") == 1
    assert "no standard input" in capsys.readouterr().err
