"""THIRD-PARTY: everything bundled is named, with a licence and its text, or the build stops."""

from __future__ import annotations

import json
import shutil
import sys
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from app.licences import read_licences
from installer.errors import UnknownLicenceError
from installer.licences import report
from installer.licences.debian import UNSORTED, licence_of_package
from installer.licences.distributions import (
    distribution_entry,
    requirement_names,
    runtime_distributions,
)
from installer.licences.entry import ROOT, Entry
from installer.licences.libraries import codec_entries, installed_codecs, system_entries
from installer.licences.report import collect, render, whole_licence, write
from installer.licences.spdx import is_known, licence_of

COMPONENTS = (
    *("Songshu", "Python", "llama.cpp", "ggml", "FFmpeg", "PortAudio", "Qt", "libxml2"),
    *("PyInstaller", "Silero", "Whisper"),
)
REQUIREMENTS = ROOT / "requirements.txt"


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return collect(("starter", "Apache-2.0"))


@pytest.mark.parametrize("name", requirement_names(REQUIREMENTS))
def test_every_requirement_is_listed_with_licence_and_text(name: str) -> None:
    entry = distribution_entry(name, runtime_distributions(REQUIREMENTS)[name])
    assert is_known(entry.licence)
    assert len(entry.text) > 500
    assert entry.version


@pytest.mark.parametrize(
    ("asked_by", "needed"),
    [("llama-cpp-python", "jinja2"), ("sounddevice", "cffi"), ("pyside6-essentials", "shiboken6")],
)
def test_what_a_requirement_requires_is_listed_too(asked_by: str, needed: str) -> None:
    found = runtime_distributions(REQUIREMENTS)
    assert asked_by in found
    assert needed in found


@pytest.mark.parametrize("name", COMPONENTS)
def test_what_no_metadata_tells_of_is_listed(entries: list[Entry], name: str) -> None:
    assert any(entry.name.startswith(name) for entry in entries)


def test_versions_come_from_what_is_installed(entries: list[Entry]) -> None:
    versions = {entry.name: entry.version for entry in entries}
    assert versions["Python"] == ".".join(map(str, sys.version_info[:3]))
    assert f"numpy=={versions['numpy']}" in REQUIREMENTS.read_text(encoding="utf-8")


def test_every_library_of_pyavs_wheel_has_a_project() -> None:
    files = installed_codecs()
    names = {entry.name for entry in codec_entries(files)}
    assert len(files) > 20
    assert {"x264 (with FFmpeg)", "x265 (with FFmpeg)", "Opus (with FFmpeg)"} <= names


@pytest.mark.parametrize(
    ("file", "project"),
    [
        ("av.libs/libx264-165-0a1b.dll", "x264"),
        ("av.libs/zlib1-0a1b.dll", "zlib"),
        ("av.libs/libgcc_s_seh-1-0a1b.dll", "GCC run time"),
        ("av.libs/libwinpthread-1-0a1b.dll", "winpthreads"),
        (".dylibs/libz.1.dylib", "zlib"),
        (".dylibs/liblzma.5.dylib", "liblzma"),
        (".dylibs/libSvtAv1Enc.4.1.0.dylib", "SVT-AV1"),
    ],
)
def test_libraries_of_other_systems_wheels_are_known(file: str, project: str) -> None:
    (entry,) = codec_entries([Path(file)])
    assert entry.name == f"{project} (with FFmpeg)"


@pytest.mark.parametrize("file", ["avcodec-62-0a1b.dll", "libswscale.9.dylib", "libavutil-1.so.60"])
def test_ffmpegs_own_libraries_are_ffmpeg(file: str) -> None:
    assert codec_entries([Path(file)]) == []


def test_gpl_inside_makes_the_executable_gpl_and_says_why(entries: list[Entry]) -> None:
    licence, names = whole_licence(entries)
    assert licence == "GPL-3.0-or-later"
    assert names == ["x264 (with FFmpeg)", "x265 (with FFmpeg)"]
    (ffmpeg,) = [entry for entry in entries if entry.name == "FFmpeg"]
    assert "GPL-3.0" in ffmpeg.note
    assert "empty libraries" not in ffmpeg.note
    head = render(entries)[:400]
    assert "GPL-3.0" in head
    assert "x265" in head


def test_without_gpl_codecs_the_executable_is_apache(entries: list[Entry]) -> None:
    free = [entry for entry in entries if not entry.name.startswith(("x264", "x265"))]
    assert whole_licence(free) == ("Apache-2.0", [])
    assert "Apache" in render(free)[:400]


def test_codecs_that_are_not_bundled_are_not_listed() -> None:
    kept = [file for file in installed_codecs() if "x26" not in file.name]
    entries = {entry.name: entry for entry in collect(binaries=kept)}
    assert "x264 (with FFmpeg)" not in entries
    assert "Opus (with FFmpeg)" in entries
    assert "empty libraries" in entries["FFmpeg"].note
    assert whole_licence(entries.values()) == ("Apache-2.0", [])


def test_unknown_codec_stops_the_build() -> None:
    with pytest.raises(UnknownLicenceError) as caught:
        codec_entries([Path("av.libs/libnewcodec-12345678.so.1"), Path("av.libs/libopus-1.so.0")])
    assert caught.value.names == ("libnewcodec-12345678.so.1",)


def test_unknown_library_of_the_system_stops_the_build(tmp_path: Path) -> None:
    library = tmp_path / "libmystery.so.1"
    library.touch()
    with pytest.raises(UnknownLicenceError, match=r"libmystery\.so\.1"):
        system_entries([library])


def test_library_of_debian_brings_its_copyright_file() -> None:
    assert shutil.which("dpkg-query")
    library = Path("/lib/x86_64-linux-gnu/libportaudio.so.2")
    (entry,) = system_entries([library])
    assert entry.name == "libportaudio2 (Debian)"
    assert entry.licence == "MIT"
    assert "PortAudio" in entry.text
    assert entry.version


@pytest.mark.parametrize(
    ("package", "licence"),
    [
        ("libc6", "LGPL-2.1-or-later"),
        ("libssl3t64", "Apache-2.0"),
        ("libreadline8", "GPL-3.0-or-later"),
        ("libsomething-new1", UNSORTED),
    ],
)
def test_packages_of_debian_have_licences_in_one_expression(package: str, licence: str) -> None:
    assert licence_of_package(package) == licence
    assert is_known(licence)


def test_stand_ins_and_llama_are_the_builds_own(tmp_path: Path) -> None:
    own = [ROOT / "build" / "stubs" / "lib" / "libx264-1.so", tmp_path / "libggml-cpu-haswell.so"]
    assert system_entries(own) == []
    assert whole_licence(collect(binaries=own))[0] == "Apache-2.0"


def test_python_and_its_packages_answer_for_their_own_libraries() -> None:
    import numpy

    inside = next((Path(numpy.__file__).parent / "_core").glob("_multiarray_umath*"))
    assert system_entries([inside, Path(sys.base_prefix) / "lib" / "libpython3.so"]) == []


def test_microsofts_run_time_is_known(tmp_path: Path) -> None:
    (entry,) = system_entries([tmp_path / "VCRUNTIME140.dll", tmp_path / "msvcp140.dll"])
    assert entry.name.startswith("Microsoft")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["MIT AND ISC"], "MIT AND ISC"),
        ([None, "MIT License"], "MIT"),
        (["Copyright of somebody", "License :: OSI Approved :: BSD License"], "BSD-3-Clause"),
        (["GPL-2.0-or-later WITH Bootloader-exception"], None),
    ],
)
def test_metadata_in_any_words_becomes_spdx(said: list[str | None], expected: str | None) -> None:
    assert licence_of("thing", said) == (expected or said[0])


@pytest.mark.parametrize("said", [[], [None, ""], ["as you like it"], ["MIT AND Whatever-1.0"]])
def test_metadata_that_says_nothing_is_unknown(said: list[str | None]) -> None:
    with pytest.raises(UnknownLicenceError, match="thing"):
        licence_of("thing", said)


def test_package_without_a_text_is_unknown(tmp_path: Path) -> None:
    folder = tmp_path / "bare-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: bare\nVersion: 1.0\nLicense: MIT\n"
    )
    with pytest.raises(UnknownLicenceError, match="no text"):
        distribution_entry("bare", Distribution.at(folder))


def test_files_hold_every_entry_and_its_text(tmp_path: Path, entries: list[Entry]) -> None:
    text, table = write(tmp_path / "new", ("starter", "Apache-2.0"))
    data = json.loads(table.read_text(encoding="utf-8"))
    assert data["licence"] == "GPL-3.0-or-later"
    assert [entry["name"] for entry in data["entries"]] == [entry.name for entry in entries]
    read = read_licences(table)  # as the About window reads it
    assert [entry.text for entry in read.entries] == [entry.text for entry in entries]
    assert len(set(data["texts"])) == len(data["texts"])
    written = text.read_text(encoding="utf-8")
    assert all(entry.text.strip() in written for entry in entries)


def test_unknown_licence_writes_nothing_and_ends_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "manifest.json").write_text('{"name": "mine", "license": "Secret"}')
    assert report.main(["--output", str(tmp_path / "out"), "--pack", str(pack)]) == 1
    assert "mine" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
