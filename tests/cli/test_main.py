"""The command line: texts, options, help."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.cli.fakes import FakeManifest, FakeScreen, FakeTranscriber
from tests.cli.running import Run, in_subprocess, make_clip


def test_one_file_prints_its_text(run: Run, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("transcribe", clip) == 0
    captured = capsys.readouterr()
    assert captured.out == "Hello.\n"
    assert captured.err == ""


def test_several_files_are_named(run: Run, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = make_clip(clip.with_name("other.wav"))
    assert run("transcribe", clip, other) == 0
    assert capsys.readouterr().out == f"{clip}:\nHello.\n\n{other}:\nHello.\n\n"


@pytest.mark.parametrize(
    ("text", "language", "joined"),
    [("Hello.", "English", "Hello. Hello.\n"), ("你好。", "Chinese", "你好。你好。\n")],
)
def test_segments_are_joined_as_their_language_needs(
    run: Run,
    fake: FakeTranscriber,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    language: str,
    joined: str,
) -> None:
    fake.text, fake.language = text, language
    assert run("transcribe", make_clip(tmp_path / "long.wav", 40)) == 0
    assert capsys.readouterr().out == joined


def test_silence_prints_nothing(
    run: Run, fake: FakeTranscriber, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.text = ""
    assert run("transcribe", clip) == 0
    assert capsys.readouterr().out == ""


def test_text_comes_as_it_is_recognised(
    run: Run, fake: FakeTranscriber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    seen: list[str] = []
    fake.before_chunk = lambda _index: seen.append(out.getvalue())
    run("transcribe", make_clip(tmp_path / "long.wav", 70))
    assert seen == ["", "Hello.", "Hello. Hello."]


def test_screen_gets_a_line_for_each_segment_and_progress(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err = FakeScreen(), FakeScreen()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert run("transcribe", make_clip(tmp_path / "long.wav", 40)) == 0
    assert out.getvalue() == "Hello.\nHello.\n"
    assert "  0%  …" in err.getvalue()
    assert "100%" in err.getvalue()
    assert err.getvalue().rsplit("\r", 1)[-1] == ""  # nothing of it is left


def test_options_reach_the_engine(run: Run, fake: FakeTranscriber, clip: Path) -> None:
    argv = "--language English --context names --threads 3 --pack P --no-gate"
    assert run("transcribe", clip, *argv.split()) == 0
    assert (fake.heard[0].language, fake.heard[0].context) == ("English", "names")
    loaded = fake.loaded[0]
    assert (loaded.pack, loaded.n_threads, loaded.use_gate) == ("P", 3, False)
    assert fake.is_closed


def test_context_that_the_model_ignores_is_told(
    run: Run, fake: FakeTranscriber, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("transcribe", clip, "--context", "About animals.") == 0
    assert capsys.readouterr().err == ""
    fake.manifest = FakeManifest(takes_context=False)
    assert run("transcribe", clip, "--hot-words", "squirrel") == 0
    assert capsys.readouterr().err == ""
    assert run("transcribe", clip, "--context", "About animals.") == 0
    assert "ignores --context" in capsys.readouterr().err


def test_hot_words_reach_prompt_and_decoder(
    run: Run, fake: FakeTranscriber, clip: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# names\nSongshu\n松鼠\n", encoding="utf-8")
    assert run("transcribe", clip, "--context", "About animals.", "--hot-words", f"@{words}") == 0
    assert fake.heard[0].hot_words == ("Songshu", "松鼠")
    assert fake.heard[0].context == "About animals.\nTechnical terms: Songshu, 松鼠"


def test_model_is_loaded_once(run: Run, fake: FakeTranscriber, clip: Path) -> None:
    assert run("transcribe", clip, clip, clip) == 0
    assert len(fake.loaded) == 1
    assert len(fake.heard) == 3


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from app.cli import main as cli\n"
        "code = cli.main(['transcribe', '--help'])\n"
        "heavy = {'numpy', 'av', 'onnxruntime', 'llama_cpp', 'scipy'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy), code)"
    )
    out, _ = in_subprocess(code).communicate()
    assert out.decode().rstrip().endswith("HEAVY [] 0")
    assert "130  cancelled" in out.decode()


def test_version() -> None:
    process = in_subprocess(
        "from app.cli import main as cli; raise SystemExit(cli.main(['--version']))"
    )
    out, _ = process.communicate()
    assert (process.returncode, out.split()[0]) == (0, b"songshu")
