"""What people install: the folder of --onedir, the Debian package of it, and the largest pack."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from build_tools import build, joining
from installer import product
from installer.linux.__main__ import package
from models.packfile import write_packfile
from tests.frozen.conftest import NOBODY, Frozen
from tests.installer.clean_root import clean_root, dpkg, files

PROGRAM = build.WORK / "frozen" / "Songshu"  # what the last build has left there
PACK = build.WORK / "starter.songshu"
PADDING_BYTES = 3_400_000_000  # with the starter pack just below what the build allows


@pytest.fixture(scope="module")
def folder(built: Path, place: Path) -> Path:
    """The folder of --onedir, as the build would make it."""
    target = place / "folder"
    build.make_folder(PROGRAM, PACK, target)
    return target


def person(file: Path, place: Path, name: str) -> Frozen:
    """Somebody without rights who starts a program for the first time."""
    home = place / name
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    return Frozen(file=file, home=home, user=NOBODY)


def test_folder_passes_the_self_test_and_unpacks_nothing(folder: Path, place: Path) -> None:
    owner = person(folder / "Songshu", place, "home of the folder")
    result = owner.run("--selftest", network=False)
    assert "self-test passed" in result.stdout
    assert "not from one file" in result.stdout
    assert not owner.cache.exists()


def test_package_is_installed_started_upgraded_and_removed(
    folder: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = clean_root(place / "system")
    before = files(root)
    (first,) = package(tmp_path / "none", tmp_path / "first", folder=folder, xz=False)
    dpkg(root, "--force-unsafe-io", "--install", first)
    owner = person(root / "usr" / "bin" / "songshu", place, "home of the package")
    assert "self-test passed" in owner.run("--selftest", network=False).stdout
    assert dpkg(root, "--verify", "songshu") == ""

    newer = tmp_path / "newer"
    shutil.copytree(folder, newer, symlinks=True, copy_function=os.link)
    (newer / "_internal" / "samples" / "squirrel.txt").rename(newer / "_internal" / "new.txt")
    monkeypatch.setattr(product, "VERSION", "9.0")
    (second,) = package(tmp_path / "none", tmp_path / "second", folder=newer, xz=False)
    dpkg(root, "--force-unsafe-io", "--install", second)
    installed = root / "usr" / "lib" / "songshu" / "_internal"
    assert (installed / "new.txt").is_file()
    assert not (installed / "samples" / "squirrel.txt").exists()
    assert owner.run("--version").stdout.startswith("songshu ")

    dpkg(root, "--remove", "songshu")
    assert files(root) == before


def make_large_pack(target: Path) -> None:
    """Put a hole of 3.4 GB before the files of the starter pack."""
    pack = target.with_suffix("")
    shutil.copytree(build.STARTER, pack)
    with (pack / "padding.bin").open("wb") as file:
        file.truncate(PADDING_BYTES)
    manifest = json.loads((pack / "manifest.json").read_text("utf-8"))
    sums = subprocess.run(
        ["sha256sum", pack / "padding.bin"], capture_output=True, text=True, check=True
    )
    manifest["files"].insert(
        0, {"path": "padding.bin", "n_bytes": PADDING_BYTES, "sha256": sums.stdout.split()[0]}
    )
    (pack / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    write_packfile(pack, target)
    shutil.rmtree(pack)


def test_largest_pack_is_used_where_it_lies(built: Path, place: Path, tmp_path: Path) -> None:
    """Places beyond 2 GiB, in the launcher, the reader, ONNX Runtime and llama.cpp."""
    make_large_pack(tmp_path / "large.songshu")
    _pack, _pack_bytes, offset, n_bytes = joining.read_layout(built)
    with built.open("rb") as executable:
        executable.seek(offset)
        payload = executable.read(n_bytes)
    file = place / "Songshu with a large pack"
    joining.join(build.WORK / "launcher", tmp_path / "large.songshu", payload, file)
    (tmp_path / "large.songshu").unlink()
    assert file.stat().st_size < build.MAX_PACK_BYTES + 300_000_000 < 1 << 32
    owner = person(file, place, "home of the large pack")
    result = owner.run("--selftest", network=False)
    assert "self-test passed" in result.stdout
    assert "3427" in result.stdout  # MB of the pack
    file.unlink()
