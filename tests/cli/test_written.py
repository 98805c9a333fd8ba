"""What is written where: formats, files, names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.fakes import FakeTranscriber
from tests.cli.running import Run, lines, make_clip


def test_json_prints_one_object_a_file(
    run: Run, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = clip.with_name("gone.wav")
    assert run("transcribe", clip, missing, clip, "--format", "json") == 1
    first, error, third = lines(capsys.readouterr().out)
    assert first == third
    assert (first["file"], first["text"], first["pack"]) == (str(clip), "Hello.", "fake")
    assert list(error) == ["file", "error"]
    assert error["error"] == {
        "type": "AudioNotFoundError",
        "message": f"There is no file {missing}. Check the path.",
    }


@pytest.mark.parametrize(("name", "start"), [("srt", "1\n00:00:00,000 -->"), ("vtt", "WEBVTT\n")])
def test_subtitles_go_to_stdout(
    run: Run, clip: Path, capsys: pytest.CaptureFixture[str], name: str, start: str
) -> None:
    assert run("transcribe", clip, "--format", name) == 0
    assert capsys.readouterr().out.startswith(start)


@pytest.mark.parametrize(
    ("name", "start"),
    [("md", b"# clip\n"), ("csv", b"start,end,language,text\r\n00:00:00.000,"),
     ("html", b"<!DOCTYPE html>"), ("docx", b"PK")],
)  # fmt: skip
def test_documents_go_to_files(
    run: Run, clip: Path, tmp_path: Path, name: str, start: bytes
) -> None:
    assert run("transcribe", clip, "--format", name, "--output", tmp_path / "out") == 0
    content = (tmp_path / "out" / f"clip.{name}").read_bytes()
    assert content.startswith(start)
    assert name == "docx" or b"Hello." in content


def test_output_writes_a_file_for_each_source(
    run: Run, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same_name = make_clip(tmp_path / "sub" / "clip.mp3")
    folder = tmp_path / "out"
    assert run("transcribe", clip, same_name, "--output", folder, "--format", "srt") == 0
    assert sorted(path.name for path in folder.iterdir()) == ["clip (2).srt", "clip.srt"]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"{clip} -> {folder / 'clip.srt'}" in captured.err


def test_sources_of_the_same_name_do_not_overwrite_each_other(
    run: Run, clip: Path, tmp_path: Path
) -> None:
    others = [make_clip(tmp_path / folder / "Clip.mp3") for folder in "ab"]
    folder = tmp_path / "out"
    for _ in range(2):
        assert run("transcribe", clip, *others, "--output", folder, "--overwrite") == 0
        names = sorted(path.name for path in folder.iterdir())
        assert names == ["Clip (2).txt", "Clip (3).txt", "clip.txt"]


def test_output_overwrites_when_asked(run: Run, clip: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert run("transcribe", clip, "--output", tmp_path, "--overwrite") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.txt", "clip.wav"]


def test_output_that_cannot_be_written_fails(
    run: Run, fake: FakeTranscriber, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("transcribe", clip, "--output", clip / "below a file") == 1
    assert "Writing" in capsys.readouterr().err
    assert fake.loaded == []
