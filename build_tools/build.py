"""Freeze Songshu: ``python3 dev.py build [--pack PACK] [--onedir]``.

    llama.cpp for any processor  ─┐
    and for graphics cards       ─┤
    stubs for unused encoders    ─┼─ PyInstaller ─ folder ─ payload ─┐
    app                          ─┘                                  ├─ dist/Songshu
    pack ─ one aligned file ─────────────────── launcher ────────────┘

``--onedir`` leaves the folder as it is, with the pack as a file in it: dist/Songshu-folder. macOS
gets dist/Songshu.app in both cases, because a signed .app is a folder anyway and a signature covers
no bytes behind a program (docs/FROZEN.md).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from build_tools import contents, joining, stubs
from build_tools.llama_libraries import portable_libraries
from build_tools.payload import make_payload, sizes
from build_tools.vulkan_library import vulkan_library
from installer import spec
from models.packfile import write_packfile

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build"
DIST = ROOT / "dist"
STARTER = ROOT / "models" / "packs" / "starter"
MAX_PACK_BYTES = 3_500_000_000  # Windows starts no program of 4 GiB
EXE = ".exe" if sys.platform == "win32" else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what was asked for; returns the exit code."""
    options = _parse(arguments)
    if not (options.pack / "manifest.json").is_file():
        print(f"There is no pack at {options.pack}: make one with dev.py export", file=sys.stderr)
        return 1
    if (n_bytes := _bytes(options.pack)) > MAX_PACK_BYTES:
        print(
            f"{options.pack} has {n_bytes:,} bytes; with more than {MAX_PACK_BYTES:,} Windows "
            "could not start the executable",
            file=sys.stderr,
        )
        return 1
    with _step("libraries"):
        llama = portable_libraries(options.cache, WORK / "llama")
        vulkan = vulkan_library(options.cache)
        _make_stubs()
    with _step("PyInstaller"):
        folder = _freeze(llama, vulkan, options.pack)
    with _step("pack"):
        pack = _pack_file(options.pack)
    if sys.platform == "darwin":
        return _finish_app(pack)
    with _step("folder" if options.onedir else "one file"):
        target = DIST / "Songshu-folder" if options.onedir else _executable(folder, pack)
        if options.onedir:
            make_folder(folder, pack, target)
    return _report(target, folder, pack)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py build", description="Freeze Songshu.")
    parser.add_argument("--pack", type=Path, default=STARTER, help="default: starter")
    parser.add_argument("--onedir", action="store_true", help="a folder instead of one file")
    parser.add_argument("--cache", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.pack = options.pack.resolve()
    return options


def _bytes(pack: Path) -> int:
    return sum(file.stat().st_size for file in pack.iterdir() if file.is_file())


def _make_stubs() -> None:
    import av
    from PyInstaller.depend.bindepend import resolve_library_path

    codecs = (Path(av.__file__).parent.parent / "av.libs").glob("lib*.so*")
    sound = map(resolve_library_path, ("libportaudio.so.2", "libjack.so.0"))
    libraries = [*sorted(codecs), *(Path(path) for path in sound if path)]
    shutil.rmtree(WORK / "stubs", ignore_errors=True)
    stubs.write_stubs(libraries, WORK / "stubs" / "lib")


def _freeze(llama: Path, vulkan: Path | None, pack: Path) -> Path:
    """Run PyInstaller; the same sources give the same folder."""
    environment = {
        **os.environ,
        "SONGSHU_BUILD_PACK": str(pack),
        "SONGSHU_BUILD_LLAMA": str(llama),
        "SONGSHU_BUILD_VULKAN": str(vulkan or ""),
        "SONGSHU_BUILD_STUBS": str(WORK / "stubs" / "lib"),
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": "1700000000",
        # All is compressed once, in the payload: Python's modules need not be inflated at each
        # start as well (25 ms).
        "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0",
    }
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(WORK / "frozen"), "--workpath", str(WORK / "pyinstaller")]
    subprocess.run([*command, "build.spec"], check=True, cwd=ROOT, env=environment)
    folder = WORK / "frozen" / "Songshu"
    _strip(folder)
    return folder


def _strip(folder: Path) -> None:
    """Take debug symbols off Python's own libraries: 16 of 22 MB. Others come stripped."""
    if not sys.platform.startswith("linux"):
        return
    for pattern in ("libpython*.so*", "python*/lib-dynload/*.so"):
        for file in (folder / "_internal").glob(pattern):
            if not file.is_symlink():
                subprocess.run(["strip", "--strip-unneeded", str(file)], check=True)


def _pack_file(pack: Path) -> Path:
    target = WORK / f"{pack.name}.songshu"
    target.unlink(missing_ok=True)
    write_packfile(pack, target)
    return target


def _executable(folder: Path, pack: Path) -> Path:
    launcher = WORK / f"launcher{EXE}"
    joining.compile_launcher(launcher)
    if sys.platform == "win32":
        joining.add_resources(launcher, spec.executable_options(WORK))
    target = DIST / f"Songshu{EXE}"
    DIST.mkdir(exist_ok=True)
    if target.is_dir():  # what older versions of this script left
        shutil.rmtree(target)
    joining.join(launcher, pack, make_payload(folder), target)
    return target


def make_folder(folder: Path, pack: Path, target: Path) -> None:
    """Write the folder of ``--onedir``.

    Args:
        folder: the program, as PyInstaller has made it.
        pack: the pack file.
        target: what is there is replaced.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, symlinks=True)
    packs = target / "_internal" / "models" / "packs"
    packs.mkdir(parents=True)
    shutil.copyfile(pack, packs / pack.name)


def _finish_app(pack: Path) -> int:
    """Put the pack into the .app that PyInstaller has made."""
    app = DIST / "Songshu.app"
    shutil.rmtree(app, ignore_errors=True)
    shutil.copytree(WORK / "frozen" / "Songshu.app", app, symlinks=True)
    packs = app / "Contents" / "Resources" / "models" / "packs"
    packs.mkdir(parents=True)
    shutil.copyfile(pack, packs / pack.name)
    inside = app / "Contents" / "Frameworks" / "models"  # where the program looks
    inside.symlink_to("../Resources/models")
    print(f"{app}: sign it with installer/macos")
    return 0


def _report(target: Path, folder: Path, pack: Path) -> int:
    """Say how large everything is; a large file that nobody wrote down fails the build."""
    found = sizes(folder)
    unpacked = sum(found.values())
    n_bytes = target.stat().st_size if target.is_file() else unpacked + pack.stat().st_size
    print(
        f"{target}: {n_bytes / 1e6:.1f} MB, of which the pack is {pack.stat().st_size / 1e6:.1f} MB"
    )
    print(f"unpacked at the first start: {len(found)} files, {unpacked / 1e6:.1f} MB")
    problems = contents.uninvited(found)
    for problem in problems:
        print(f"not in build_tools/contents.py, or larger than it says: {problem}", file=sys.stderr)
    return 1 if problems else 0


@contextmanager
def _step(name: str) -> Iterator[None]:
    print(f"== {name}", file=sys.stderr, flush=True)
    started = time.monotonic()
    yield
    print(f"== {name}: {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
