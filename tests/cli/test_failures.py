"""What goes wrong: every failure has its message and its exit code."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.cli import main as cli
from app.errors import EncoderError, SongshuError
from tests.cli.fakes import FakeTranscriber
from tests.cli.running import Run, lines, make_clip, raise_later


def test_bad_file_does_not_stop_the_others(
    run: Run, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = clip.with_name("bad.wav")
    bad.write_bytes(b"no audio")
    assert run("transcribe", bad, clip) == 1
    captured = capsys.readouterr()
    assert "Hello." in captured.out
    assert "bad.wav is not an audio" in captured.err


def test_damage_is_a_warning(run: Run, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip.write_bytes(clip.read_bytes()[:-1000])
    assert run("transcribe", clip) == 0
    assert f"warning: {clip}: ends too early" in capsys.readouterr().err


def test_engine_error_in_the_middle_keeps_what_is_finished(
    run: Run, fake: FakeTranscriber, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.before_chunk = raise_later(EncoderError("backend", "out of memory"))
    long = make_clip(tmp_path / "long.wav", 70)
    assert run("transcribe", long, "--output", tmp_path) == 1
    assert (tmp_path / "long (incomplete).txt").read_text() == "Hello.\n"
    assert "out of memory" in capsys.readouterr().err
    assert run("transcribe", long, "--format", "json") == 1
    (facts,) = lines(capsys.readouterr().out)
    assert facts["text"] == "Hello."
    assert (facts["pack"], facts["device"]) == ("fake", "CPU, 1 thread")
    assert "error" in facts


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (["transcribe"], "FILE"),
        (["transcribe", "a.wav", "--format", "doc"], "doc"),
        (["transcribe", "a.wav", "--threads", "0"], "from 1 to 256, not '0'"),
        (["transcribe", "a.wav", "--threads", "two"], "from 1 to 256, not 'two'"),
        (["transcribe", "a.wav", "--threads", "100000"], "from 1 to 256"),
        (["transcribe", "a.wav", "", "--output", "out"], "no name"),
        (["transcribe", "a.wav", "b.wav", "--format", "srt"], "--output"),
        (["transcribe", "a.wav", "b.wav", "--format", "html"], "--output"),
        (["transcribe", "a.wav", "--format", "docx"], "--output"),
        (["sing"], "sing"),
        ([], "COMMAND"),
    ],
)
def test_wrong_usage(
    run: Run, capsys: pytest.CaptureFixture[str], argv: list[str], hint: str
) -> None:
    assert run(*argv) == 2
    assert hint in capsys.readouterr().err


def test_unknown_language_is_a_usage_error(
    run: Run, fake: FakeTranscriber, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("transcribe", clip, "--language", "Klingon") == 2
    assert "Klingon" in capsys.readouterr().err
    assert fake.is_closed


def test_missing_pack_is_code_3(
    clip: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)  # an executable with nothing beside it
    monkeypatch.setattr(sys, "_MEIPASS", str(clip.parent), raising=False)
    monkeypatch.setattr(sys, "executable", str(clip.parent / "songshu"))
    monkeypatch.setenv("XDG_DATA_HOME", str(clip.parent))
    monkeypatch.setenv("LOCALAPPDATA", str(clip.parent))
    for argv in (["transcribe", str(clip), "--pack", "nope"], ["packs", "info"], ["packs", "list"]):
        assert cli.main(argv) == 3
        assert str(clip.parent / "packs") in capsys.readouterr().err


def test_unloadable_model_is_code_3(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def load(_options: object) -> FakeTranscriber:
        raise EncoderError("frontend", "broken")

    assert cli.main(["transcribe", str(clip)], load=load) == 3
    assert "broken" in capsys.readouterr().err


def test_every_stopping_error_has_a_documented_code() -> None:
    codes = {cli.exit_code_of(error) for error in (EncoderError("a", "b"), SongshuError("c"))}
    assert codes == {3, 1}
    for code in (0, 1, 2, 3, 130):
        assert f"\n  {code} " in cli.EXIT_CODES
