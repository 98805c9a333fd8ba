"""The commands that only tell: what they print, and their exit codes."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from app.cli import main as cli
from app.cli.info import processor_name
from app.engine.pack_choice import choose_pack
from app.errors import PackNotFoundError
from tests.cli.fakes import FakeScreen
from tests.engine.test_pack import folder_pack


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SONGSHU_PACKS", str(tmp_path / "packs"))
    return folder_pack(tmp_path / "packs" / "a-pack")


def test_list_names_every_pack(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["packs", "list"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert str(pack) in first
    assert "MB" in first


def test_list_names_a_broken_pack_and_goes_on(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pack.parent / "0-broken").mkdir()
    (pack.parent / "0-broken" / "manifest.json").write_text("{")
    assert cli.main(["packs", "list"]) == 0
    captured = capsys.readouterr()
    assert "0-broken" in captured.err
    assert str(pack) in captured.out


@pytest.mark.parametrize("by", ["path", "folder name", "default"])
def test_info_says_what_a_pack_is(pack: Path, capsys: pytest.CaptureFixture[str], by: str) -> None:
    wanted = {"path": [str(pack)], "folder name": ["a-pack"], "default": []}[by]
    assert cli.main(["packs", "info", *wanted]) == 0
    out = capsys.readouterr().out
    for word in ("name:", "licence:", "languages:", "English", "encoder:", "windowed", str(pack)):
        assert word in out


def test_info_finds_a_pack_by_what_it_calls_itself(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["packs", "info", str(pack)])
    name = capsys.readouterr().out.splitlines()[0].split()[1]
    assert choose_pack(name) == pack


def test_choose_pack_by_no_such_name(pack: Path) -> None:
    with pytest.raises(PackNotFoundError) as caught:
        choose_pack("elephant")
    assert pack.parent in caught.value.searched


def test_verify_intact(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["packs", "verify", str(pack)]) == 0
    captured = capsys.readouterr()
    assert "4 files are intact" in captured.out
    assert captured.err == ""


def test_verify_shows_progress_on_a_terminal(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    err = FakeScreen()
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert cli.main(["packs", "verify", str(pack)]) == 0
    assert "100%" in err.getvalue()
    assert err.getvalue().rsplit("\r", 1)[-1] == ""


def test_verify_damaged(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pack / "decoder.gguf").write_bytes(b"x")
    assert cli.main(["packs", "verify", str(pack)]) == 3
    assert "decoder.gguf" in capsys.readouterr().err


def test_devices_tell_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["devices"]) == 0
    out = capsys.readouterr().out
    for word in ("processor:", "threads:", "CPUExecutionProvider", "llama.cpp:"):
        assert word in out
    used, *idle = [line for line in out.splitlines() if line.startswith("device:")]
    assert "cpu: " in used
    assert used.endswith(", used by default")
    assert idle
    assert all("not used: " in line or "first use" in line for line in idle)


def test_processor_name_from_linux(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Squirrel 9000\n")
    assert processor_name(cpuinfo) == "Squirrel 9000"


@pytest.mark.parametrize("content", [None, "Processor\t: 0\n"])
def test_processor_name_elsewhere(tmp_path: Path, content: str | None) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    if content:
        cpuinfo.write_text(content)
    assert processor_name(cpuinfo)
