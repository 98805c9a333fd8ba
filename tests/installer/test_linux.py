"""The Debian package: read by Debian's own tools; installed, upgraded, removed in a clean root.

A script stands in for the executable; tests/frozen/test_installed.py has the real one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from installer import product
from installer.errors import MissingExecutableError
from installer.linux.__main__ import main, package
from installer.linux.content import control, oldest_glibc
from installer.linux.deb import Member, write_deb
from installer.payload import find_payload
from tests.installer.clean_root import clean_root, dpkg, files, run

PROGRAM = "#!/bin/sh\nset -e\necho songshu\n"


@pytest.fixture
def executable(tmp_path: Path) -> Path:
    path = tmp_path / "构 建" / "Songshu"
    path.parent.mkdir()
    path.write_text(PROGRAM)
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "Songshu").write_text(PROGRAM)
    return package(folder / "Songshu", folder / "out", xz=True)[0]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return clean_root(tmp_path / "root")


def test_debian_reads_the_package(built: Path) -> None:
    assert run("dpkg-deb", "--field", built, "Package", "Version").splitlines() == [
        "Package: songshu",
        f"Version: {product.VERSION}",
    ]
    listing = run("dpkg-deb", "--contents", built)
    assert "./usr/bin/songshu -> ../lib/songshu/Songshu" in listing
    assert "-rwxr-xr-x root/root" in listing


def test_installed_size_and_sums_are_those_of_the_files(built: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "--raw-extract", built, tmp_path / "x")
    sums = (tmp_path / "x" / "DEBIAN" / "md5sums").read_text().splitlines()
    assert len(sums) > 10
    for line in sums:
        digest, _, name = line.partition("  ")
        assert hashlib.md5((tmp_path / "x" / name).read_bytes()).hexdigest() == digest
    size = int(run("dpkg-deb", "--field", built, "Installed-Size"))
    real = sum(path.lstat().st_size for path in (tmp_path / "x" / "usr").rglob("*"))
    assert real / 1024 / 2 < size < real / 1024 * 2


def test_lintian_finds_nothing(built: Path) -> None:
    said = run("lintian", "--allow-root", "--fail-on", "error,warning", "--info", built)
    assert said.strip() == ""


def test_desktop_entry_and_metadata_are_valid(built: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "--extract", built, tmp_path)
    share = tmp_path / "usr" / "share"
    run("desktop-file-validate", share / "applications" / "songshu.desktop")
    (metainfo,) = (share / "metainfo").iterdir()
    said = run("appstreamcli", "validate", "--no-net", "--pedantic", metainfo)
    assert "successful" in said
    assert ":" not in said.partition("✔")[0]  # not even an advice


def test_install_upgrade_remove_in_a_clean_root(
    root: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(root)
    dpkg(root, "--install", built)
    assert run(root / "usr" / "bin" / "songshu") == "songshu\n"
    assert dpkg(root, "--verify", "songshu") == ""
    assert dpkg(root, "--audit") == ""

    folder = tmp_path / "newer"  # 9.0 is a folder with other files; the old ones must go
    folder.mkdir()
    (folder / "Songshu").write_text("#!/bin/sh\necho newer\n")
    (folder / "_internal").mkdir()
    (folder / "_internal" / "new.so").write_bytes(b"\0")
    monkeypatch.setattr(product, "VERSION", "9.0")
    (folder / "_internal" / "link.so").symlink_to("new.so")
    (newer,) = package(folder / "none", tmp_path / "out", folder=folder, xz=False)
    dpkg(root, "--install", newer)
    assert run(root / "usr" / "bin" / "songshu") == "newer\n"
    assert (root / "usr/lib/songshu/_internal/link.so").readlink() == Path("new.so")

    dpkg(root, "--install", built)  # and back
    assert "usr/lib/songshu/_internal" not in files(root)
    dpkg(root, "--remove", "songshu")
    assert files(root) == before
    assert "songshu" not in dpkg(root, "--list")


def test_missing_library_of_the_system_stops_the_installation(root: Path, built: Path) -> None:
    status = root / "var" / "lib" / "dpkg" / "status"
    status.write_text(status.read_text().replace("libegl1", "something"))
    with pytest.raises(AssertionError, match="libegl1"):
        dpkg(root, "--install", built)


def test_packaging_twice_gives_the_same_bytes(executable: Path, tmp_path: Path) -> None:
    first, second = (package(executable, tmp_path / name, xz=True) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_source_date_epoch_dates_everything(
    executable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    deb = package(executable, tmp_path / "out", xz=False)[0]
    listing = run("dpkg-deb", "--contents", deb, TZ="UTC")
    assert all("1970-01-02 00:00" in line for line in listing.splitlines())


def test_single_file_can_be_started_and_has_its_sum(executable: Path, tmp_path: Path) -> None:
    single = package(executable, tmp_path / "out", xz=False)[1]
    assert single.name == f"Songshu-{product.VERSION}-linux-{os.uname().machine}"
    assert run(single) == "songshu\n"
    subprocess.run(["sha256sum", "--check", f"{single.name}.sha256"], cwd=single.parent, check=True)


def test_oldest_glibc_is_the_newest_that_is_named(tmp_path: Path) -> None:
    program = tmp_path / "Songshu"
    program.write_bytes(b"\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.9\0")
    assert oldest_glibc(find_payload(program)) == "2.34"
    assert "libc6 (>= 2.34)" in control("2.34")["Depends"]


def test_odd_sizes_fit_the_archive(tmp_path: Path) -> None:
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(50_000_001)  # odd, and holes cost nothing
    deb = tmp_path / "big.deb"
    members = [Member(place="/usr/lib/big", source=big)]
    write_deb(deb, control("2.28"), members, 0, xz=False)
    assert "50000001" in run("dpkg-deb", "--contents", deb)
    deb.unlink()


def test_nothing_built_says_how_to_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MissingExecutableError):
        find_payload(tmp_path / "Songshu")
    nothing = str(tmp_path / "Songshu")
    assert main(["--executable", nothing, "--folder", nothing, "--output", str(tmp_path)]) == 1
    assert "dev.py build" in capsys.readouterr().err


def test_help_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "integrate" in capsys.readouterr().out


def test_tools_are_those_that_dev_py_installs() -> None:
    from build_tools.system_packages import PACKAGING_PROGRAMS

    for tool in ("lintian", "desktop-file-validate", "appstreamcli", "makensis"):
        assert tool in PACKAGING_PROGRAMS
        assert shutil.which(tool), f"type: sudo apt-get install {PACKAGING_PROGRAMS[tool]}"
