"""The command line: what is written where, and which exit code comes back."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.cli import main as cli
from app.cli.sources import find_sources
from app.cli.transcribe import read_context
from app.errors import ContextFileError, EncoderError, SongshuError
from tests.audio.media import wav_bytes
from tests.cli.fakes import FakeScreen, FakeTranscriber, GonePipe

ROOT = Path(__file__).resolve().parent.parent.parent
Run = Callable[..., int]


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


# --- texts


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


# --- context and sources


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
    for name in ("b.wav", "a.MP3", "notes.txt", "sub/c.mkv"):
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


# --- formats and files


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


# --- failures


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
        (["transcribe", "a.wav", "--threads", "0"], "threads"),
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


# --- cancelling


@pytest.mark.parametrize("kind", ["signal", "interrupt"])
def test_ctrl_c_keeps_what_is_finished(
    run: Run, fake: FakeTranscriber, clip: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    def interrupt(index: int) -> None:
        if index == 1:
            if kind == "interrupt":
                raise KeyboardInterrupt
            signal.raise_signal(signal.SIGINT)

    fake.before_chunk = interrupt
    long = make_clip(clip.with_name("long.wav"), 70)
    folder = clip.parent / "out"
    assert run("transcribe", clip, long, clip, "--output", folder) == 130
    assert sorted(path.name for path in folder.iterdir()) == ["clip.txt", "long (incomplete).txt"]
    assert len(fake.heard) == 2
    assert "cancelled" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_in_json_says_so(
    run: Run, fake: FakeTranscriber, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.before_chunk = lambda index: signal.raise_signal(signal.SIGINT) if index else None
    assert run("transcribe", make_clip(tmp_path / "long.wav", 70), "--format", "json") == 130
    (facts,) = lines(capsys.readouterr().out)
    assert facts["text"] == "Hello."
    assert facts["error"] == {"type": "Cancelled", "message": "cancelled by the user"}


def test_second_ctrl_c_stops_at_once(run: Run, fake: FakeTranscriber, clip: Path) -> None:
    def interrupt_twice(_index: int) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("still running")

    fake.before_chunk = interrupt_twice
    assert run("transcribe", clip) == 130


def test_ctrl_c_before_the_first_file(clip: Path) -> None:
    fake = FakeTranscriber()

    def load(_options: object) -> FakeTranscriber:
        signal.raise_signal(signal.SIGINT)
        return fake

    assert cli.main(["transcribe", str(clip)], load=load) == 130
    assert fake.heard == []


# --- streams


def test_no_streams_at_all(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run("transcribe", clip) == 0
    assert run("transcribe", clip.with_name("gone.wav")) == 1
    assert run("sing") == 2


def test_full_disk_behind_stdout_is_reported(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_text: str) -> int:
        raise OSError(28, "No space left on device")

    out = io.StringIO()
    monkeypatch.setattr(out, "write", fail)
    monkeypatch.setattr(sys, "stdout", out)
    assert run("transcribe", clip) == 1
    assert "No space left" in capsys.readouterr().err


def test_gone_reader_stops_quietly(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", GonePipe())
    assert run("transcribe", clip) == 1
    assert capsys.readouterr().err == ""


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


def test_closed_pipe_leaves_no_traceback(clip: Path) -> None:
    process = in_subprocess(WITH_FAKE, clip)
    assert process.stdout
    process.stdout.close()
    _, err = process.communicate()
    assert (process.returncode, err) == (1, b"")


def test_output_is_utf8_whatever_the_locale(clip: Path) -> None:
    process = in_subprocess(
        WITH_FAKE, clip, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING=""
    )
    out, _ = process.communicate()
    assert out.decode("utf-8").startswith("早上好。")


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
