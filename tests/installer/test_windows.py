"""The installer of Windows: compiled by the real makensis, a warning is a fault.

What only Windows can show is done by installer/windows/check.py, there or under Wine.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from app.cli.sources import MEDIA_SUFFIXES
from app.gui.system import autostart
from installer import icons, product, spec
from installer.errors import (
    MissingExecutableError,
    MissingToolError,
    PayloadTooLargeError,
    ToolFailedError,
)
from installer.payload import Payload, find_payload
from installer.windows import __main__ as windows
from installer.windows.script import escaped, generated_script
from installer.windows.version_resource import version_resource

FOLDER = product.ROOT / "installer" / "windows"
SCRIPT = (FOLDER / "songshu.nsi").read_text(encoding="utf-8")
TEXTS = (FOLDER / "texts.nsh").read_text(encoding="utf-8")
ODD = "名字 $x"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder as --onedir makes it, with awkward names."""
    folder = tmp_path / "构建 $HOME"
    for place in ("Songshu.exe", "_internal/PySide6/a.dll", f"_internal/{ODD}/模型.bin"):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"MZ")
    return folder


@pytest.mark.parametrize("one_file", [True, False])
def test_makensis_compiles_without_a_warning(program: Path, tmp_path: Path, one_file: bool) -> None:
    source = program / "Songshu.exe" if one_file else program
    written = windows.package(source, tmp_path / "out", fast=True)
    setup = written[0].read_bytes()
    assert setup[:2] == b"MZ"
    assert product.VERSION.encode("utf-16-le") in setup  # its properties in Explorer
    assert "asInvoker" in setup.decode("latin-1")  # never asks for an administrator
    assert b"longPathAware" in setup
    assert [path.name for path in written[1:]] == (
        [f"Songshu-{product.VERSION}-windows.exe"] if one_file else []
    )
    assert all(path.with_name(f"{path.name}.sha256").is_file() for path in written)


def test_large_program_lies_beside_the_installer(program: Path, tmp_path: Path) -> None:
    filler = b"\xa5\x5a" * 200_000
    (program / "Songshu.exe").write_bytes(filler)
    setup, beside = windows.package(
        program / "Songshu.exe", tmp_path / "out", fast=True, limit_bytes=len(filler) - 1
    )
    assert beside.read_bytes() == filler
    assert beside.name in (tmp_path / "out" / f"{beside.name}.sha256").read_text()
    assert setup.stat().st_size < len(filler)


def test_large_folder_cannot_be_packed(program: Path, tmp_path: Path) -> None:
    with pytest.raises(PayloadTooLargeError, match="one file"):
        windows.package(program, tmp_path / "out", limit_bytes=3)


def test_fault_of_makensis_is_told(program: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolFailedError) as caught:
        windows.package(program, tmp_path / "out", fast=True, sign="false")
    assert caught.value.code != 0
    assert "makensis" in caught.value.command[0]


def test_missing_makensis_says_where_it_comes_from(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="apt-get install nsis"):
        windows.package(program, tmp_path / "out")


def test_nothing_built_says_how_to_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MissingExecutableError):
        windows.package(tmp_path / "Songshu.exe", tmp_path)
    assert windows.main(["--executable", str(tmp_path / "no"), "--output", str(tmp_path)]) == 1
    assert "dev.py build" in capsys.readouterr().err


def test_help_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        windows.main(["--help"])
    assert "no administrator" in capsys.readouterr().out


def macros(payload: Payload, **more: bool) -> dict[str, list[str]]:
    """Read the generated script: macro -> its lines."""
    text = generated_script(payload, **more)
    found = re.findall(r"!macro (\w+)[^\n]*\n(.*?)!macroend", text, re.DOTALL)
    return {name: [line.strip() for line in body.splitlines()] for name, body in found}


def test_what_is_installed_is_deleted_and_nothing_else(program: Path) -> None:
    lines = macros(find_payload(program, ".exe"))
    folder, installed = "", []
    for line in lines["INSTALL_FILES"]:
        kind, _, value = line.partition(" ")
        if kind == "SetOutPath":
            folder = value.strip('"')
        else:
            name = value.split('"')[1].removeprefix("/oname=")
            installed.append(f'Delete "{folder}\\{name}"')
    deleted = [line for line in lines["DELETE_FILES"] if line.startswith("Delete")]
    assert sorted(deleted) == sorted(installed)
    assert len(deleted) == 3
    folders = [line for line in lines["DELETE_FILES"] if not line.startswith("Delete")]
    assert folders[-1] == 'RMDir "$INSTDIR\\_internal"'
    assert set(folders[:-1]) == {
        'RMDir "$INSTDIR\\_internal\\PySide6"',
        'RMDir "$INSTDIR\\_internal\\名字 $$x"',
    }


def test_program_beside_the_installer_is_not_inside(program: Path) -> None:
    lines = macros(find_payload(program / "Songshu.exe", ".exe"), external=True)
    assert lines["INSTALL_FILES"] == lines["DELETE_FILES"] == []


def test_every_kind_of_file_is_offered(program: Path) -> None:
    offered = macros(find_payload(program, ".exe"))["EACH_TYPE"]
    assert offered == [f'!insertmacro ${{WHAT}} "{s}"' for s in sorted(MEDIA_SUFFIXES)]


def test_no_default_is_taken_and_no_administrator_asked() -> None:
    assert "RequestExecutionLevel user" in SCRIPT
    assert "HKLM" not in SCRIPT
    assert r'"${CLASSES}\${SUFFIX}" ""' not in SCRIPT  # that would be the default program
    recursive = re.findall(r"RMDir /r (.*?)(?:  ;.*)?$", SCRIPT, re.MULTILINE)
    assert recursive == [r'"${DATA}\cache"', '"${DATA}"']


def test_whatever_is_written_is_removed_again() -> None:
    def keys(pattern: str) -> set[str]:
        return {name.split("\\")[0] for name in re.findall(pattern, SCRIPT)}

    written = keys(r'WriteReg\w+ HKCU "([^"]+)"')
    removed = keys(r'DeleteReg\w+ (?:/ifempty )?HKCU "([^"]+)"') | {"${CAPABILITIES}"}
    assert r'DeleteRegKey HKCU "Software\Songshu"' in SCRIPT  # holds the capabilities
    assert written <= removed
    assert set(re.findall(r'CreateShortcut "([^"]+)"', SCRIPT)) <= set(
        re.findall(r'Delete "([^"]+)"', SCRIPT)
    )


def test_start_at_login_ends_with_the_program_that_is_removed() -> None:
    """The program writes the entry, so only its own words can be compared."""
    named = re.search(r'define RUN_KEY "([^"]+)"', SCRIPT)
    assert named is not None
    assert named[1] == autostart._RUN_KEY
    body = SCRIPT.partition("Function un.ForgetLogin")[2].partition("FunctionEnd")[0]
    assert f'DeleteRegValue HKCU "${{RUN_KEY}}" "{autostart._NAME}"' in body
    assert body.count('== "$INSTDIR\\${EXECUTABLE}"') == 2  # with quotes and without
    section = SCRIPT.partition('Section "un.$(SECTION_PROGRAM)"')[2].partition("SectionEnd")[0]
    assert "Call un.ForgetLogin" in section.partition("$Upgrade = 1")[2].partition("EndIf")[2]


def test_every_text_is_there_in_both_languages_and_used() -> None:
    found = re.findall(r"^LangString (\w+) \$\{LANG_(\w+)\} \"(.+)\"$", TEXTS, re.MULTILINE)
    by_language = {
        language: {name: text for name, spoken, text in found if spoken == language}
        for language in ("ENGLISH", "SIMPCHINESE")
    }
    assert by_language["ENGLISH"].keys() == by_language["SIMPCHINESE"].keys()
    assert len(found) == TEXTS.count("LangString")
    assert set(re.findall(r"\$\((\w+)\)", SCRIPT)) == by_language["ENGLISH"].keys()
    assert all(re.search(r"[一-鿿]", text) for text in by_language["SIMPCHINESE"].values())


@pytest.mark.parametrize(
    ("path", "expected"), [("a/b c", "a\\b c"), (ODD, "名字 $$x"), (PurePosixPath("a/b"), "a\\b")]
)
def test_paths_are_written_as_nsis_reads_them(path: object, expected: str) -> None:
    assert escaped(path) == expected


def test_icon_holds_every_size() -> None:
    data = icons.ico()
    _, kind, n_pictures = struct.unpack_from("<HHH", data)
    assert (kind, n_pictures) == (1, len(icons.WINDOWS_SIZES))
    for index, size in enumerate(icons.WINDOWS_SIZES):
        side, *_, n_bytes, offset = struct.unpack_from("<BBBBHHII", data, 6 + 16 * index)
        assert side == size % 256
        assert data[offset : offset + 4] == b"\x89PNG"
        assert struct.unpack_from(">II", data, offset + 16) == (size, size)
        assert offset + n_bytes <= len(data)


def test_properties_of_the_executable_are_a_valid_expression() -> None:
    def made(name: str) -> Callable[..., Any]:
        return lambda *items, **named: (name, items, named)

    names = re.findall(r"([A-Z]\w+)\(", version_resource())
    _, _, parts = eval(version_resource(), {name: made(name) for name in names})
    assert parts["ffi"][2]["filevers"] == product.numbers()
    strings, translation = parts["kids"]
    assert [table[1][0] for table in strings[1][0]] == ["040904b0", "080404b0"]
    assert translation[1][0][0][1] == ("Translation", [0x0409, 1200, 0x0804, 1200])


def test_manifest_knows_long_paths_and_asks_for_nothing() -> None:
    manifest = ET.fromstring(spec.MANIFEST.read_bytes())
    texts = {element.tag.rpartition("}")[2]: element.text for element in manifest.iter()}
    assert texts["longPathAware"] == "true"
    assert texts["activeCodePage"] == "UTF-8"
    (level,) = (element for element in manifest.iter() if element.tag.endswith("ExecutionLevel"))
    assert level.get("level") == "asInvoker"


@pytest.mark.parametrize(
    ("platform", "keys"),
    [("win32", {"icon", "version", "manifest"}), ("darwin", {"icon"}), ("linux", set())],
)
def test_the_freezer_gets_what_its_system_knows(
    tmp_path: Path, platform: str, keys: set[str]
) -> None:
    options = spec.executable_options(tmp_path, platform)
    assert set(options) == keys
    assert all(Path(options[key]).is_file() for key in keys & {"icon", "version"})


def test_check_script_explains_itself() -> None:
    command = [sys.executable, "-m", "installer.windows.check", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=product.ROOT, check=True)
    assert "wine" in done.stdout.lower()


def test_makensis_is_installed() -> None:
    assert shutil.which("makensis")
