"""The menu entry of the single file: written, valid, started by the shell's rules, taken away."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeDatabase

from app import paths
from app.cli import integrate
from app.cli.desktop_entry import FILE_NAME, MIME_TYPES, desktop_entry, quote
from app.cli.main import main
from app.cli.sources import MEDIA_SUFFIXES
from app.cli.terminal import Terminal
from app.errors import OutputWriteError

ODD = '/home/李 雷/My $HOME `x` 100% \\ "fun"/Songshu'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "share"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(io.StringIO(), io.StringIO())


def listed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_entry_and_icon_are_written_and_removed_without_a_trace(
    home: Path, terminal: Terminal
) -> None:
    home.mkdir()
    assert integrate.integrate(terminal) == 0
    written = set(listed(home)) - {"applications/mimeinfo.cache"}
    assert written == {f"applications/{FILE_NAME}", "icons/hicolor/scalable/apps/songshu.svg"}
    assert integrate.remove(terminal) == 0
    assert list(home.parent.iterdir()) in ([home], [])
    assert listed(home) == []


def test_removing_leaves_what_others_wrote(home: Path, terminal: Terminal) -> None:
    integrate.integrate(terminal)
    others = home / "applications" / "other.desktop"
    others.write_text("[Desktop Entry]\nType=Application\nName=Other\nExec=other\n")
    integrate.remove(terminal)
    assert others.is_file()
    assert not (home / "icons").exists()


def test_open_with_knows_the_entry(home: Path, terminal: Terminal) -> None:
    assert shutil.which("update-desktop-database")
    integrate.integrate(terminal)
    cache = (home / "applications" / "mimeinfo.cache").read_text()
    assert f"audio/mpeg={FILE_NAME};" in cache


def test_removing_twice_says_so(home: Path) -> None:
    errors = io.StringIO()
    assert integrate.remove(Terminal(io.StringIO(), errors)) == 0
    assert "was not in the menu" in errors.getvalue()


def test_folder_that_cannot_be_written_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(OutputWriteError):
        integrate.integrate(terminal)


def test_entry_that_cannot_be_deleted_is_an_error(home: Path, terminal: Terminal) -> None:
    (home / "applications" / FILE_NAME).mkdir(parents=True)  # a folder has its name
    with pytest.raises(OutputWriteError):
        integrate.remove(terminal)


def test_command_line_writes_and_removes(home: Path) -> None:
    assert main(["integrate"]) == 0
    assert (home / "applications" / FILE_NAME).is_file()
    assert main(["integrate", "--remove"]) == 0
    assert listed(home) == []


def test_frozen_executable_names_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "Songshu"
    program.touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    assert integrate.own_command() == [str(program)]


def test_checkout_starts_through_dev_py() -> None:
    command = integrate.own_command()
    assert command[1:] == [str(paths.executable_folder() / "dev.py"), "run"]
    assert Path(command[1]).is_file()


@pytest.mark.parametrize("program", ["/usr/bin/songshu", ODD, "songshu"])
def test_entry_is_valid(tmp_path: Path, program: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(desktop_entry([program]), encoding="utf-8")
    done = subprocess.run(["desktop-file-validate", str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_exec_names_the_same_program_after_glib_has_read_it(tmp_path: Path) -> None:
    """Undo the two layers as the specification says: the file's escapes, then the quotes."""
    (line,) = re.findall(r"^Exec=(.*)$", desktop_entry([ODD]), re.MULTILINE)
    unescaped = re.sub(r"\\(.)", r"\1", line)
    quoted = re.fullmatch(r'"(.*)" %F', unescaped)
    assert quoted is not None
    assert re.sub(r'\\(["`$\\])', r"\1", quoted.group(1)).replace("%%", "%") == ODD


def test_plain_arguments_stay_plain() -> None:
    assert quote("/usr/bin/songshu") == "/usr/bin/songshu"
    assert quote("") == '""'


@pytest.mark.parametrize("suffix", sorted(MEDIA_SUFFIXES - {".caf"}))  # Qt does not know caf
def test_open_with_offers_every_kind_of_file_that_we_read(suffix: str) -> None:
    types = QMimeDatabase().mimeTypesForFileName(f"x{suffix}")
    names = {name for kind in types for name in [kind.name(), *kind.aliases()]}
    assert names & set(MIME_TYPES), names
