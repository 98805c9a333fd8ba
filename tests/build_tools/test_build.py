"""The build's own words, and the tables of the bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools import build, joining, measure
from build_tools.measure import Start


def test_build_without_a_pack_says_how_to_make_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert build.main(["--cache", str(tmp_path), "--pack", "nowhere"]) == 1
    assert "dev.py export" in capsys.readouterr().err


def test_pack_that_windows_could_not_start_is_refused_before_anything_is_built(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pack = tmp_path / "huge"
    pack.mkdir()
    (pack / "manifest.json").touch()
    with (pack / "decoder.gguf").open("wb") as file:
        file.truncate(build.MAX_PACK_BYTES + 1)  # holes cost nothing
    assert build.main(["--cache", str(tmp_path), "--pack", str(pack)]) == 1
    assert "3,500,000,000" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [pack]


def test_folder_holds_the_program_and_the_pack(tmp_path: Path) -> None:
    program, pack, target = tmp_path / "program", tmp_path / "tiny.songshu", tmp_path / "folder"
    (program / "_internal").mkdir(parents=True)
    (program / "Songshu").write_text("program")
    (program / "_internal" / "link.so").symlink_to("lib.so")
    pack.write_bytes(b"pack")
    (target / "_internal" / "old").mkdir(parents=True)
    build.make_folder(program, pack, target)
    assert (target / "Songshu").read_text() == "program"
    assert (target / "_internal" / "link.so").is_symlink()
    assert (target / "_internal" / "models" / "packs" / "tiny.songshu").read_bytes() == b"pack"
    assert not (target / "_internal" / "old").exists()


def test_bench_without_an_executable_says_how_to_make_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert measure.main(["--executable", str(tmp_path / "Songshu")]) == 1
    assert "dev.py build" in capsys.readouterr().err


def test_table_shows_medians() -> None:
    starts = [Start(window_s=s, ready_s=s + 1, cpu_s=0.5) for s in (3.0, 1.0, 2.0)]
    table = measure.render([("later, warm", starts)], {"executable": 168.66})
    assert "| later, warm | 2.00 (1.00–3.00) | 3.00 (2.00–4.00) | 0.50 (0.50–0.50) |" in table
    assert "| executable | 168.7 |" in table


def test_time_of_a_line_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "songshu.log"
    assert measure._line_time(log, "x") is None
    log.write_text(
        "2026-11-25 18:00:00,250 INFO app.gui.desktop: the window is there\n"
        "2026-11-25 18:00:00,750 INFO app.gui.threads.worker: the model tiny is ready\n"
        "a line of a traceback: the window is there\n"
    )
    window = measure._line_time(log, measure.WINDOW)
    ready = measure._line_time(log, measure.READY)
    assert window is not None
    assert ready is not None
    assert ready - window == pytest.approx(0.5)


def test_layout_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"\x7fELF")
    with pytest.raises(joining.JoinError, match=r"dev\.py build"):
        joining.read_layout(tmp_path / "other")
